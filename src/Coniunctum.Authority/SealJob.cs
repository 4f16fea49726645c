using Coniunctum.Consensus;
using Coniunctum.Crypto;

namespace Coniunctum.Authority;

/// <summary>Signs a candidate: the seal is the signature over the header's digest.</summary>
internal sealed class SealJob(BlockDraft candidate, PrivateKey key, ISignatureScheme scheme) : IProducerJob
{
    public Task<JobResult?> RunAsync(CancellationToken cancellation)
    {
        BlockDraft draft = candidate.WithExtraNonce(0);
        byte[] seal = new byte[scheme.SignatureSize];
        scheme.Sign(key, draft.Format.Digest(draft.Header), seal);
        return Task.FromResult<JobResult?>(new JobResult.Sealed(draft.Seal(draft.Header.Nonce, seal)));
    }
}
