namespace Coniunctum.P2P.Wire;

/// <summary>On which channels a kind may come.</summary>
internal enum MessageScope
{
    /// <summary>Channel 0: it concerns the connection.</summary>
    Connection,

    /// <summary>A channel from 1 to 64 that its sender has opened: it concerns one ledger.</summary>
    Ledger,
}
