using Coniunctum.Ledger;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.Storage;

namespace Coniunctum;

/// <summary>
/// Keeps an index up with the chain, at its own pace beside the machine. An index that fails is given up and says why; the
/// ledger goes on. Where bodies were pruned that the index has not taken in, it begins anew with the first one that is there.
/// </summary>
internal sealed class IndexFollower : IAsyncDisposable
{
    private readonly IChainIndex _index;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _work;
    private volatile string? _fault;

    public IndexFollower(LedgerChain chain, IChainIndex index)
    {
        _index = index;
        _work = Task.Run(() => RunAsync(chain));
    }

    public IChainIndex Index => _index;

    /// <summary>Why the index is not kept up any more, or <c>null</c> while it is.</summary>
    public string? Fault => _fault;

    /// <summary>Ends, whatever the index does: a fault of its end is told like any other.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
#pragma warning disable VSTHRD003 // Started by the constructor; it waits for nothing that this method holds.
        await _work.ConfigureAwait(false);
#pragma warning restore VSTHRD003
        Guard(_index.Dispose);
        _stopping.Dispose();
    }

    private async Task RunAsync(LedgerChain chain)
    {
        try
        {
            while (!await TryFollowAsync(chain).ConfigureAwait(false))
            {
                // What would have come next was pruned: once more, from where there is something.
            }

            Guard(_index.Flush);
        }
        catch (Exception end) when (IsEnd(end))
        {
            Guard(_index.Flush);
        }
#pragma warning disable CA1031 // An index is foreign code: whatever it throws is its fault, is reported as such, and stops nothing else.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _fault = ExceptionText.MessageOf(exception);
        }
    }

    /// <summary>Whether the ledger has ended, perhaps before the index was looked at: no fault of the index.</summary>
    private bool IsEnd(Exception exception) => exception switch
    {
        OperationCanceledException => _stopping.IsCancellationRequested,
        ObjectDisposedException disposed => string.Equals(disposed.ObjectName, typeof(LedgerHost).FullName, StringComparison.Ordinal),
        _ => false,
    };

    /// <summary>Takes in what happens until the ledger ends; false when the next block's body was pruned meanwhile.</summary>
    private async Task<bool> TryFollowAsync(LedgerChain chain)
    {
        StoredTip begun = Begin(chain);
        try
        {
            await foreach (LedgerEvent change in chain.EventsAsync(begun.Id, _stopping.Token).ConfigureAwait(false))
            {
                Take(change);
                if (change is LedgerEvent.Connected && change.Block.Id == chain.Tip.Id) _index.Flush();
            }

            return true;
        }
        catch (InvalidOperationException) when (_index.Tip is { } tip && (IsPruned(chain, tip.Height + 1) || chain.IdAt(tip.Height) != tip.Id))
        {
            return false;
        }
    }

    /// <summary>Brings the index to a block from which the ledger can tell everything that follows.</summary>
    private StoredTip Begin(LedgerChain chain)
    {
        // What the chain has left since the last run; the blocks need not be known any more.
        while (_index.Tip is { } tip && chain.IdAt(tip.Height) != tip.Id) _index.Disconnect();

        // Answers with a gap in the middle would be wrong, and nothing can fill it.
        if (_index.Tip is { } last && IsPruned(chain, last.Height + 1))
        {
            while (_index.Tip is not null) _index.Disconnect();
        }

        if (_index.Tip is null) _index.Connect(FirstReadable(chain));
        return _index.Tip ?? throw new InvalidOperationException("The index has taken in a block, and says that it holds none.");
    }

    /// <summary>Whether the chain has a block at a height whose body is not kept.</summary>
    private static bool IsPruned(LedgerChain chain, ulong height) => chain.IdAt(height) is { } id && chain.FindBlock(id) is null;

    /// <summary>Returns the lowest block from which on all bodies are kept: those below, genesis aside, were pruned.</summary>
    private static HashedBlock FirstReadable(LedgerChain chain)
    {
        while (true)
        {
            // The tip is always at hand.
            ulong pruned = 0, kept = Math.Max(1, chain.Tip.Header.Height);
            if (!IsPruned(chain, 1)) kept = 0;
            while (kept > pruned + 1)
            {
                ulong middle = pruned + ((kept - pruned) / 2);
                if (IsPruned(chain, middle)) pruned = middle;
                else kept = middle;
            }

            // Pruning or a reorganization may have come in between.
            if (chain.BlockAt(kept) is { } first) return first;
        }
    }

    private void Take(LedgerEvent change)
    {
        if (change is LedgerEvent.Connected)
            _index.Connect(change.Block);
        else
            _index.Disconnect();
    }

    private void Guard(Action end)
    {
        try
        {
            end();
        }
#pragma warning disable CA1031 // As above.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _fault ??= ExceptionText.MessageOf(exception);
        }
    }
}
