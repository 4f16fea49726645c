using Coniunctum.Ledger.Storage;

namespace Coniunctum.Node.Tests.Support;

/// <summary>A store in memory that says when blocks are cut off, before that is done.</summary>
/// <param name="onCut">Hears of it, on the thread that commits.</param>
internal sealed class CutStore(Action onCut) : PassingStore(new MemoryChainStore())
{
    public override void Commit(params ReadOnlySpan<StoreBatch> batches)
    {
        foreach (StoreBatch batch in batches)
        {
            if (batch.CutAbove is not null) onCut();
        }

        base.Commit(batches);
    }
}
