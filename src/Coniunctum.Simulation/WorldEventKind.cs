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

    /// <summary>What was sent was lost on its way.</summary>
    Lost,

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

    /// <summary>The network's own timer at a node: gossip, or a block that has not come.</summary>
    NetworkTimer,

    /// <summary>A step of the world's script; the subject is its name.</summary>
    Scripted,

    /// <summary>A node's step has ended, which took time.</summary>
    StepEnded,

    /// <summary>A node is busy: it had no room for what another one sent; the subject is its kind.</summary>
    Refused,
}
