namespace Coniunctum.Consensus;

/// <summary>What a verdict on a block or a message proves against whoever sent it.</summary>
public enum Blame
{
    /// <summary>Nothing: it was sound, or this node's own limits, time or history are in the way.</summary>
    None = 0,

    /// <summary>This copy is at fault: its seal, its certificate or its body. Another copy of the same identity may be honest. Of a message: all of it.</summary>
    Copy,

    /// <summary>No block of this identity is valid, whoever sends it.</summary>
    Identity,
}
