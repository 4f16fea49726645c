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
/// <param name="decoder">Decodes.</param>
/// <param name="workers">Where.</param>
/// <param name="inputs">Takes what comes of it.</param>
internal sealed class MessageInbox(PeerId from, MessageDecoder decoder, TaskScheduler workers, INodeInputs inputs)
{
    /// <summary>While more than this is on its way, nothing is read of the connection.</summary>
    public const long MaxBytes = 2L * 1_024 * 1_024;

    // What a message takes beside its bytes while it is on its way, roughly: tasks, and what they carry.
    private const int MessageBytes = 512;

    // What takes next to no time is decoded at once.
    private const int LightBytes = 512;

    private readonly Task[] _last = [.. Enumerable.Repeat(Task.CompletedTask, (int)MessageClass.Rest + 1)];
    private readonly Queue<(Task Done, int Bytes)> _underWay = new();
    private long _bytes;

    /// <summary>Takes a message; waits while too much is on its way.</summary>
    /// <param name="message">The message.</param>
    /// <param name="bytes">Its length.</param>
    public async ValueTask TakeAsync(WireMessage message, int bytes)
    {
        Task<PeerInput> decoded = bytes <= LightBytes
            ? Task.FromResult(decoder.Decode(from, message, bytes))
            : Task.Factory.StartNew(() => decoder.Decode(from, message, bytes), CancellationToken.None, TaskCreationOptions.DenyChildAttach, workers);
        await AddAsync(KindRule.ClassOf((ushort)message.Kind), decoded, bytes).ConfigureAwait(false);

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
    public Task EndAsync() => Task.WhenAll(_last);

    private async ValueTask AddAsync(MessageClass order, Task<PeerInput> decoded, int bytes)
    {
        Task done = HandOverAsync(_last[(int)order], decoded);
        _last[(int)order] = done;
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

    private async Task HandOverAsync(Task before, Task<PeerInput> decoded)
    {
        await before.ConfigureAwait(false);
        await inputs.AddAsync(await decoded.ConfigureAwait(false)).ConfigureAwait(false);
    }
}
