using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;

namespace Coniunctum.Consensus.Chain;

/// <summary>What can be said of a block before it is executed: by its header, its body and its place in the tree.</summary>
internal sealed class BlockValidator(
    ChainProfile profile, ConsensusParts consensus, BlockTree tree, BestChain best, SideBranches sides, StoredHeaders stored, StoredBlockLoader loader)
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

    /// <summary>Checks all that can be checked before the parent's state is at hand.</summary>
    /// <param name="block">The block.</param>
    /// <param name="now">The node's time, or <c>null</c> in one's own store.</param>
    /// <param name="node">The block as it joins the tree, when it is valid so far.</param>
    public Verdict Judge(HashedBlock block, Timestamp? now, out BlockNode? node)
    {
        node = null;
        BlockNode? parent = tree.Find(block.Header.Previous);
        if (parent is null)
        {
            if (tree.WhyRefused(block.Header.Previous) is { } why)
                return why.Kind == VerdictKind.Invalid ? Refuse(block, ParentInvalid(block.Header.Previous), isProven: false) : why;
            if (loader.IsStored(block.Id)) return Verdict.Valid;
            Verdict found = loader.Load(block.Header.Previous, out parent);
            if (!found.IsValid) return found;
        }

        Verdict verdict = Judge(parent!, block, now, out node);
        if (node is null) sides.ReleaseIfBare(parent!);
        return verdict;
    }

    /// <summary>Checks header and body behind a parent, by every rule that needs neither the parent's state nor a certificate.</summary>
    public Verdict CheckBehind(BlockNode parent, HashedBlock block, Timestamp? now, SealClaims certificate, out BlockNode? node)
    {
        node = null;
        var seals = new SealClaims();
        HeaderView header = HeaderView.Of(block);
        Verdict headerVerdict = CheckHeader(header, parent, now, seals);
        // What the rule carries is exact only behind a parent that was executed: until then a refusal is not for ever.
        if (headerVerdict.Kind == VerdictKind.Invalid)
            return !parent.IsExecuted ? headerVerdict : Refuse(block, headerVerdict, isProven: false);
        Verdict verdict = BlockRules.CheckBody(block, profile);
        if (!verdict.IsValid) return Refuse(block, verdict, headerVerdict.IsValid);

        // Only now: what is kept until its time should at least be whole.
        if (!headerVerdict.IsValid) return headerVerdict;
        Work weight = consensus.Rule.Weight(header, parent.RuleState);
        if (!Work.TryAdd(parent.ChainWeight, weight, out Work chainWeight))
            return Refuse(block, Verdict.Invalid(BlockRule.Overflow, weight.ToBytes(), "a chain's weight below 2^256"), isProven: true);
        RuleState state = consensus.Rule.Advance(parent.RuleState, header, null);
        node = new BlockNode(block, parent, weight, chainWeight, state, seals, certificate);
        return Verdict.Valid;
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
        (node.IsVerified, node.Verification) = (false, null);
        Verdict verdict = consensus.Rule.Check(node.Header, new Ancestors(node.Parent, best, stored), parent, null, node.Seals);
        return verdict.IsValid
            ? consensus.Finality.Judge(node.Header, node.Body!.Block.Certificate, parent, node.Certificate)
            : verdict;
    }

    private Verdict Judge(BlockNode parent, HashedBlock block, Timestamp? now, out BlockNode? node)
    {
        node = null;
        // A certified block is not deferred: others have agreed on its time.
        var certificate = new SealClaims();
        Timestamp? clock = block.Block.Certificate is null ? now : null;
        Verdict verdict = CheckBehind(parent, block, clock, certificate, out BlockNode? sound);
        if (verdict.IsValid)
            verdict = consensus.Finality.Judge(HeaderView.Of(block), block.Block.Certificate, parent.RuleState, certificate);
        if (verdict.IsValid) node = sound;
        return verdict;
    }

    private Verdict CheckHeader(in HeaderView header, BlockNode parent, Timestamp? now, SealClaims seals)
    {
        Verdict place = BlockRules.CheckPlace(header.Header, parent.Header.Header, profile);
        if (!place.IsValid) return place;
        // Whatever left the best chain below the final height is gone from the tree: a parent at or above it descends from it.
        return parent.Height < consensus.Finality.FinalHeight
            ? ContradictsFinality(parent.Height, consensus.Finality.FinalHeight)
            : consensus.Rule.Check(header, new Ancestors(parent, best, stored), parent.RuleState, now, seals);
    }

    private Verdict Refuse(HashedBlock block, Verdict verdict, bool isProven)
    {
        if (!IsFaultOfCopy(block, verdict)) tree.MarkRefused(block.Id, verdict, isProven);
        return verdict;
    }
}
