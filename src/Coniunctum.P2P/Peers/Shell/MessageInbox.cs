using Coniunctum.Consensus;
using Coniunctum.P2P.Internal;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Peers.Shell;

#pragma warning disable VSTHRD003 // All tasks that are awaited here were started here, and wait for nothing that a caller holds.

/// <summary>
/// Messages of one connection on their way to the machine: decoded beside it, several at a time, and handed over in the order of
/// their coming within each class, so that no block delays a vote. Belongs to the task that reads.
/// </summary>
/// <param name="from">The connection.</param>
/// <param name="workers">Where messages are decoded.</param>
/// <param name="inputs">Takes what concerns the connection.</param>
internal sealed class MessageInbox(PeerId from, TaskScheduler workers, INodeInputs inputs)
{
    /// <summary>While more than this is on its way, nothing is read of the connection.</summary>
    public const long MaxBytes = 2L * 1_024 * 1_024;

    // What a message takes beside its bytes while it is on its way, roughly: tasks, and what they carry.
    private const int MessageBytes = 512;

    // What takes next to no time is decoded at once.
    private const int LightBytes = 512;

    // In order by ledger and class; the bound below is the connection's.
    private readonly Dictionary<(byte Channel, MessageClass Order), Task> _last = [];
    private readonly Queue<(Task Done, int Bytes)> _underWay = new();
    private long _bytes;

    /// <summary>Takes a message; waits while too much is on its way.</summary>
    /// <param name="message">The message.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="port">The ledger that it is about, or <c>null</c> where it concerns the connection.</param>
    /// <param name="number">Under which number the ledger's machine knows the connection.</param>
    public async ValueTask TakeAsync(WireMessage message, int bytes, LedgerPort? port = null, PeerId number = default)
    {
        Task<PeerInput> decoded = port is null ? Task.FromResult<PeerInput>(new PeerInput.Received(from, message, bytes))
            : bytes <= LightBytes ? Task.FromResult(port.Decoder.Decode(number, message, bytes))
            : Task.Factory.StartNew(() => port.Decoder.Decode(number, message, bytes), CancellationToken.None, TaskCreationOptions.DenyChildAttach, workers);
        await AddAsync(KindRule.ClassOf((ushort)message.Kind), decoded, bytes, port).ConfigureAwait(false);

        // What follows these depends on them, whatever its class.
        if (message is Hello or Open) await EndAsync().ConfigureAwait(false);
    }

    /// <summary>Says that the other side breaks the protocol, behind all that it has sent before.</summary>
    /// <param name="text">How.</param>
    public async ValueTask FaultAsync(string text)
    {
        await EndAsync().ConfigureAwait(false);
        await inputs.AddAsync(new PeerInput.Faulted(from, text)).ConfigureAwait(false);
    }

    /// <summary>Waits until everything was handed over.</summary>
    public Task EndAsync() => Task.WhenAll(_last.Values);

    private async ValueTask AddAsync(MessageClass order, Task<PeerInput> decoded, int bytes, LedgerPort? port)
    {
        (byte, MessageClass) line = (port?.Channel ?? 0, order);
        Task done = HandOverAsync(_last.GetValueOrDefault(line, Task.CompletedTask), decoded, port?.Inputs ?? inputs);
        _last[line] = done;
        int held = bytes + MessageBytes;
        _underWay.Enqueue((done, held));
        _bytes += held;
        while (_underWay.TryPeek(out (Task Done, int Bytes) oldest) && (oldest.Done.IsCompleted || _bytes > MaxBytes))
        {
            await oldest.Done.ConfigureAwait(false);
            _underWay.Dequeue();
            _bytes -= oldest.Bytes;
        }
    }

    private async Task HandOverAsync(Task before, Task<PeerInput> decoded, INodeInputs to)
    {
        await before.ConfigureAwait(false);
        PeerInput input = await decoded.ConfigureAwait(false);
        // What proves a fault ends the connection, whatever it was about.
        if (input is PeerInput.Faulted fault)
            await inputs.AddAsync(new PeerInput.Faulted(from, fault.Text)).ConfigureAwait(false);
        else
            await to.AddAsync(input).ConfigureAwait(false);
    }
}
