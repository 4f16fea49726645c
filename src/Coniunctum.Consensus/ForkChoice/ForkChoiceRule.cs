namespace Coniunctum.Consensus.ForkChoice;

/// <summary>
/// A fork choice as a consensus rule names it among its parameters: nodes that choose differently end up on different chains.
/// </summary>
/// <param name="name">Its name, which a chain's identity commits to.</param>
/// <param name="create">Builds one for a ledger.</param>
public sealed class ForkChoiceRule(string name, Func<IForkChoice> create)
{
    private readonly Func<IForkChoice> _create = create ?? throw new ArgumentNullException(nameof(create));

    /// <summary>The most cumulative weight wins.</summary>
    public static ForkChoiceRule Heaviest { get; } = new("heaviest", () => new HeaviestChain());

    /// <summary>The most blocks win.</summary>
    public static ForkChoiceRule Longest { get; } = new("longest", () => new LongestChain());

    /// <summary>The heaviest observed subtree wins.</summary>
    public static ForkChoiceRule Ghost { get; } = new("ghost", () => new Ghost());

    /// <summary>Its name.</summary>
    public string Name { get; } = name ?? throw new ArgumentNullException(nameof(name));

    /// <summary>Builds a fork choice for one ledger.</summary>
    public IForkChoice Create() => _create();
}
