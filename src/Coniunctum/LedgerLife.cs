namespace Coniunctum;

/// <summary>A ledger's way from stopped over running to stopped for good; each step is taken once. Safe to use from all threads.</summary>
internal sealed class LedgerLife(LedgerSetup setup) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private LedgerParts? _parts;
    private Task? _start;
    private Task? _end;

    /// <summary>The parts, from the moment when the start was done; also after the end.</summary>
    public LedgerParts Parts => Volatile.Read(ref _parts) ?? throw NotStarted();

    public Task StartAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_end is not null, typeof(LedgerHost));
            if (_start is not null)
                throw new InvalidOperationException("The ledger was started before: each is started once, and LedgerBuilder.Build makes another.");
            return _start = OpenAsync(cancellation);
        }
    }

    public Task StopAsync()
    {
        lock (_gate)
        {
            // Whoever comes after this call is refused, even before the end has got anywhere.
            _parts?.BeginEnd();
            return _end ??= EndAsync();
        }
    }

    public ValueTask DisposeAsync() => new(StopAsync());

    private async Task OpenAsync(CancellationToken cancellation)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stopping.Token);
        LedgerParts parts = await Task.Run(() => LedgerParts.OpenAsync(setup, linked.Token), CancellationToken.None).ConfigureAwait(false);
        if (_stopping.IsCancellationRequested)
        {
            // Stopped behind the last look at the token: a start that was ended has not succeeded.
            await parts.DisposeAsync().ConfigureAwait(false);
            throw new OperationCanceledException("The ledger was stopped while it started.");
        }

        Volatile.Write(ref _parts, parts);
    }

    private async Task EndAsync()
    {
        // The start sees at once that it is to end; what follows may take long, and the caller holds the lock.
        await _stopping.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        if (_start is null)
        {
            setup.Store?.Dispose();
        }
        else
        {
#pragma warning disable VSTHRD003 // Started by StartAsync; it waits for nothing that this method holds.
            await _start.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
#pragma warning restore VSTHRD003
            if (_parts is { } parts) await parts.DisposeAsync().ConfigureAwait(false);
        }

        _stopping.Dispose();
    }

    private InvalidOperationException NotStarted() => _end is not null
        ? new ObjectDisposedException(typeof(LedgerHost).FullName)
        : new InvalidOperationException("The ledger does not run: StartAsync starts it, and is to be awaited.");
}
