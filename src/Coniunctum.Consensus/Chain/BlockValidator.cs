using Coniunctum.Consensus.Headers;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;

namespace Coniunctum.Consensus.Chain;

/// <summary>What can be said of a block before it is executed: by its header, its body and its place in the tree.</summary>
internal sealed class BlockValidator(
    ChainProfile profile, ConsensusParts consensus, HeaderValidator headers, BlockTree tree, BestChain best, SideBranches sides, StoredHeaders stored, StoredBlockLoader loader)
{
    public static Verdict ParentInvalid(BlockId parent) =>
        Verdict.Invalid(BlockRule.ParentInvalid, parent.Value, "a parent that is valid");

    public static Verdict ContradictsFinality(ulong parentHeight, ulong finalHeight) =>
        Verdict.Invalid(BlockRule.ContradictsFinality, parentHeight, finalHeight);

    /// <summary>
    /// A seal, a certificate and a body that is not the header's are faults of this copy: the same identity may still turn up
    /// with honest ones.
    /// </summary>
    public static bool IsFaultOfCopy(HashedBlock block, Verdict verdict) => verdict.Rule switch
    {
        BlockRule.SealInvalid or BlockRule.CertificateInvalid => true,
        BlockRule.MerkleRootMismatch or BlockRule.Empty or BlockRule.BlockTooLarge =>
            block.ComputedMerkleRoot != block.Header.MerkleRoot || block.IsMutated,
        _ => false,
    };

    /// <summary>Returns what a verdict on a block proves against its sender.</summary>
    public static Blame BlameOf(HashedBlock block, Verdict verdict) =>
        // Where this node has finalized another branch, the others may be honest.
        verdict.Kind != VerdictKind.Invalid || verdict.Rule == BlockRule.ContradictsFinality ? Blame.None
        : IsFaultOfCopy(block, verdict) ? Blame.Copy
        : Blame.Identity;

    /// <summary>
    /// Whether a block was checked against what the rule really carries to it, so that what was found is for ever: where its parent
    /// was executed before, and everywhere under a rule that needs no state.
    /// </summary>
    public bool IsExact(BlockNode node) => consensus.Rule.StateLag == int.MaxValue || node.IsCheckedExactly;

    /// <summary>Checks all that can be checked before the parent's state is at hand, signatures apart, which the copy comes to claim.</summary>
    /// <param name="copy">The block.</param>
    /// <param name="parent">Its parent where it is at hand; <c>null</c> where the store may have it.</param>
    /// <param name="now">The node's time, or <c>null</c> in one's own store.</param>
    /// <param name="node">The block as it joins the tree, when it is valid so far.</param>
    public Verdict Judge(BlockCopy copy, BlockNode? parent, Timestamp? now, out BlockNode? node)
    {
        node = null;
        HashedBlock block = copy.Block;
        if (parent is null)
        {
            if (tree.WhyRefused(block.Header.Previous) is { } why)
                return why.Kind == VerdictKind.Invalid ? Refuse(block, ParentInvalid(block.Header.Previous), isProven: false) : why;
            if (loader.IsStored(block.Id)) return Verdict.Valid;
            Verdict found = loader.Load(block.Header.Previous, out parent);
            if (!found.IsValid) return found;
        }

        Verdict verdict = JudgeBehind(parent!, copy, now, out node);
        if (node is null) sides.ReleaseIfBare(parent!);
        return verdict;
    }

    /// <summary>Checks header and body behind a parent, by every rule that needs neither the parent's state nor a certificate.</summary>
    public Verdict CheckBehind(BlockNode parent, BlockCopy copy, Timestamp? now, out BlockNode? node)
    {
        node = null;
        HashedBlock block = copy.Block;
        HeaderView header = HeaderView.Of(block);
        Verdict headerVerdict = CheckPlace(header, parent);
        if (!headerVerdict.IsValid) return Refuse(block, headerVerdict, isProven: false);
        headerVerdict = headers.CheckRule(header, new Ancestors(parent, best, stored), parent.RuleState, block.Block.Certificate is not null, now, copy.Seals);
        // What the rule carries is not exact yet: a refusal would not be for ever.
        if (headerVerdict.Kind == VerdictKind.Invalid)
            return IsExactBehind(parent) ? Refuse(block, headerVerdict, isProven: false) : Verdict.ParentPending(parent.Id);
        Verdict verdict = BlockRules.CheckBody(block, profile);
        if (!verdict.IsValid && !(headerVerdict.IsValid && consensus.ForkChoice.CountsInvalid)) return Refuse(block, verdict, headerVerdict.IsValid);

        // Only now: what is kept until its time should at least be whole.
        if (!headerVerdict.IsValid) return headerVerdict;
        headerVerdict = headers.Extend(header, parent.RuleState, parent.ChainWeight, out HeaderValidator.Link link);
        if (!headerVerdict.IsValid) return Refuse(block, headerVerdict, isProven: true);
        var sound = new BlockNode(copy, parent, link.Weight, link.ChainWeight, link.State);
        if (!verdict.IsValid)
        {
            if (!IsFaultOfCopy(block, verdict)) tree.CountInvalid(sound);
            return Refuse(block, verdict, isProven: true);
        }

        node = sound;
        return Verdict.Valid;
    }

    /// <summary>
    /// Judges a block whose parent is invalid and is counted all the same: so is this one, where its header is proven by itself and
    /// its body is its own.
    /// </summary>
    public Verdict JudgeBehindInvalid(BlockNode parent, BlockCopy copy, Timestamp now)
    {
        Verdict verdict = CheckBehind(parent, copy, now, out BlockNode? node);
        if (verdict.IsValid) verdict = headers.JudgeCertificate(HeaderView.Of(copy.Block), copy.Block.Block.Certificate, parent.RuleState, copy.Certificate);
        if (!verdict.IsValid) return verdict;
        if (copy.ClaimCount > 0) return ParentInvalid(parent.Id);
        tree.CountInvalid(node!);
        return Refuse(copy.Block, ParentInvalid(parent.Id), isProven: true);
    }

    /// <summary>
    /// Checks a header again that was checked before its parent was executed, when that changed what the rule carries; its
    /// seals and its certificate may then have to be others'.
    /// </summary>
    public Verdict Recheck(BlockNode node)
    {
        RuleState parent = node.Parent!.RuleState;
        if (parent.Equals(node.CheckedAgainst)) return Verdict.Valid;
        (node.CheckedAgainst, node.Seals, node.Certificate) = (parent, new SealClaims(), new SealClaims());
        (node.IsProven, node.IsVerified, node.Verification) = (false, false, null);
        ReadOnlyMemory<byte>? certificate = node.Body!.Block.Certificate;
        Verdict verdict = headers.CheckRule(node.Header, new Ancestors(node.Parent, best, stored), parent, certificate is not null, null, node.Seals);
        return verdict.IsValid ? headers.JudgeCertificate(node.Header, certificate, parent, node.Certificate) : verdict;
    }

    private Verdict JudgeBehind(BlockNode parent, BlockCopy copy, Timestamp? now, out BlockNode? node)
    {
        node = null;
        Verdict verdict = CheckBehind(parent, copy, now, out BlockNode? sound);
        if (verdict.IsValid) verdict = headers.JudgeCertificate(HeaderView.Of(copy.Block), copy.Block.Block.Certificate, parent.RuleState, copy.Certificate);
        if (verdict.Kind == VerdictKind.Invalid && sound is not null && !IsExactBehind(parent)) return Verdict.ParentPending(parent.Id);
        if (verdict.IsValid) node = sound;
        return verdict;
    }

    private bool IsExactBehind(BlockNode parent) => consensus.Rule.StateLag == int.MaxValue || parent.IsExecuted;

    private Verdict CheckPlace(in HeaderView header, BlockNode parent)
    {
        Verdict place = headers.CheckPlace(header, parent.Header);
        // Whatever left the best chain below the final height is gone from the tree: a parent at or above it descends from it.
        return place.IsValid && parent.Height < consensus.Finality.FinalHeight
            ? ContradictsFinality(parent.Height, consensus.Finality.FinalHeight)
            : place;
    }

    private Verdict Refuse(HashedBlock block, Verdict verdict, bool isProven)
    {
        if (!IsFaultOfCopy(block, verdict)) tree.MarkRefused(block.Id, verdict, isProven);
        return verdict;
    }
}
