using Coniunctum.Ledger;

namespace Coniunctum.Tests.Support;

/// <summary>Waiting with a safety net: no test passes or fails by its length.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Net = TimeSpan.FromMinutes(2);

    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Net);

    public static Task Soon(this Task task) => task.WaitAsync(Net);

    /// <summary>Waits until something that another thread does has come about.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var net = new CancellationTokenSource(Net);
        while (!condition()) await Task.Delay(TimeSpan.FromMilliseconds(2), net.Token);
    }

    /// <summary>Reads a number of events from a cursor on.</summary>
    public static async Task<List<LedgerEvent>> ReadAsync(this LedgerHost ledger, int count, BlockId? after = null)
    {
        using var net = new CancellationTokenSource(Net);
        var events = new List<LedgerEvent>();
        if (count == 0) return events;
        await foreach (LedgerEvent change in ledger.EventsAsync(after, net.Token))
        {
            events.Add(change);
            if (events.Count == count) break;
        }

        return events;
    }

    /// <summary>Reads events to the stream's end.</summary>
    public static async Task<List<LedgerEvent>> ReadToEndAsync(this LedgerHost ledger, BlockId? after = null)
    {
        using var net = new CancellationTokenSource(Net);
        var events = new List<LedgerEvent>();
        await foreach (LedgerEvent change in ledger.EventsAsync(after, net.Token)) events.Add(change);
        return events;
    }
}
