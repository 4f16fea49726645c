namespace Coniunctum.Consensus.Node;

/// <summary>What an input of a node is to its queue: the kinds are taken in this order.</summary>
/// <remarks>May change in any release.</remarks>
public enum InputKind
{
    /// <summary>Nothing: never occurs.</summary>
    None = 0,

    /// <summary>What the node asked for itself: its start, and the answers of store, workers and jobs.</summary>
    Answer,

    /// <summary>A timer, a message of another node's producer, or what the peer machine hears of the network, where it says nothing else.</summary>
    Message,

    /// <summary>A block, what was put off of a branch, or the wish to go back to an older block.</summary>
    Block,

    /// <summary>A transaction.</summary>
    Transaction,
}
