using Coniunctum.Consensus;
using Coniunctum.Consensus.ForkChoice;
using Coniunctum.Consensus.Headers;
using Coniunctum.Ledger;

namespace Coniunctum.Bft;

/// <summary>Verifies blocks by their headers and certificates alone, from one that is trusted.</summary>
public static class BftLight
{
    /// <summary>
    /// Verifies successive headers behind a trusted one: each is a valid header behind its predecessor, as far as headers show, and
    /// validators of more than two thirds of the weight of the set that its predecessor commits to have certified it.
    /// </summary>
    /// <param name="profile">The chain's profile.</param>
    /// <param name="chainId">The chain's identity: its genesis block's.</param>
    /// <param name="trusted">A header that is trusted, such as that of genesis.</param>
    /// <param name="validators">The set that certifies the block behind it; its hash must be the trusted header's target.</param>
    /// <param name="blocks">The blocks behind it, in order.</param>
    /// <param name="verified">How many of them were verified.</param>
    /// <returns>Valid when all are; else what is wrong with the first that is not.</returns>
    public static Verdict Verify(
        ChainProfile profile, BlockId chainId, BlockHeader trusted, ValidatorSet validators, IReadOnlyList<BftLightBlock> blocks, out int verified)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(trusted);
        ArgumentNullException.ThrowIfNull(validators);
        var previous = new HeaderView(trusted, new BlockId(profile.Format.Digest(trusted)), default);
        var state = new BftState(validators, validators) { IsNextClaimed = true };
        var consensus = new ConsensusParts(new BftRule(), new HeaviestChain(), new BftFinality(chainId), state);
        var tree = HeaderTree.From(
            HeaderProfile.Of(profile, previous, consensus), [new ChainedHeader(previous, state, Work.Zero)],
            new HeaderTreeOptions { Kept = HeaderTree.MinKept, NeedsCertificates = true });
        for (verified = 0; verified < blocks.Count; verified++)
        {
            BftLightBlock block = blocks[verified];
            var header = new HeaderView(block.Header, new BlockId(profile.Format.Digest(block.Header)), default);
            validators = block.Validators ?? validators;
            Verdict verdict = Verify(profile, tree, previous, validators, new ReceivedHead(header, block.Certificate));
            if (!verdict.IsValid) return verdict;
            previous = header;
        }

        return Verdict.Valid;
    }

    private static Verdict Verify(ChainProfile profile, HeaderTree tree, in HeaderView previous, ValidatorSet validators, ReceivedHead head)
    {
        BlockHeader header = head.Header.Header;
        if (header.Previous != previous.Id) return Verdict.Invalid(BlockRule.PreviousUnknown, header.Previous.Value, previous.Id.Value);
        if (validators.Hash != previous.Header.Target) return Verdict.Invalid(BlockRule.TargetWrong, validators.Hash, previous.Header.Target);
        tree.TrustState(previous.Id, new BftState(validators, validators) { IsNextClaimed = true });
        HeaderBatch batch = tree.Judge([head], null);
        if (batch.Verdict.IsValid) batch.TakeAnswers(SignatureVerifier.Recover(profile.Signatures, batch.Claims.AsSpan()));
        if (batch.Verdict.IsValid) tree.Append(batch);
        return batch.Verdict;
    }
}
