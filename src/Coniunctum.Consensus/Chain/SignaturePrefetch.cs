using Coniunctum.Consensus.Node;
using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Chain;

/// <summary>
/// The signatures of the branch that is being done: while one block is executed, those of the next blocks are verified beside
/// the machine. How far ahead is bounded in bytes of blocks.
/// </summary>
internal sealed class SignaturePrefetch(Mempool pool, PreparedBlocks prepared, long maxAheadBytes)
{
    private readonly Queue<BlockNode> _waiting = new();
    private readonly Dictionary<JobId, Job> _jobs = [];
    private readonly HashSet<BlockNode> _verified = [];
    private long _aheadBytes;

    /// <summary>Turns to the blocks of another branch. Jobs under way are finished: what they find stays true.</summary>
    public void Follow(IEnumerable<BlockNode> path)
    {
        _waiting.Clear();
        foreach (BlockNode node in _verified) _aheadBytes -= node.Size;
        _verified.Clear();
        foreach (BlockNode node in path) _waiting.Enqueue(node);
    }

    /// <summary>Adds a block behind the branch's last one.</summary>
    public void Add(BlockNode node) => _waiting.Enqueue(node);

    /// <summary>Asks for the signatures of the next blocks, as far ahead as is allowed.</summary>
    public void RequestAhead(Func<JobId> nextJob, IEffectSink<IChainEffect> effects)
    {
        while (_waiting.TryPeek(out BlockNode? node) && (_aheadBytes == 0 || _aheadBytes + node.Size <= maxAheadBytes))
        {
            _waiting.Dequeue();
            if (!node.IsVerified && node.Verification is null) Request(node, nextJob, effects);
        }
    }

    /// <summary>Asks for the signatures of one block that no one has checked yet.</summary>
    public void Request(BlockNode node, Func<JobId> nextJob, IEffectSink<IChainEffect> effects)
    {
        var signatures = new BlockSignatures(node, pool, prepared);
        if (signatures.Claims.IsEmpty)
        {
            node.IsVerified = true;
            return;
        }

        JobId number = nextJob();
        node.Verification = signatures;
        _jobs.Add(number, new Job(node, signatures));
        _aheadBytes += node.Size;
        effects.Emit(new NodeEffect.VerifySignatures(number, signatures.Claims));
    }

    /// <summary>Takes answers, if they belong to a block here.</summary>
    /// <returns>The block and the verdict; no block when the answers are of no use any more.</returns>
    public bool TryTakeAnswers(NodeInput.SignaturesVerified verified, out BlockNode? node, out Verdict verdict)
    {
        (node, verdict) = (null, default);
        if (!_jobs.Remove(verified.Job, out Job job)) return false;
        _aheadBytes -= job.Node.Size;
        if (!ReferenceEquals(job.Node.Verification, job.Signatures)) return true;
        job.Node.Verification = null;
        (node, verdict) = (job.Node, job.Signatures.Judge(verified.Answers));
        if (!verdict.IsValid) return true;

        node.IsVerified = true;
        if (_verified.Add(node)) _aheadBytes += node.Size;
        return true;
    }

    /// <summary>A block was executed, or is gone: it no longer counts as ahead.</summary>
    public void Forget(BlockNode node)
    {
        node.Verification = null;
        if (_verified.Remove(node)) _aheadBytes -= node.Size;
    }

    private readonly record struct Job(BlockNode Node, BlockSignatures Signatures);
}
