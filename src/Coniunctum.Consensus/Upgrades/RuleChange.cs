using Coniunctum.Consensus.ForkChoice;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Upgrades;

/// <summary>
/// Hands a chain over from one rule to another at a height, where its ruleset's number rises. The block at that height is the
/// last one that the first rule proves and the first one of the new ruleset: so a node that lacks the upgrade can tell that it
/// cost as much as any block, and warns. From the next block on the second rule decides, beginning with its initial state.
/// </summary>
/// <remarks>
/// Blocks of the second rule weigh as many times the work of the block at the height as that rule says: what the hand-over cost
/// cannot be outweighed by as many cheaper blocks beside it. The first rule's fork choice goes on. An upgrade is no part of the
/// chain's identity, and what was stored before stays readable.
/// </remarks>
public sealed class RuleChange : ConsensusSpec
{
    private readonly ConsensusSpec _first;
    private readonly ConsensusSpec _second;

    /// <summary>Composes two rules.</summary>
    /// <param name="first">The rule from genesis on; may itself be a change at a lower height.</param>
    /// <param name="height">The height of the hand-over, at which the profile names an upgrade; at least 1.</param>
    /// <param name="second">The rule from the next height on.</param>
    /// <exception cref="ArgumentException">The heights do not rise.</exception>
    public RuleChange(ConsensusSpec first, ulong height, ConsensusSpec second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (height == 0) throw new ArgumentException("Genesis is not handed over: choose the second rule from the beginning.", nameof(height));
        if (first is RuleChange { Height: var before } && before >= height)
            throw new ArgumentException($"The change at height {height} must come after that at {before}.", nameof(height));
        if (second is RuleChange) throw new ArgumentException("Compose later changes around earlier ones, as their first rule.", nameof(second));
        (_first, Height, _second) = (first, height, second);
    }

    /// <summary>The height of the hand-over.</summary>
    public ulong Height { get; }

    /// <inheritdoc/>
    public override string RuleName => _first.RuleName;

    /// <inheritdoc/>
    public override string RuleNameAt(ulong height) => (height <= Height ? _first : _second).RuleNameAt(height);

    /// <inheritdoc/>
    public override Hash256 GenesisTarget => _first.GenesisTarget;

    /// <summary>The first rule's: an upgrade does not change which chain it is.</summary>
    public override IEnumerable<Parameter> Parameters => _first.Parameters;

    /// <inheritdoc/>
    public override ConsensusParts Build(ChainProfile profile, BlockId genesis)
    {
        ArgumentNullException.ThrowIfNull(profile);
        if (!profile.Upgrades.Any(upgrade => upgrade.Height == Height))
            throw new ArgumentException($"The rule changes at height {Height}, and the profile names no upgrade there.", nameof(profile));
        ConsensusParts first = _first.Build(profile, genesis);
        if (first.ForkChoice is LongestChain)
            throw new ArgumentException("Where the chain of most blocks wins there is no hand-over: the next rule's blocks do not cost the same.", nameof(profile));
        ConsensusParts second = _second.BuildBehind(Height, profile, genesis);
        return new ConsensusParts(
            new ChangedRule(first, second, Height),
            new AgreedTies(first.ForkChoice, Height + 1),
            new ChangedFinality(first.Finality, second.Finality, Height),
            first.Initial,
            ChangedTopics.Of(first.Topics, second.Topics, Height));
    }

    /// <inheritdoc/>
    public override RuleState ReadState(ReadOnlyMemory<byte> encoded) =>
        ChangedState.TryRead(encoded, Height, _second) ?? _first.ReadState(encoded);
}
