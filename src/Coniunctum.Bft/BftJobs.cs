using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Bft;

/// <summary>What a validator does beside the machines: signing, and reading back the block of its own lock.</summary>
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

    public IProducerJob Sign(BftStatus status, PeerId to = default)
    {
        BlockId chain = _chain;
        return new Job(() => new Answered(status with { Signature = Sign(status.Digest(chain)) }, to));
    }

    /// <summary>Decodes the block of one's own lock.</summary>
    public IProducerJob Decode(ReadOnlyMemory<byte> encoded)
    {
        BlockId chain = _chain;
        return new Job(() =>
        {
            HashedBlock.Decode(encoded, profile.Format, profile.Limits, chain, out HashedBlock? block);
            return block is null ? null : new Locked(block);
        });
    }

    private byte[] Sign(in Hash256 digest)
    {
        byte[] signature = new byte[profile.Signatures.SignatureSize];
        profile.Signatures.Sign(key, digest, signature);
        return signature;
    }

    /// <summary>A new block of one's own, for a round.</summary>
    internal sealed record Made(HashedBlock Block, int Round) : JobResult;

    /// <summary>A message of one's own.</summary>
    internal sealed record Signed(BftMessage Message) : JobResult;

    /// <summary>A status of one's own, for one peer or for all.</summary>
    internal sealed record Answered(BftStatus Status, PeerId To) : JobResult;

    /// <summary>The block of one's own lock.</summary>
    internal sealed record Locked(HashedBlock Block) : JobResult;

    private sealed class Job(Func<JobResult?> work) : IProducerJob
    {
        public Task<JobResult?> RunAsync(CancellationToken cancellation) => Task.FromResult(work());
    }
}
