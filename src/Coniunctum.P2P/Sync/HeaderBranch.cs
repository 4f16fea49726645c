using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.P2P.Peers;

namespace Coniunctum.P2P.Sync;

/// <summary>
/// Headers behind a block of this node's chain, each judged by the chain's rule as far as headers alone decide it. Where they do not,
/// they are claims that the bodies must bear out.
/// </summary>
internal sealed class HeaderBranch
{
    /// <summary>How many headers below the branch are read from the store for the rule's windows.</summary>
    public const int Window = 2_047;

    private readonly ChainProfile _profile;
    private readonly IConsensusRule _rule;
    private readonly HeaderView _genesis;
    private readonly List<HeaderView> _views;
    private RuleState _state;

    /// <summary>Begins behind a block.</summary>
    /// <param name="profile">The ledger's profile.</param>
    /// <param name="parts">Its rule.</param>
    /// <param name="genesis">The first header.</param>
    /// <param name="below">Heads of the best chain in rising height; the last one is the block.</param>
    public HeaderBranch(ChainProfile profile, ConsensusParts parts, HeaderView genesis, ImmutableArray<DurableHead> below)
    {
        (_profile, _rule, _genesis) = (profile, parts.Rule, genesis);
        _views = [.. below.Select(head => head.View)];
        Weight = below[^1].ChainWeight;
        _state = below[^1].Height == 0 ? parts.Initial : ((ConsensusSpec)profile.Consensus).ReadState(below[^1].RuleState);
    }

    /// <summary>The last header.</summary>
    public HeaderView Tip => _views[^1];

    /// <summary>The weight of the chain up to it.</summary>
    public Work Weight { get; private set; }

    /// <summary>Judges the next header, and takes it when it is valid.</summary>
    /// <param name="head">The header.</param>
    /// <param name="now">The node's time.</param>
    public Verdict Add(PeerHead head, Timestamp now)
    {
        if (head.View.Header.Previous != Tip.Id) return Verdict.MissingParent(head.View.Header.Previous);
        Verdict verdict = BlockRules.CheckPlace(head.View.Header, Tip.Header, _profile);
        // Whose seals they claim is proven with the bodies.
        if (verdict.IsValid && _rule.StateLag == int.MaxValue) verdict = _rule.Check(head.View, new Line(this), _state, now, new SealClaims());
        if (!verdict.IsValid) return verdict;
        Work weight = _rule.Weight(head.View, _state);
        if (!Work.TryAdd(Weight, weight, out Work sum)) return Verdict.Invalid(BlockRule.Overflow, weight.ToBytes(), "a chain's weight below 2^256");
        (Weight, _state) = (sum, _rule.Advance(_state, head.View, null));
        _views.Add(head.View);
        if (_views.Count > 4 * Window) _views.RemoveRange(0, _views.Count - Window);
        return Verdict.Valid;
    }

    private sealed class Line(HeaderBranch branch) : IAncestors
    {
        public HeaderView Parent => branch.Tip;

        public HeaderView At(ulong height)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(height, branch.Tip.Height);
            if (height == 0) return branch._genesis;
            ArgumentOutOfRangeException.ThrowIfLessThan(height, branch._views[0].Height);
            return branch._views[(int)(height - branch._views[0].Height)];
        }

        public bool Has(ulong height) => height == 0 || height >= branch._views[0].Height;
    }
}
