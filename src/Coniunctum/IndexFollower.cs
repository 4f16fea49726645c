using Coniunctum.Ledger.Storage;

namespace Coniunctum;

/// <summary>
/// Keeps an index up with the chain, at its own pace beside the machine. An index that fails is given up and says why; the
/// ledger goes on.
/// </summary>
internal sealed class IndexFollower : IAsyncDisposable
{
    private readonly IChainIndex _index;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _work;
    private volatile string? _fault;

    public IndexFollower(LedgerHost ledger, IChainIndex index)
    {
        _index = index;
        _work = Task.Run(() => FollowAsync(ledger));
    }

    public IChainIndex Index => _index;

    /// <summary>Why the index is not kept up any more, or <c>null</c> while it is.</summary>
    public string? Fault => _fault;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
#pragma warning disable VSTHRD003 // Started by the constructor; it waits for nothing that this method holds.
        await _work.ConfigureAwait(false);
#pragma warning restore VSTHRD003
        _index.Dispose();
        _stopping.Dispose();
    }

    private async Task FollowAsync(LedgerHost ledger)
    {
        try
        {
            // What the chain has left since the last run; the blocks need not be known any more.
            while (_index.Tip is { } tip && ledger.IdAt(tip.Height) != tip.Id) _index.Disconnect();
            if (_index.Tip is null) _index.Connect(ledger.BlockAt(0)!);
            await foreach (LedgerEvent change in ledger.EventsAsync(_index.Tip!.Value.Id, _stopping.Token).ConfigureAwait(false))
            {
                Take(change);
                if (change is LedgerEvent.Connected && change.Block.Id == ledger.Tip.Id) _index.Flush();
            }

            _index.Flush();
        }
        catch (OperationCanceledException)
        {
            Flush();
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or LedgerHaltedException or ObjectDisposedException)
        {
            _fault = exception.Message;
        }
    }

    private void Take(LedgerEvent change)
    {
        if (change is LedgerEvent.Connected)
            _index.Connect(change.Block);
        else
            _index.Disconnect();
    }

    private void Flush()
    {
        try
        {
            _index.Flush();
        }
        catch (IOException exception)
        {
            _fault = exception.Message;
        }
    }
}
