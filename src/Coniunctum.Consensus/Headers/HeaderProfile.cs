using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;

namespace Coniunctum.Consensus.Headers;

/// <summary>
/// What is needed to follow a chain by its headers alone: how they are read, the first one, and the rule. Every ledger's
/// profile is one; there are others, such as Bitcoin's, whose ledger is not this library's.
/// </summary>
public sealed class HeaderProfile
{
    /// <summary>Describes a chain of headers whose ledger is not this library's.</summary>
    /// <param name="name">The profile's name, for people.</param>
    /// <param name="format">How headers are read.</param>
    /// <param name="genesis">The first header.</param>
    /// <param name="genesisWeight">What the first header weighs.</param>
    /// <param name="consensus">The rule and what it begins with.</param>
    /// <param name="checkPlace">Judges what a header says of its place by itself: the header, then its parent.</param>
    public HeaderProfile(
        string name, IHeaderFormat format, HeaderView genesis, Work genesisWeight, ConsensusParts consensus,
        Func<BlockHeader, BlockHeader, Verdict> checkPlace)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(consensus);
        ArgumentNullException.ThrowIfNull(checkPlace);
        (Name, Format, Genesis, GenesisWeight) = (name, format, genesis, genesisWeight);
        (Rule, Initial, HeaderValidator) = (consensus.Rule, consensus.Initial, new HeaderValidator(consensus.Rule, consensus.Finality, checkPlace));
    }

    /// <summary>The profile's name, for people.</summary>
    public string Name { get; }

    /// <summary>How headers are read.</summary>
    public IHeaderFormat Format { get; }

    /// <summary>The first header.</summary>
    public HeaderView Genesis { get; }

    /// <summary>What the first header weighs: nothing in this library's ledgers, its work in Bitcoin.</summary>
    public Work GenesisWeight { get; }

    /// <summary>May this header follow.</summary>
    public IConsensusRule Rule { get; }

    /// <summary>What the rule carries at genesis.</summary>
    public RuleState Initial { get; }

    /// <summary>Judges its headers.</summary>
    internal HeaderValidator HeaderValidator { get; }

    /// <summary>Whether headers carry the root of the history tree.</summary>
    internal bool HasHistory { get; private init; }

    /// <summary>Returns the headers' part of a ledger's profile.</summary>
    /// <param name="profile">The profile.</param>
    /// <exception cref="ArgumentException">No sound chain can exist under the profile's parameters.</exception>
    public static HeaderProfile Of(ChainProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        if (profile.Consensus is not ConsensusSpec spec)
            throw new ArgumentException($"The profile {profile.Name} names a rule, but not how it is built.", nameof(profile));
        HeaderView genesis = HeaderView.Of(GenesisBlock.Create(profile).Block);
        return Of(profile, genesis, spec.Build(profile, genesis.Id));
    }

    /// <summary>Returns the headers' part of a ledger's profile under parts that the caller has built.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="first">The first header that is known: genesis, or one that is trusted.</param>
    /// <param name="consensus">The rule and what it begins with.</param>
    public static HeaderProfile Of(ChainProfile profile, HeaderView first, ConsensusParts consensus)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return new HeaderProfile(
            profile.Name, new LedgerHeaders(profile.Format), first, Work.Zero, consensus, (header, parent) => BlockRules.CheckPlace(header, parent, profile))
        {
            HasHistory = profile.Format.Traits.HasExtendedHeader,
        };
    }
}
