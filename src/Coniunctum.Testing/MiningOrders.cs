using System.Threading.Channels;
using Coniunctum.Ledger;

namespace Coniunctum.Testing;

/// <summary>What a test wants of the producer, which is woken when that changes. Safe to use from several threads.</summary>
internal sealed class MiningOrders(bool autoMine)
{
    private readonly Lock _gate = new();
    private readonly Channel<TaskCompletionSource> _changes = Channel.CreateUnbounded<TaskCompletionSource>(new UnboundedChannelOptions { SingleReader = true });
    private TaskCompletionSource<string> _fault = New();
    private bool _autoMine = autoMine;
    private bool _isHeld;
    private ulong _wanted;

    public bool AutoMine
    {
        get
        {
            lock (_gate) return _autoMine;
        }

        set => _ = ChangeAsync(() => _autoMine = value);
    }

    /// <summary>Lets no block be made until the next order; completes once the producer has stopped.</summary>
    public Task HoldAsync() => ChangeAsync(() => (_isHeld, _wanted) = (true, 0));

    /// <summary>Lets blocks be made up to a height, empty ones too.</summary>
    /// <returns>Completes, with the reason, when no block can be made.</returns>
    public Task<string> Begin(ulong wanted)
    {
        TaskCompletionSource<string> fault = New();
        _ = ChangeAsync(() => (_isHeld, _wanted, _fault) = (false, wanted, fault));
        return fault.Task;
    }

    /// <summary>Ends a hold, and what was begun.</summary>
    public void Release() => _ = ChangeAsync(() => (_isHeld, _wanted) = (false, 0));

    /// <summary>Whether the block behind a tip is to be made.</summary>
    public bool Wants(ulong tip, bool hasTransactions)
    {
        lock (_gate) return !_isHeld && (tip < _wanted || (_autoMine && hasTransactions));
    }

    /// <summary>Whether the block behind a tip is to be made also where it holds nothing.</summary>
    public bool WantsEmpty(ulong tip)
    {
        lock (_gate) return tip < _wanted;
    }

    /// <summary>Whoever waits for a block is told that none can be made.</summary>
    public void Fail(Verdict verdict)
    {
        lock (_gate) _fault.TrySetResult(verdict.ToString());
    }

    /// <summary>Waits for the next change; the producer completes it when it has acted on it.</summary>
    public ValueTask<TaskCompletionSource> NextAsync(CancellationToken cancellation) => _changes.Reader.ReadAsync(cancellation);

    private static TaskCompletionSource<string> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Task ChangeAsync(Action change)
    {
        var applied = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            change();
            _changes.Writer.TryWrite(applied);
        }

        return applied.Task;
    }
}
