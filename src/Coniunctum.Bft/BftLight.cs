using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;

namespace Coniunctum.Bft;

/// <summary>Verifies blocks by their headers and certificates alone, from one that is trusted.</summary>
public static class BftLight
{
    /// <summary>
    /// Verifies successive headers behind a trusted one: each names its predecessor, and validators of more than two thirds of
    /// the weight of the set that its predecessor commits to have certified it.
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
        BlockHeader previous = trusted;
        for (verified = 0; verified < blocks.Count; verified++)
        {
            BftLightBlock block = blocks[verified];
            validators = block.Validators ?? validators;
            Verdict verdict = Verify(profile, chainId, previous, validators, block);
            if (!verdict.IsValid) return verdict;
            previous = block.Header;
        }

        return Verdict.Valid;
    }

    private static Verdict Verify(ChainProfile profile, BlockId chainId, BlockHeader previous, ValidatorSet validators, BftLightBlock block)
    {
        BlockHeader header = block.Header;
        var previousId = new BlockId(profile.Format.Digest(previous));
        if (header.Previous != previousId) return Verdict.Invalid(BlockRule.PreviousUnknown, header.Previous.Value, previousId.Value);
        Verdict place = BlockRules.CheckHeight(header.Height, previous.Height);
        if (!place.IsValid) return place;
        if (validators.Hash != previous.Target) return Verdict.Invalid(BlockRule.TargetWrong, validators.Hash, previous.Target);

        var signatures = new SealClaims();
        var id = new BlockId(profile.Format.Digest(header));
        Verdict verdict = BftCertificate.Judge(block.Certificate, header.Height, id, chainId, validators, signatures);
        if (!verdict.IsValid) return verdict;
        SignatureClaim[] claims = [.. signatures.Claims];
        ImmutableArray<RecoveredSigner> answers = SignatureVerifier.Recover(profile.Signatures, claims);
        for (int i = 0; i < claims.Length; i++)
        {
            if (answers[i].Outcome != SignatureOutcome.Valid)
                return Verdict.Invalid(BlockRule.CertificateInvalid, answers[i].Outcome.ToString(), "a valid signature");
            if (answers[i].Signer != claims[i].Signer)
                return Verdict.Invalid(BlockRule.CertificateInvalid, answers[i].Signer.Value, claims[i].Signer.Value);
        }

        return Verdict.Valid;
    }
}
