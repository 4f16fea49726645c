using System.IO.Pipelines;

namespace Coniunctum.P2P.Tests.Support;

/// <summary>
/// One thread that moves a clock and does what a simulated network does, while nodes do their work on others. How the two interleave is
/// the system's choice: what a test demands must hold whatever that is.
/// </summary>
internal sealed class ClockThread(ManualTime clock) : PipeScheduler
{
    // The others have their turn before time makes a leap.
    private static readonly TimeSpan s_leap = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan s_net = TimeSpan.FromMinutes(2);

    private readonly Queue<Action> _actions = new();

    /// <summary>Does something on this thread, from any other.</summary>
    public void Post(Action action)
    {
        lock (_actions)
        {
            _actions.Enqueue(action);
            Monitor.Pulse(_actions);
        }
    }

    /// <summary>Begins something on this thread, from any other; who waits for its end goes on elsewhere.</summary>
    public async ValueTask<T> RunAsync<T>(Func<ValueTask<T>> run)
    {
        var end = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() => _ = CarryAsync(run, end));
        return await end.Task.ConfigureAwait(false);
    }

    public override void Schedule(Action<object?> action, object? state) => Post(() => action(state));

    /// <summary>Lets time pass until something holds.</summary>
    public void RunUntil(Func<bool> isDone, string what)
    {
        using var net = new CancellationTokenSource(s_net);
        while (!isDone())
        {
            if (net.IsCancellationRequested) Assert.Fail($"{what}: never");
            if (TryTake(isWaited: clock.UntilNext >= s_leap) is { } action)
                action();
            else
                clock.AdvanceToNext();
        }
    }

    private Action? TryTake(bool isWaited)
    {
        lock (_actions)
        {
            if (_actions.Count == 0 && isWaited) Monitor.Wait(_actions, 1);
            return _actions.TryDequeue(out Action? action) ? action : null;
        }
    }

    private static async Task CarryAsync<T>(Func<ValueTask<T>> run, TaskCompletionSource<T> end)
    {
        try
        {
            end.TrySetResult(await run().ConfigureAwait(false));
        }
#pragma warning disable CA1031 // Whoever waits for the end gets it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            end.TrySetException(exception);
        }
    }
}
