using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Headers;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.P2P.Peers;

namespace Coniunctum.P2P.Sync;

/// <summary>
/// Headers behind a block of this node's chain: each is judged as it is added, where headers alone decide what the rule carries on.
/// Where they do not, they are claims, of which only the place is checked; the bodies must bear them out.
/// </summary>
internal sealed class HeaderBranch
{
    /// <summary>How many headers below the branch are read from the store for the rule's windows.</summary>
    public const int Window = HeaderTree.MinKept - 1;

    private readonly ChainProfile _profile;
    private readonly IConsensusRule _rule;
    private readonly HeaderTree? _tree;
    private RuleState _state;

    /// <summary>Begins behind a block.</summary>
    /// <param name="profile">The ledger's profile.</param>
    /// <param name="parts">Its rule.</param>
    /// <param name="below">Heads of the best chain in rising height; the last one is the block.</param>
    public HeaderBranch(ChainProfile profile, ConsensusParts parts, ImmutableArray<DurableHead> below)
    {
        (_profile, _rule, Tip, Weight) = (profile, parts.Rule, below[^1].View, below[^1].ChainWeight);
        _state = StateAfter(below[^1]);
        if (_rule.StateLag == int.MaxValue)
        {
            _tree = HeaderTree.From(
                HeaderProfile.Of(profile, below[0].View, parts),
                [.. below.Select(head => new ChainedHeader(head.View, StateAfter(head), head.ChainWeight))],
                new HeaderTreeOptions { Kept = HeaderTree.MinKept });
        }

        RuleState StateAfter(DurableHead head) => head.Height == 0 ? parts.Initial : ((ConsensusSpec)profile.Consensus).ReadState(head.RuleState);
    }

    /// <summary>The last header.</summary>
    public HeaderView Tip { get; private set; }

    /// <summary>The weight of the chain up to it.</summary>
    public Work Weight { get; private set; }

    /// <summary>Whether each header is the child of the one before it.</summary>
    public static bool FollowEachOther(ImmutableArray<PeerHead> heads)
    {
        for (int i = 1; i < heads.Length; i++)
            if (heads[i].View.Header.Previous != heads[i - 1].View.Id) return false;
        return true;
    }

    /// <summary>Adds headers as long as they are valid.</summary>
    /// <param name="heads">The headers.</param>
    /// <param name="now">The node's time.</param>
    /// <param name="taken">Takes those that were added.</param>
    /// <returns>What is wrong with the first that was not.</returns>
    public Verdict Add(ImmutableArray<PeerHead> heads, Timestamp now, List<HeaderView> taken)
    {
        foreach (PeerHead head in heads)
        {
            Verdict verdict = Add(head, now);
            if (!verdict.IsValid) return verdict;
            taken.Add(head.View);
        }

        return Verdict.Valid;
    }

    /// <summary>Judges the next header, and takes it when it is valid. Whose seal it claims is proven with the body.</summary>
    /// <param name="head">The header.</param>
    /// <param name="now">The node's time.</param>
    public Verdict Add(PeerHead head, Timestamp now)
    {
        if (head.View.Header.Previous != Tip.Id) return Verdict.MissingParent(head.View.Header.Previous);
        Verdict verdict = _tree is null ? Claim(head) : _tree.Add(head.View, now, new SealClaims());
        if (!verdict.IsValid) return verdict;
        if (_tree is not null) Weight = _tree.Work;
        Tip = head.View;
        return Verdict.Valid;
    }

    private Verdict Claim(PeerHead head)
    {
        Verdict verdict = BlockRules.CheckPlace(head.View.Header, Tip.Header, _profile);
        if (!verdict.IsValid) return verdict;
        Work weight = _rule.Weight(head.View, _state);
        if (!Work.TryAdd(Weight, weight, out Work sum)) return Verdict.Invalid(BlockRule.Overflow, weight.ToBytes(), "a chain's weight below 2^256");
        (Weight, _state) = (sum, _rule.Advance(_state, head.View, null));
        return Verdict.Valid;
    }
}
