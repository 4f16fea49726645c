using Coniunctum.Ledger;

namespace Coniunctum.Testing;

/// <summary>What a test ledger starts with. Immutable.</summary>
/// <example>
/// <code>
/// await using TestLedger ledger = await TestLedger.StartAsync(new TestLedgerOptions
/// {
///     Profile = Profiles.Development with { Applications = [new Notary()] },
///     AutoMine = false,
/// });
/// </code>
/// </example>
public sealed record TestLedgerOptions
{
    /// <summary>
    /// The profile, whose applications, limits and economy are those of the ledger. Its rule is not: one authority seals the blocks, when
    /// the test says so. Nor is its genesis' time and salt. Default: <see cref="Profiles.Development"/>.
    /// </summary>
    public ChainProfile Profile { get; init; } = Profiles.Development;

    /// <summary>Whether a block is made as soon as a transaction waits; otherwise only when the test asks for one. Default: <c>true</c>.</summary>
    public bool AutoMine { get; init; } = true;

    /// <summary>
    /// Whether a block is final as soon as it is made. With <c>false</c> nothing ever is, as under proof-of-work, and
    /// <see cref="TestLedger.ReorganizeAsync"/> may undo blocks. Default: <c>true</c>.
    /// </summary>
    public bool FinalAtOnce { get; init; } = true;

    /// <summary>What each account owns at the start, in base units. Default: 1,000,000,000.</summary>
    public ulong Balance { get; init; } = 1_000_000_000;

    /// <summary>What the clock shows at the start; not before 1970. Default: the start of 2026, UTC.</summary>
    public DateTimeOffset Start { get; init; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Sets ledgers apart: those with different seeds are different chains, with the same accounts. Default: 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>Says more to the ledger's builder, such as where it is kept or that it has an index. Not the rule, the clock or the entropy, which the test ledger sets.</summary>
    public Action<LedgerBuilder>? Configure { get; init; }
}
