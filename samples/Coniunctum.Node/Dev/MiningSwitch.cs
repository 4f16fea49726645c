using System.Threading.Channels;

namespace Coniunctum.Node.Dev;

/// <summary>Says whether to mine, and wakes the producer when that changes. Safe to use from several threads.</summary>
internal sealed class MiningSwitch
{
    private readonly Lock _gate = new();
    private readonly Channel<TaskCompletionSource> _changes = Channel.CreateUnbounded<TaskCompletionSource>(new UnboundedChannelOptions { SingleReader = true });
    private MiningMode _mode;
    private ulong _wanted;
    private bool _isHeld;

    public MiningMode Mode
    {
        get
        {
            lock (_gate) return _mode;
        }
    }

    /// <summary>Changes when to mine; completes once the producer has done so.</summary>
    public Task SetModeAsync(MiningMode mode) => ChangeAsync(() => _mode = mode);

    /// <summary>Mines nothing until it is released; what was asked for is forgotten.</summary>
    public Task HoldAsync() => ChangeAsync(() => (_isHeld, _wanted) = (true, 0));

    /// <summary>Ends a hold, without waiting: also where the chain has ended meanwhile, and no one mines any more.</summary>
    /// <param name="wanted">Up to which height blocks are mined in any mode; 0 for none.</param>
    public void Release(ulong wanted = 0) => _ = ChangeAsync(() => (_isHeld, _wanted) = (false, wanted));

    /// <summary>Mines up to a height in any mode, without waiting; 0 takes back what was asked for.</summary>
    public void MineUpTo(ulong height) => _ = ChangeAsync(() => _wanted = height);

    /// <summary>Whether the block behind a tip is to be mined.</summary>
    /// <param name="tip">The tip's height.</param>
    /// <param name="hasTransactions">Whether transactions wait.</param>
    public bool IsOn(ulong tip, bool hasTransactions)
    {
        lock (_gate)
        {
            if (_isHeld) return false;
            return tip < _wanted || _mode switch { MiningMode.Interval => true, MiningMode.Auto => hasTransactions, _ => false };
        }
    }

    /// <summary>Waits for the next change; the producer completes it when it has acted on it.</summary>
    public ValueTask<TaskCompletionSource> NextAsync(CancellationToken cancellation) => _changes.Reader.ReadAsync(cancellation);

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
