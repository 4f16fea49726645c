using System.Collections.Immutable;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Tests.Support;

/// <summary>Passes calls on to a store, and holds commits of blocks in their midst, when all but the last bytes are written.</summary>
internal sealed class HeldStore(IChainStore inner) : PassingStore(inner)
{
    private readonly SemaphoreSlim _begun = new(0);
    private readonly SemaphoreSlim _permits = new(0);
    private volatile bool _isHolding;

    /// <summary>Holds every commit of blocks from now on.</summary>
    public void Hold() => _isHolding = true;

    /// <summary>Waits until a commit is held.</summary>
    public Task WaitAsync() => _begun.WaitAsync();

    /// <summary>Lets the commit that is held end.</summary>
    public void ReleaseOne() => _permits.Release();

    /// <summary>Holds none any more.</summary>
    public void Release()
    {
        _isHolding = false;
        _permits.Release(1_000);
    }

    public override void Commit(params ReadOnlySpan<StoreBatch> batches)
    {
        if (!_isHolding || batches[^1].Connected is not [.., var last])
        {
            base.Commit(batches);
            return;
        }

        var held = new HeldMemory(last.Undo, Wait);
        ImmutableArray<StoredBlock> connected = batches[^1].Connected;
        base.Commit([.. batches[..^1], batches[^1] with { Connected = connected.SetItem(connected.Length - 1, last with { Undo = held.Memory }) }]);
    }

    protected override void Close()
    {
        _begun.Dispose();
        _permits.Dispose();
    }

    private void Wait()
    {
        _begun.Release();
        _permits.Wait();
    }
}
