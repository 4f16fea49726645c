using System.Diagnostics;

namespace Coniunctum.Benchmarks.Dev;

/// <summary>What one run of a development chain has shown.</summary>
/// <param name="FirstAnswer">Milliseconds from the start of its process to its first answer over HTTP.</param>
/// <param name="Submitted">Transfers a second, until the last one's answer said that it was taken.</param>
/// <param name="Confirmed">Transfers a second, until all of them were in blocks.</param>
/// <param name="Peak">The most memory that its process had resident, in MiB.</param>
/// <param name="Blocks">In how many blocks the transfers are.</param>
internal sealed record DevRun(double FirstAnswer, double Submitted, double Confirmed, double Peak, long Blocks)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(5);

    /// <summary>Starts a chain, sends signed transfers over several connections at once, and waits until blocks hold them all.</summary>
    /// <param name="node">The chain, not started.</param>
    /// <param name="transfers">How many.</param>
    /// <param name="connections">Over how many connections; on each one waits for the answer to the one before.</param>
    /// <exception cref="IOException">It did not answer, or refused one.</exception>
    /// <exception cref="TimeoutException">It took all, and stands still with some of them in no block.</exception>
    public static async Task<DevRun> OfAsync(DevNode node, int transfers, int connections)
    {
        TimeSpan first = await node.StartAsync();
        byte[][][] requests = await node.SignAsync(transfers, connections);
        // Also so that this program's own code is compiled before the clock starts.
        long before = await node.ConfirmedAsync(), height = await node.BlocksAsync();

        long begun = Stopwatch.GetTimestamp();
        Send(node, requests);
        TimeSpan submitted = Stopwatch.GetElapsedTime(begun);
        for (long done; (done = await node.ConfirmedAsync() - before) < transfers;)
        {
            if (Stopwatch.GetElapsedTime(begun) - submitted > s_patience)
                throw new TimeoutException(Invariant($"{done} of {transfers} are in blocks after {s_patience.TotalSeconds} s more; {await node.DescribePoolAsync()}"));
            await Task.Delay(s_look);
        }

        TimeSpan confirmed = Stopwatch.GetElapsedTime(begun);
        return new DevRun(
            first.TotalMilliseconds, transfers / submitted.TotalSeconds, transfers / confirmed.TotalSeconds, node.PeakMebibytes, await node.BlocksAsync() - height);
    }

    /// <summary>Sends over all connections at once, a thread for each.</summary>
    private static void Send(DevNode node, byte[][][] requests)
    {
        var failures = new Exception?[requests.Length];
        Thread[] threads = [.. requests.Select((own, i) => new Thread(() => failures[i] = Send(node, own)))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        if (Array.Find(failures, failure => failure is not null) is { } first) throw new IOException($"A transfer was not taken: {first.Message}", first);
    }

#pragma warning disable CA1031 // Thrown on a thread of its own it would end the process; the caller throws it.
    private static Exception? Send(DevNode node, byte[][] requests)
    {
        try
        {
            using HttpLine line = node.Open();
            foreach (byte[] request in requests)
            {
                ReadOnlySpan<byte> answer = line.Ask(request);
                if (!node.IsTaken(answer)) throw new IOException(System.Text.Encoding.UTF8.GetString(answer));
            }

            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }
#pragma warning restore CA1031
}
