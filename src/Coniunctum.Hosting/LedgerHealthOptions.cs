namespace Coniunctum.Hosting;

/// <summary>What a healthy ledger has, beside not having halted. Each is asked for only where it is set.</summary>
public sealed class LedgerHealthOptions
{
    /// <summary>How old the last block may be, by its own time. Formats whose blocks carry no time are not asked. Default: <c>null</c>.</summary>
    public TimeSpan? MaxTipAge { get; set; }

    /// <summary>How many nodes it must be connected with. Default: 0.</summary>
    public int MinPeers { get; set; }

    /// <summary>Whether it must have all that its peers have claimed. Default: <c>false</c>.</summary>
    public bool MustBeSynchronized { get; set; }

    /// <summary>How many blocks its index may be behind. Default: <c>null</c>.</summary>
    public ulong? MaxIndexLag { get; set; }
}
