namespace Coniunctum.Consensus.Headers;

/// <summary>What a tree of headers keeps, and what it asks for.</summary>
public sealed record HeaderTreeOptions
{
    /// <summary>How many headers below the tip stay in memory: <see cref="HeaderTree.MinKept"/> or more. At times it is twice as many. Default: all.</summary>
    public int Kept { get; init; } = int.MaxValue;

    /// <summary>
    /// How many headers beside the chain of most work stay in memory, at least 1. When there are more, the lightest branches go, until a
    /// quarter is free. Default: 65,536.
    /// </summary>
    public int MaxSides { get; init; } = 65_536;

    /// <summary>
    /// Whether a header must come with the certificate that its rule asks for. Without it such headers are claims: one that comes with
    /// a certificate is judged by it, and one without is judged by all else. Default: <c>false</c>.
    /// </summary>
    public bool NeedsCertificates { get; init; }

    /// <summary>
    /// Reads ancestors below those in memory, by height, for rules that look further back; all chains of the tree have the same there.
    /// Default: <c>null</c>, they are not known.
    /// </summary>
    public Func<ulong, HeaderView>? ReadBelow { get; init; }
}
