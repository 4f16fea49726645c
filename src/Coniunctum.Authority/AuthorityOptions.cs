namespace Coniunctum.Authority;

/// <summary>When a signer seals.</summary>
public sealed record AuthorityOptions
{
    /// <summary>Whether to seal only while transactions wait; by default blocks with nothing but a reward are sealed too.</summary>
    public bool WaitsForTransactions { get; init; }

    /// <summary>
    /// A signer out of turn waits 1 to ⌊n/2⌋+1 times this. Longer than a block takes to reach the others. Default: 500 ms
    /// (EIP-225).
    /// </summary>
    public TimeSpan Wiggle { get; init; } = TimeSpan.FromMilliseconds(500);
}
