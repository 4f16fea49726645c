namespace Coniunctum.Simulation;

/// <summary>What kind of thing happened in a world.</summary>
public enum WorldEventKind
{
    /// <summary>Nothing: never occurs.</summary>
    None = 0,

    /// <summary>A node has started, for the first time or again.</summary>
    Started,

    /// <summary>A node has crashed: it lost its memory and what was not durable.</summary>
    Crashed,

    /// <summary>A node has stopped accepting; the subject says why.</summary>
    Halted,

    /// <summary>A node sent something; the subject says what.</summary>
    Sent,

    /// <summary>What was sent is lost: its connection broke, or <see cref="World.Loses"/> has taken it away.</summary>
    Lost,

    /// <summary>A part of what was sent was lost on its way and is sent again: it takes longer.</summary>
    Resent,

    /// <summary>What was sent has arrived.</summary>
    Arrived,

    /// <summary>A node's user submitted a transaction.</summary>
    Submitted,

    /// <summary>A node's timer has run out; the subject is its name.</summary>
    TimerFired,

    /// <summary>A node's job has ended.</summary>
    JobDone,

    /// <summary>A node's signatures were checked.</summary>
    SignaturesVerified,

    /// <summary>A node's commit has become durable, or failed.</summary>
    CommitEnded,

    /// <summary>A node goes on with work that it had put off.</summary>
    Continued,

    /// <summary>A node has another durable tip.</summary>
    TipMoved,

    /// <summary>A node dials another; the subject is the endpoint.</summary>
    Dialled,

    /// <summary>A connection stands for one of its ends.</summary>
    Connected,

    /// <summary>A connection is over for one of its ends; the subject says why.</summary>
    Disconnected,

    /// <summary>A node's connection has passed on what it was given to send.</summary>
    Written,

    /// <summary>A node has read from its store what its peer machine asked for.</summary>
    StoreRead,

    /// <summary>A step of the world's script; the subject is its name.</summary>
    Scripted,

    /// <summary>A node's step has ended, which took time.</summary>
    StepEnded,

    /// <summary>A node is busy: it had no room for what another one sent; the subject is its kind.</summary>
    Refused,
}
