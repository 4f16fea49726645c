using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Consensus.Chain;

/// <summary>Commits that are under way, in order, and what is told when they are durable. The machine runs ahead of them by bounded bytes.</summary>
internal sealed class CommitLine(long maxBytes)
{
    private readonly Queue<Pending> _pending = new();

    /// <summary>Bytes that are being written.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether the machine should wait for the store.</summary>
    public bool IsFull => Bytes > maxBytes;

    /// <summary>Whether nothing is being written.</summary>
    public bool IsEmpty => _pending.Count == 0;

    /// <summary>The blocks whose commits are under way.</summary>
    public IEnumerable<HashedBlock> Blocks => _pending.SelectMany(pending => pending.Move.Connected);

    public void Commit(StoreBatch batch, IReadOnlyList<BlockNode> nodes, ChainEffect.TipMoved move, IEffectSink<ChainEffect> effects)
    {
        _pending.Enqueue(new Pending(nodes, move, batch.Size));
        Bytes += batch.Size;
        effects.Emit(new ChainEffect.Commit(batch));
    }

    /// <summary>Takes the answer to the oldest commit, and returns what is true now.</summary>
    public Pending Acknowledge()
    {
        if (!_pending.TryDequeue(out Pending pending)) throw new InvalidOperationException("No commit waits for an answer.");
        Bytes -= pending.Bytes;
        return pending;
    }

    /// <summary>A commit under way.</summary>
    /// <param name="Nodes">The blocks that it makes durable.</param>
    /// <param name="Move">What is told then.</param>
    /// <param name="Bytes">How much it writes.</param>
    internal readonly record struct Pending(IReadOnlyList<BlockNode> Nodes, ChainEffect.TipMoved Move, long Bytes);
}
