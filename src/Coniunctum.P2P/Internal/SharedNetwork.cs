using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Node;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.Storage;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Peers.Shell;
using Coniunctum.P2P.Switch;
using Coniunctum.P2P.Wire;

namespace Coniunctum.P2P.Internal;

/// <summary>
/// The connections of a process whose ledgers share them: the switch in a loop of its own, and one shell for all ledgers. Safe to use
/// from several threads.
/// </summary>
public sealed class SharedNetwork : IAsyncDisposable
{
    private readonly SharedNetworkSetup _setup;
    private readonly PeerOptions _options;
    private readonly SimpleAddressBook _book;
    private readonly LedgerPorts _ports = new();
    private readonly PeerShell _shell;
    private readonly Channel<Work> _work = Channel.CreateUnbounded<Work>(new UnboundedChannelOptions { SingleReader = true });
    private readonly List<IPeerEffect> _effects = [];
    private readonly Task _loop;
    private readonly long _start;

    // Guards the switch and what follows: held for one step, or for one look at it.
    private readonly Lock _gate = new();
    private readonly List<SharedLedger> _ledgers = [];
    private readonly List<EntryPeer> _entries = [];
    private readonly Dictionary<BlockId, byte> _channels = [];
    private SwitchCore _core;
    private ITimer? _timer;
    private byte _lastChannel;
    private long _lastOpening;
    private long _failures;
    private string? _lastFailure;
    private Task? _end;

    /// <summary>Begins to take connections.</summary>
    /// <param name="setup">What it is made of.</param>
    public SharedNetwork(SharedNetworkSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        _setup = setup;
        _start = setup.Time.GetTimestamp();
        _options = new PeerOptions
        {
            NodeKey = setup.NodeKey,
            Entropy = setup.Entropy,
            Endpoints = [.. setup.Endpoints.Where(PeerNetwork.MayBeDialled).Take(WireLimits.HelloEndpoints)],
            EntryPeers = [.. setup.Peers.Select(peer => new EntryPeer(peer.Endpoint, peer.Node))],
            OutboundSlots = setup.OutboundSlots,
            InboundSlots = setup.InboundSlots,
        };
        _book = new SimpleAddressBook(setup.Entropy);
        _core = new SwitchCore(_options, _book);
        TaskScheduler workers = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, Environment.ProcessorCount).ConcurrentScheduler;
        _shell = new PeerShell(setup.Transport, _ports, workers, new Inputs(this), setup.Time);
        _loop = Task.Run(RunLoopAsync);
        _shell.Start();
        _ = DoAsync(static _ => { });
    }

    internal PeerShell Shell => _shell;

    internal SharedNetworkSetup Setup => _setup;

    internal LedgerPorts Ports => _ports;

    /// <summary>How often the switch has failed, and how last.</summary>
    internal (long Count, string? Last) Failures
    {
        get
        {
            lock (_gate) return (_failures, _lastFailure);
        }
    }

    /// <summary>Returns the connections at one moment.</summary>
    public ImmutableArray<PeerState> ReadPeers()
    {
        lock (_gate)
        {
            return
            [
                .. _core.Peers.Where(peer => !peer.IsClosing).Select(peer =>
                {
                    (long read, long written) = _shell.TrafficOf(peer.Id);
                    return new PeerState(peer.Node, peer.Endpoint, peer.Dialled, peer.IsOpen, 0, read, written);
                }),
            ];
        }
    }

    /// <summary>Makes a ledger's part of it.</summary>
    /// <param name="profile">The ledger's profile, with its genesis.</param>
    /// <param name="store">Its store, to read.</param>
    /// <param name="peers">Nodes that are dialled for it, and told of it first.</param>
    /// <param name="isPublic">Whether every peer is told of it.</param>
    /// <param name="network">The part, or <c>null</c> where the chain is here already, or 64 are.</param>
    public bool TryAttach(ChainProfile profile, IChainReader store, ImmutableArray<PeerAddress> peers, bool isPublic, [NotNullWhen(true)] out IPeerNetwork? network)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(store);
        BlockId chainId = GenesisBlock.Create(profile).Block.Id;
        network = null;
        byte channel;
        lock (_gate)
        {
            if (_channels.ContainsKey(chainId) || _channels.Count >= WireLimits.Channels) return false;
            // One that was free longest: on some connections the last one's ledger may not be shut by the other side yet.
            do _lastChannel = (byte)(_lastChannel % WireLimits.Channels + 1);
            while (_channels.ContainsValue(_lastChannel));
            channel = _lastChannel;
            _channels.Add(chainId, channel);
        }

        var options = _options with { CountsSides = PeerNetwork.CountsSides(profile) };
        network = new SharedPart(this, profile, store, chainId, channel, options, [.. peers.Select(peer => new EntryPeer(peer.Endpoint, peer.Node))], isPublic);
        return true;
    }

    /// <summary>Says Bye to all, closes the connections, and disposes the transport. The ledgers go on without.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate) return new ValueTask(_end ??= Task.Run(EndAsync));
    }

    /// <summary>Counts the openings of ledgers, of all together.</summary>
    internal long NextOpening() => Interlocked.Increment(ref _lastOpening);

    internal Task AddAsync(SharedLedger ledger) => DoAsync(core =>
    {
        _ledgers.Add(ledger);
        Join(ledger);
        foreach (EntryPeer entry in ledger.Entries) AddEntry(core, entry);
    });

    internal Task AddEntryAsync(SharedLedger ledger, EntryPeer entry) => DoAsync(core =>
    {
        ledger.AddEntry(entry);
        AddEntry(core, entry);
    });

    internal Task RemoveAsync(SharedLedger ledger) => DoAsync(core =>
    {
        core.Remove(ledger);
        _ledgers.Remove(ledger);
    });

    /// <summary>A ledger's channel is free again.</summary>
    internal void Release(BlockId chainId)
    {
        lock (_gate) _channels.Remove(chainId);
    }

    /// <summary>Has the switch do something; false behind its end.</summary>
    internal Task<bool> DoAsync(Action<SwitchCore> act)
    {
        var work = new Work(act, new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));
        if (!_work.Writer.TryWrite(work)) work.IsDone.SetResult(false);
#pragma warning disable VSTHRD003 // Answered by the loop of this class, which waits for nothing that a caller holds.
        return work.IsDone.Task;
#pragma warning restore VSTHRD003
    }

    private void AddEntry(SwitchCore core, EntryPeer entry)
    {
        if (!_entries.Contains(entry)) _entries.Add(entry);
        core.AddEntry(entry);
    }

    private void Join(SharedLedger ledger)
    {
        ledger.Use(_effects.Add, _core.IsAt);
        _core.Add(ledger);
    }

    private async Task EndAsync()
    {
        await _shell.DisposeAsync().ConfigureAwait(false);
        _work.Writer.TryComplete();
#pragma warning disable VSTHRD003 // Started by the constructor; it waits for nothing that this method holds.
        await _loop.ConfigureAwait(false);
#pragma warning restore VSTHRD003
        lock (_gate) _timer?.Dispose();
    }

    private async Task RunLoopAsync()
    {
        await foreach (Work work in _work.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                Run(() => _core.Step(work.Act, Now(), new Sink(_effects)));
            }
#pragma warning disable CA1031 // Whatever a peer makes the switch throw: the ledgers go on, and each says so.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Run(() => BeginAnew(exception));
            }

            work.IsDone.SetResult(true);
        }
    }

    /// <summary>Takes a step, and carries out what comes of it.</summary>
    private void Run(Action step)
    {
        IPeerEffect[] effects;
        lock (_gate)
        {
            step();
            effects = [.. _effects];
            _effects.Clear();
        }

        Exception? failure = null;
        foreach (IPeerEffect effect in effects)
        {
            try
            {
                Run(effect);
            }
#pragma warning disable CA1031 // Those behind it are carried out all the same: they may tell a ledger that a connection is gone.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure ??= exception;
            }
        }

        if (failure is not null) ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>Closes all connections, behind what the switch had emitted before it failed, and begins with a new switch.</summary>
    private void BeginAnew(Exception exception)
    {
        _failures++;
        _lastFailure = $"{exception.GetType().Name}: {ExceptionText.MessageOf(exception)}";
        foreach (Peer peer in _core.Peers) _effects.Add(new PeerEffect.Close(peer.Id, "this node begins its connections anew"));
        _core = new SwitchCore(_options, _book);
        foreach (EntryPeer entry in _entries) _core.AddEntry(entry);
        foreach (SharedLedger ledger in _ledgers) Join(ledger);
        // A second later: one that fails at once keeps no processor busy.
        _effects.Add(new NodeEffect.SetTimer(PeerCore.Timer, Now().Steady.Plus(TimeSpan.FromSeconds(1))));
    }

    private void Run(IPeerEffect effect)
    {
        switch (effect)
        {
            case NodeEffect.SetTimer timer:
                SetTimer(timer.At);
                break;
            case PeerEffect.ToLedger passed:
                // What has no room waits there, in order.
                _ = passed.Ledger.Inputs.AddAsync(passed.Input).AsTask();
                break;
            case PeerEffect wanted:
                _shell.Run(wanted);
                break;
            default:
                throw new InvalidOperationException($"No one carries out {effect.GetType()} of the switch.");
        }
    }

    private void SetTimer(SteadyTime at)
    {
        TimeSpan after = at - Now().Steady;
        if (after < TimeSpan.Zero) after = TimeSpan.Zero;
        lock (_gate)
        {
            _timer?.Dispose();
            _timer = _setup.Time.CreateTimer(_ => _ = DoAsync(static core => core.Take(new NodeInput.TimerFired(PeerCore.Timer))), null, after, Timeout.InfiniteTimeSpan);
        }
    }

    private NodeTime Now()
    {
        DateTimeOffset now = _setup.Time.GetUtcNow();
        return new NodeTime(now < DateTimeOffset.UnixEpoch ? default : Timestamp.From(now), new SteadyTime(_setup.Time.GetElapsedTime(_start)));
    }

    private readonly record struct Work(Action<SwitchCore> Act, TaskCompletionSource<bool> IsDone);

    /// <summary>What is added is behind its step when this returns: what follows an Open on its connection finds the ledger told of it.</summary>
    private sealed class Inputs(SharedNetwork network) : INodeInputs
    {
        public ValueTask<bool> AddAsync(NodeInput input) => new(network.DoAsync(core =>
        {
            if (input is NodeInput.Failed failed) throw new InvalidOperationException(failed.Reason.Text);
            core.Take(input);
        }));
    }

    private sealed class Sink(List<IPeerEffect> effects) : IEffectSink<IPeerEffect>
    {
        public void Emit(IPeerEffect effect) => effects.Add(effect);
    }
}
