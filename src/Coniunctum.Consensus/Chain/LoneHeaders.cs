using Coniunctum.Consensus.Headers;
using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Chain;

/// <summary>
/// Headers beside the best chain whose bodies have not come, where the fork choice weighs such blocks. Each is proven, and weighs once a
/// proven header 100 higher is known: earlier a body that is withheld would pay its miner, and later nodes that have the body and
/// nodes that have not must count alike.
/// </summary>
/// <param name="consensus">The chain's rule.</param>
/// <param name="headers">Judges headers.</param>
/// <param name="tree">The blocks that are in memory.</param>
/// <param name="best">The best chain.</param>
/// <param name="stored">Reads headers that have left memory.</param>
/// <param name="sides">The blocks beside the best chain.</param>
internal sealed class LoneHeaders(ConsensusParts consensus, HeaderValidator headers, BlockTree tree, BestChain best, StoredHeaders stored, SideBranches sides)
{
    /// <summary>How much higher than a header alone another proven one must be.</summary>
    public const ulong Depth = 100;

    // Each has cost its maker a proof.
    private const int MaxWaiting = 4_096;

    private readonly Dictionary<BlockId, BlockNode> _waiting = [];
    private readonly SortedDictionary<ulong, List<BlockNode>> _byHeight = [];

    /// <summary>How many wait to weigh.</summary>
    public int Count => _waiting.Count;

    /// <summary>Returns what a verdict on a header proves against its sender: anyone can check a header, and its own software and clock.</summary>
    public static Blame BlameOf(Verdict verdict) =>
        verdict.Kind != VerdictKind.Invalid || verdict.Rule is BlockRule.ContradictsFinality or BlockRule.RulesetWrong ? Blame.None : Blame.Identity;

    /// <summary>Judges a header that has come without its body, and keeps it where it is proven.</summary>
    /// <param name="header">The header.</param>
    /// <param name="isCertified">Whether a certificate came along.</param>
    /// <param name="now">The node's time.</param>
    /// <returns>Valid where it weighs, or will, and where the block is here.</returns>
    public Verdict Take(in HeaderView header, bool isCertified, Timestamp now)
    {
        if (!consensus.ForkChoice.CountsInvalid || consensus.Rule.StateLag != int.MaxValue)
            return Verdict.RefusedByPolicy("a header without its body", "a rule that weighs such headers, and decides them alone");
        if (tree.Find(header.Id) is not null || tree.FindInvalid(header.Id) is not null || _waiting.ContainsKey(header.Id)) return Verdict.Valid;
        if (tree.WhyRefused(header.Id) is not null) return Verdict.RefusedByPolicy("a header of a block that was refused", "another");
        if (header.Height < SideHeads.LowestBelow(best.Tip.Height)) return Verdict.RefusedByPolicy(header.Height, SideHeads.LowestBelow(best.Tip.Height));
        BlockId previous = header.Header.Previous;
        if ((tree.Find(previous) ?? tree.FindInvalid(previous) ?? _waiting.GetValueOrDefault(previous)) is not { } parent) return Verdict.MissingParent(previous);
        Verdict verdict = Judge(header, parent, isCertified, now, out BlockNode? node);
        if (!verdict.IsValid) return verdict;
        if (_waiting.Count >= MaxWaiting) return Verdict.Busy(Invariant($"{_waiting.Count} headers without their bodies"), "fewer");
        _waiting.Add(header.Id, node!);
        if (!_byHeight.TryGetValue(header.Height, out List<BlockNode>? siblings)) _byHeight.Add(header.Height, siblings = []);
        siblings.Add(node!);
        return Verdict.Valid;
    }

    /// <summary>Lets weigh what is deep enough.</summary>
    /// <returns>Whether any has come to weigh.</returns>
    public bool Advance()
    {
        bool any = false;
        while (_byHeight.Count > 0 && _byHeight.First() is { Key: var height, Value: var nodes } && height + Depth <= tree.Highest)
        {
            _byHeight.Remove(height);
            foreach (BlockNode node in nodes)
            {
                _waiting.Remove(node.Id);
                any |= TryJoin(node);
            }
        }

        if (any) sides.MakeRoom();
        return any;
    }

    private Verdict Judge(in HeaderView header, BlockNode parent, bool isCertified, Timestamp? now, out BlockNode? node)
    {
        node = null;
        Verdict verdict = headers.CheckPlace(header, parent.Header);
        if (!verdict.IsValid) return verdict;
        if (parent.Height < consensus.Finality.FinalHeight) return BlockValidator.ContradictsFinality(parent.Height, consensus.Finality.FinalHeight);
        var seals = new SealClaims();
        verdict = headers.CheckRule(header, new Ancestors(parent, best, stored), parent.RuleState, isCertified, now, seals);
        if (!verdict.IsValid) return verdict;
        if (seals.Claims.Count > 0) return Verdict.RefusedByPolicy("a header that is proven by signatures", "one that is proven by itself");
        verdict = headers.Extend(header, parent.RuleState, parent.ChainWeight, out HeaderValidator.Link link);
        if (!verdict.IsValid) return verdict;
        // The seal is a slice of a message's bytes, which it would keep.
        node = BlockNode.OfHeader(header with { Seal = header.Seal.ToArray() }, parent, link.Weight, link.ChainWeight, link.State);
        return Verdict.Valid;
    }

    /// <summary>Lets a header weigh, unless the block has come meanwhile, or what it builds on is gone.</summary>
    private bool TryJoin(BlockNode waiting)
    {
        if (tree.Find(waiting.Id) is not null || tree.FindInvalid(waiting.Id) is not null || tree.WhyRefused(waiting.Id) is not null) return false;
        BlockId previous = waiting.Header.Header.Previous;
        if ((tree.Find(previous) ?? tree.FindInvalid(previous)) is not { } parent || parent.Height < consensus.Finality.FinalHeight) return false;
        var node = BlockNode.OfHeader(waiting.Header, parent, waiting.Weight, waiting.ChainWeight, waiting.RuleState);
        if (parent.IsInTree)
        {
            tree.Add(node);
            sides.Add(node);
        }
        else
        {
            tree.MarkRefused(node.Id, BlockValidator.ParentInvalid(previous), isProven: true);
            tree.CountInvalid(node);
        }

        return true;
    }
}
