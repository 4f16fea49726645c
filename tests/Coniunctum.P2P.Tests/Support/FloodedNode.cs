using System.Buffers;
using System.IO.Pipelines;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Node;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.P2P.Internal;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Peers.Shell;
using Coniunctum.P2P.Switch;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Frames;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Tests.Support;

/// <summary>
/// A node with shell, queue of inputs and peer machine, whose chain says nothing to what it is given; and others that say all the time what a
/// test gives them, and read nothing. The node takes its steps, and its time passes, when the test says so.
/// </summary>
internal sealed class FloodedNode : INodeInputs, IEffectSink<IPeerEffect>, IAsyncDisposable
{
    private const int WriteBytes = 4_096;

    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan s_net = TimeSpan.FromMinutes(2);

    private readonly ManualTime _clock = new();
    private readonly QueueTransport _transport = new();
    private readonly PeerShell _shell;
    private readonly Lock _gate = new();
    private readonly InputQueue _queue = new();
    private readonly Queue<(NodeInput Input, TaskCompletionSource<bool> IsTaken)> _withoutRoom = new();
    private readonly List<IPeerEffect> _effects = [];
    private readonly TaskCompletionSource _begin = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Task> _flooders = [];
    private readonly Hash256 _chain;
    private readonly long _start;
    private ITimer? _timer;

    public FloodedNode(ChainProfile profile, BlockId chain, IChainReader store)
    {
        _chain = chain.Value;
        _start = _clock.GetTimestamp();
        Peers = new PeerCore(profile, new PeerOptions { NodeKey = TestKeys.Public(1), Entropy = SystemEntropy.Instance }, new SimpleAddressBook(SystemEntropy.Instance));
        _shell = new PeerShell(_transport, new MessageDecoder(profile, chain), new StoreAnswers(profile, store), TaskScheduler.Default, this, _clock);
        _shell.Start();
        Step(new NodeInput.Started(chain, static _ => null));
    }

    public PeerCore Peers { get; }

    /// <summary>Whether the node has no time for a step, as while it executes a large block.</summary>
    public bool IsBusy { get; set; }

    /// <summary>The most that the machine has counted of one peer.</summary>
    public long MostCounted { get; private set; }

    /// <summary>Why connections have ended.</summary>
    public List<string> Ended { get; } = [];

    /// <summary>Bytes that have come.</summary>
    public long BytesRead => Peers.Peers.Sum(peer => _shell.TrafficOf(peer.Id).Read);

    /// <summary>How many inputs wait for the node's time.</summary>
    private int Waiting
    {
        get
        {
            lock (_gate) return _queue.Count;
        }
    }

    /// <summary>Connects another side, which opens the ledger and waits for <see cref="FloodAsync"/>.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="flood">Frames that it sends then, one behind the other.</param>
    /// <param name="isRepeated">Whether it begins again behind the last one.</param>
    public async Task ConnectAsync(byte key, IReadOnlyList<byte[]> flood, bool isRepeated)
    {
        (_, PipeConnection far) = _transport.Connect();
        byte[] opening =
        [
            .. FramesOf(0, new Hello(WireVersion.Major, WireVersion.Minor, key, TestKeys.Public(key), [], NodeRoles.Full)),
            .. FramesOf(1, new Open(_chain, 0, 0, 0, default, _chain, null)),
        ];
        int count = _flooders.Count + 1;
        _flooders.Add(Task.Run(() => RunAsync(far, opening, flood, isRepeated)));
        await UntilAsync(() => Peers.Peers.Count(peer => peer.IsOpen) == count);
    }

    /// <summary>Has all others begin, and lets the node's time pass, in which something comes.</summary>
    public async Task FloodAsync(TimeSpan span)
    {
        long read = BytesRead;
        _begin.TrySetResult();
        for (TimeSpan passed = default; passed < span; passed += s_step)
        {
            _clock.Advance(s_step);
            TakeAll();
            await Task.Delay(1);
        }

        // A node without time may read no more than the beginning of what is there.
        await UntilAsync(() => BytesRead > read || Waiting > 0 || Ended.Count > 0);
    }

    /// <summary>Waits until no more is read.</summary>
    public async Task UntilNothingIsReadAsync()
    {
        long read = -1;
        while (read != BytesRead)
        {
            read = BytesRead;
            await Task.Delay(300);
        }
    }

    /// <summary>Ends it all.</summary>
    public async ValueTask DisposeAsync()
    {
        IsBusy = false;
        _end.TrySetResult();
        Task end = Task.WhenAll([_shell.DisposeAsync().AsTask(), .. _flooders]);
        await UntilAsync(() =>
        {
            // Others that close nothing are not waited for.
            _clock.Advance(TimeSpan.FromSeconds(1));
            return end.IsCompleted;
        });
        _timer?.Dispose();
        await end;
    }

    /// <summary>Returns a message as it goes over a connection.</summary>
    public static byte[] FramesOf(byte channel, WireMessage message) => FramesOf(channel, message.Kind, MessageCodec.Encode(message, WireLimits.Default));

    /// <summary>Returns the frames of a message that may be none.</summary>
    public static byte[] FramesOf(byte channel, MessageKind kind, ReadOnlyMemory<byte> bytes)
    {
        var frames = new FrameWriter(int.MaxValue);
        frames.TryAdd(channel, kind, bytes);
        var output = new ArrayBufferWriter<byte>();
        while (frames.TryWrite(output))
        {
            // Frame behind frame.
        }

        return output.WrittenSpan.ToArray();
    }

    public ValueTask<bool> AddAsync(NodeInput input)
    {
        lock (_gate)
        {
            if (!_queue.TryAdd(input))
            {
                var isTaken = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                _withoutRoom.Enqueue((input, isTaken));
                return new ValueTask<bool>(isTaken.Task);
            }
        }

        return new ValueTask<bool>(true);
    }

    void IEffectSink<IPeerEffect>.Emit(IPeerEffect effect) => _effects.Add(effect);

    private void TakeAll()
    {
        while (!IsBusy && TryTake(out NodeInput? input)) Step(input!);
    }

    private bool TryTake(out NodeInput? input)
    {
        lock (_gate)
        {
            if (!_queue.TryTake(out input)) return false;
            for (int i = _withoutRoom.Count; i > 0; i--)
            {
                (NodeInput Input, TaskCompletionSource<bool> IsTaken) waiting = _withoutRoom.Dequeue();
                if (_queue.TryAdd(waiting.Input))
                    waiting.IsTaken.SetResult(true);
                else
                    _withoutRoom.Enqueue(waiting);
            }

            return true;
        }
    }

    private void Step(NodeInput input)
    {
        if (input is PeerInput.Closed closed) Ended.Add(closed.Text);
        TimeSpan time = _clock.GetElapsedTime(_start);
        Peers.Step((IPeerInput)input, new NodeTime(new Timestamp(1_000_000_000UL + (ulong)time.TotalMilliseconds), new SteadyTime(time)), this);
        foreach (IPeerEffect effect in _effects)
        {
            if (effect is PeerEffect wanted)
                _shell.Run(wanted);
            else if (effect is NodeEffect.SetTimer timer)
                SetTimer(timer.At.Elapsed - time);
        }

        _effects.Clear();
        foreach (Peer peer in Peers.Peers) MostCounted = Math.Max(MostCounted, Peers.BytesOf(peer.Id));
    }

    private void SetTimer(TimeSpan after)
    {
        _timer?.Dispose();
        _timer = _clock.CreateTimer(_ => _ = AddAsync(new NodeInput.TimerFired(PeerCore.Timer)).AsTask(), null, after > TimeSpan.Zero ? after : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private async Task UntilAsync(Func<bool> condition)
    {
        using var net = new CancellationTokenSource(s_net);
        while (!condition())
        {
            TakeAll();
            await Task.Delay(1, net.Token);
        }
    }

    private async Task RunAsync(PipeConnection connection, byte[] opening, IReadOnlyList<byte[]> flood, bool isRepeated)
    {
        try
        {
            await SayAsync(connection, opening).ConfigureAwait(false);
#pragma warning disable VSTHRD003 // Signals of this class.
            await _begin.Task.ConfigureAwait(false);
            for (int i = 0; isRepeated || i < flood.Count; i++) await SayAsync(connection, flood[i % flood.Count]).ConfigureAwait(false);
            await _end.Task.ConfigureAwait(false);
#pragma warning restore VSTHRD003
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            // The node has ended it.
        }

        await connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>In small pieces, so that next to nothing waits at this side.</summary>
    private async Task SayAsync(PipeConnection connection, byte[] bytes)
    {
        for (int at = 0; at < bytes.Length; at += WriteBytes)
        {
            FlushResult flushed = await connection.Output.WriteAsync(bytes.AsMemory(at, Math.Min(WriteBytes, bytes.Length - at))).ConfigureAwait(false);
            if (flushed.IsCompleted || _end.Task.IsCompleted) throw new IOException("The node has ended it.");
        }
    }
}
