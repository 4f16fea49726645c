using System.Buffers;
using System.IO.Pipelines;

namespace Coniunctum.P2P.Transport.Simulated;

#pragma warning disable VSTHRD003 // All of it runs on the thread that moves the clock: there is no other context to wait for.

/// <summary>
/// One direction of a connection: takes what was sent in segments, lets each wait for its turn on both nodes' ways and for the latency,
/// and hands it over. While the receiver does not read, the sender waits.
/// </summary>
internal sealed class SimulatedFlow(SimulatedNetwork network, SimulatedConnection from, SimulatedConnection to, PipeReader source, PipeWriter target)
{
    // What a segment of TCP holds on Ethernet.
    private const int SegmentBytes = 1_448;

    private static readonly TaskCompletionSource s_never = new();

    private Task _delivery = Task.CompletedTask;
    private int _underWay;

    public async Task RunAsync()
    {
        try
        {
            await MoveAsync().ConfigureAwait(false);
        }
        catch (InvalidOperationException) when (from.IsBroken)
        {
            // The pipe was completed under the flow's hands.
        }
    }

    private async Task MoveAsync()
    {
        while (true)
        {
            ReadResult read = await source.ReadAsync().ConfigureAwait(false);
            byte[] segment = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, SegmentBytes)).ToArray();
            if (segment.Length > 0)
            {
                await network.WaitAsync(network.Reserve(from.OwnId, to.OwnId, segment.Length)).ConfigureAwait(false);
                _underWay += segment.Length;
            }

            if (from.IsBroken) return;
            source.AdvanceTo(read.Buffer.GetPosition(segment.Length));
            bool isEnd = read.IsCompleted && read.Buffer.Length == segment.Length;
            _delivery = DeliverAsync(_delivery, segment, isEnd);
            if (isEnd) return;
            if (_underWay >= network.Options.WindowBytes) await _delivery.ConfigureAwait(false);
            if (from.IsBroken) return;
        }
    }

    private async Task DeliverAsync(Task before, byte[] segment, bool isEnd)
    {
        Task arriving = network.WaitAsync(network.Options.Latency);
        await before.ConfigureAwait(false);
        await arriving.ConfigureAwait(false);
        // What is lost in a cut is sent again.
        while (network.TryGetCut(from.OwnId, to.OwnId, out Task? healed)) await healed.ConfigureAwait(false);
        // No one says that it has arrived: the sender waits when its window is full.
        if (from.IsHalfOpen || to.IsHalfOpen) await s_never.Task.ConfigureAwait(false);
        _underWay -= segment.Length;
        if (to.IsBroken) return;

        int passed = (int)Math.Min(segment.Length, to.ResetAfter);
        to.ResetAfter -= to.ResetAfter == long.MaxValue ? 0 : passed;
        if (passed > 0)
        {
            FlushResult flushed = await target.WriteAsync(segment.AsMemory(0, passed)).ConfigureAwait(false);
            if (to.IsBroken) return;
            // The other end was disposed: who still writes to it learns that.
            if (flushed.IsCompleted)
            {
                from.Break("The other side has closed the connection.");
                return;
            }
        }

        if (to.ResetAfter == 0) to.Reset();
        else if (isEnd) await target.CompleteAsync().ConfigureAwait(false);
    }
}
