namespace Coniunctum.P2P.Wire;

/// <summary>Who may send a kind, and when.</summary>
internal enum MessageTurn
{
    /// <summary>The first message of each side, and only that.</summary>
    First,

    /// <summary>The last message of a side, at any time.</summary>
    Last,

    /// <summary>Opens a channel that is not open.</summary>
    Opens,

    /// <summary>Shuts a ledger; each side says it once.</summary>
    Shuts,

    /// <summary>At any time, by either side; it asks for nothing that is counted.</summary>
    Free,

    /// <summary>At any time, by either side, up to the number of what is outstanding.</summary>
    Request,

    /// <summary>Only when its request is outstanding.</summary>
    Answer,
}
