using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Bft;

/// <summary>What a validator does beside the machines: signing, checking signatures, decoding and hashing blocks.</summary>
internal sealed class BftJobs(PrivateKey key, ChainProfile profile)
{
    private BlockId _chain;

    public void Begin(BlockId chain) => _chain = chain;

    public IProducerJob Make(BlockDraft draft, int round) =>
        new Job(() => new Made(draft.WithExtraNonce(0).Seal(0, default), round));

    public IProducerJob Sign(BftMessage message)
    {
        BlockId chain = _chain;
        return new Job(() => new Signed(message with { Signature = Sign(message.Digest(chain)) }));
    }

    public IProducerJob Sign(BftStatus status)
    {
        BlockId chain = _chain;
        return new Job(() => new Answered(status with { Signature = Sign(status.Digest(chain)) }));
    }

    /// <summary>Checks the signatures of votes, in one batch; those that are wrong are left out.</summary>
    public IProducerJob Check(ImmutableArray<BftMessage> votes)
    {
        BlockId chain = _chain;
        return new Job(() =>
        {
            SignatureClaim[] claims = [.. votes.Select(vote => ClaimOf(vote, chain))];
            bool[] isTrue = Check(claims);
            return new CheckedVotes([.. votes.Where((_, index) => isTrue[index])]);
        });
    }

    /// <summary>Checks a proposal's signature, and decodes and hashes its block.</summary>
    public IProducerJob Check(BftMessage proposal, ReadOnlyMemory<byte> encoded)
    {
        BlockId chain = _chain;
        return new Job(() => Check([ClaimOf(proposal, chain)])[0] && Decode(encoded, chain) is { } block
            && block.Id == proposal.Block && block.Header.Height == proposal.Height && block.Block.Certificate is null
            ? new Proposed(proposal, block)
            : null);
    }

    /// <summary>Decodes the block of one's own lock.</summary>
    public IProducerJob Decode(ReadOnlyMemory<byte> encoded)
    {
        BlockId chain = _chain;
        return new Job(() => Decode(encoded, chain) is { } block ? new Proposed(null, block) : null);
    }

    /// <summary>Checks a status, and what it quotes.</summary>
    public IProducerJob Check(BftStatus status)
    {
        BlockId chain = _chain;
        return new Job(() =>
        {
            var own = new SignatureClaim(status.Digest(chain), status.Signature, status.Sender);
            SignatureClaim[] claims = status.Sighting is { } seen ? [own, ClaimOf(seen, chain)] : [own];
            return Array.TrueForAll(Check(claims), isTrue => isTrue) ? new Asked(status) : null;
        });
    }

    public IProducerJob Check(BftEvidence evidence)
    {
        BlockId chain = _chain;
        return new Job(() => evidence.IsProof(profile.Signatures, chain) ? new Accused(evidence) : null);
    }

    private static SignatureClaim ClaimOf(BftMessage message, BlockId chain) => new(message.Digest(chain), message.Signature, message.Sender);

    private bool[] Check(SignatureClaim[] claims)
    {
        ImmutableArray<RecoveredSigner> answers = SignatureVerifier.Recover(profile.Signatures, claims);
        return [.. claims.Select((claim, index) => answers[index].Outcome == SignatureOutcome.Valid && answers[index].Signer == claim.Signer)];
    }

    private byte[] Sign(in Hash256 digest)
    {
        byte[] signature = new byte[profile.Signatures.SignatureSize];
        profile.Signatures.Sign(key, digest, signature);
        return signature;
    }

    private HashedBlock? Decode(ReadOnlyMemory<byte> encoded, BlockId chain)
    {
        HashedBlock.Decode(encoded, profile.Format, profile.Limits, chain, out HashedBlock? block);
        return block;
    }

    /// <summary>A new block of one's own, for a round.</summary>
    internal sealed record Made(HashedBlock Block, int Round) : JobResult;

    /// <summary>A message of one's own.</summary>
    internal sealed record Signed(BftMessage Message) : JobResult;

    /// <summary>A status of one's own.</summary>
    internal sealed record Answered(BftStatus Status) : JobResult;

    /// <summary>Votes of others.</summary>
    internal sealed record CheckedVotes(ImmutableArray<BftMessage> Votes) : JobResult;

    /// <summary>A block that may be voted for, with the proposal that it came with, if there was one.</summary>
    internal sealed record Proposed(BftMessage? Proposal, HashedBlock Block) : JobResult;

    /// <summary>A status of another.</summary>
    internal sealed record Asked(BftStatus Status) : JobResult;

    /// <summary>Evidence of another that proves something.</summary>
    internal sealed record Accused(BftEvidence Evidence) : JobResult;

    private sealed class Job(Func<JobResult?> work) : IProducerJob
    {
        public Task<JobResult?> RunAsync(CancellationToken cancellation) => Task.FromResult(work());
    }
}
