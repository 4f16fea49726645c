using Coniunctum.Consensus.Node;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Consensus.Chain;

/// <summary>Commits that are under way, in order, and what is reported when they are durable. The machine runs ahead of them by bounded bytes.</summary>
internal sealed class PendingCommits(long maxBytes)
{
    private readonly Queue<Pending> _pending = new();

    /// <summary>Bytes that are being written.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether the machine should wait for the store.</summary>
    public bool IsFull => Bytes > maxBytes;

    /// <summary>Whether blocks are being written.</summary>
    public bool HasBlocks => _pending.Any(pending => pending.Move is not null);

    /// <summary>The blocks whose commits are under way.</summary>
    public IEnumerable<HashedBlock> Blocks => _pending.SelectMany(pending => pending.Move?.Connected ?? []);

    public void Commit(StoreBatch batch, IReadOnlyList<BlockNode> nodes, NodeEffect.TipMoved move, IEffectSink<IChainEffect> effects) =>
        Commit(batch, new Pending(nodes, move, null, batch.Size), effects);

    public void Commit(CheckpointSlice slice, IEffectSink<IChainEffect> effects)
    {
        var batch = new StoreBatch { Slice = slice };
        Commit(batch, new Pending([], null, null, batch.Size), effects);
    }

    /// <summary>Commits a record that <paramref name="noted"/> is reported after.</summary>
    public void Commit(StoreBatch.Record record, NodeEffect.UnknownRulesetNoted noted, IEffectSink<IChainEffect> effects)
    {
        var batch = new StoreBatch { Records = [record] };
        Commit(batch, new Pending([], null, noted, batch.Size), effects);
    }

    /// <summary>Commits blocks beside the best chain, of which nothing is reported.</summary>
    public void CommitSides(StoreBatch batch, IEffectSink<IChainEffect> effects) => Commit(batch, new Pending([], null, null, batch.Size, IsSides: true), effects);

    /// <summary>Takes the answer to the oldest commit, and returns what is true now.</summary>
    public Pending Acknowledge()
    {
        if (!_pending.TryDequeue(out Pending pending)) throw new InvalidOperationException("No commit waits for an answer.");
        Bytes -= pending.Bytes;
        return pending;
    }

    private void Commit(StoreBatch batch, in Pending pending, IEffectSink<IChainEffect> effects)
    {
        _pending.Enqueue(pending);
        Bytes += pending.Bytes;
        effects.Emit(new NodeEffect.Commit(batch));
    }

    /// <summary>A commit under way.</summary>
    /// <param name="Nodes">The blocks that it makes durable.</param>
    /// <param name="Move">What is reported then of the best chain; <c>null</c> where it has not moved.</param>
    /// <param name="Noted">What is reported then of a chain of an unknown ruleset; with neither it is a slice of a checkpoint, unless it is of sides.</param>
    /// <param name="Bytes">How much it writes.</param>
    /// <param name="IsSides">Whether it is of blocks beside the best chain alone.</param>
    internal readonly record struct Pending(IReadOnlyList<BlockNode> Nodes, NodeEffect.TipMoved? Move, NodeEffect.UnknownRulesetNoted? Noted, long Bytes, bool IsSides = false);
}
