using System.Collections.Immutable;
using System.Net;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Internal;
using Coniunctum.Consensus.Node;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.Storage;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Peers.Shell;
using Coniunctum.P2P.Switch;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Wire;

namespace Coniunctum.P2P.Internal;

/// <summary>A node's network: the peer machine, which goes into the node, and the shell with the connections around it.</summary>
public sealed class PeerNetwork : IPeerNetwork
{
    private readonly PeerNetworkSetup _setup;
    private readonly PeerGuard<PeerCore> _machine;
    private PeerShell? _shell;
    private INodeInputs? _inputs;
    private Action<StoreBatch>? _write;

    /// <summary>Makes a network that does not run yet.</summary>
    /// <param name="setup">What it is made of.</param>
    /// <exception cref="ArgumentException">The profile names no rule that can be built.</exception>
    public PeerNetwork(PeerNetworkSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        _setup = setup;
        var last = SavedPeers.Read(setup.Store);
        var options = new PeerOptions
        {
            NodeKey = setup.NodeKey,
            Entropy = setup.Entropy,
            Endpoints = [.. setup.Endpoints.Where(MayBeDialled).Take(WireLimits.HelloEndpoints)],
            EntryPeers = [.. setup.Peers.Select(peer => new EntryPeer(peer.Endpoint, peer.Node))],
            Anchors = last.Anchors,
            SavesPeers = true,
            OutboundSlots = setup.OutboundSlots,
            InboundSlots = setup.InboundSlots,
            CountsSides = CountsSides(setup.Profile),
        };
        var book = new SimpleAddressBook(setup.Entropy, last.Known);
        _machine = new PeerGuard<PeerCore>(numbers => new PeerCore(setup.Profile, options, book, numbers));
    }

    /// <summary>The machine, for the node.</summary>
    public IPeerMachine Machine => _machine;

    /// <summary>Begins to take connections, and to carry out what the machine wants.</summary>
    /// <param name="inputs">The node's inputs.</param>
    /// <param name="write">Writes to the ledger's store, in its own time.</param>
    /// <param name="states">The states after the ledger's last durable tips.</param>
    public void Start(INodeInputs inputs, Action<StoreBatch> write, RecentStates states)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(write);
        ArgumentNullException.ThrowIfNull(states);
        (_inputs, _write) = (inputs, write);
        // As many at a time as processors: more would be no faster, and the pool would grow.
        TaskScheduler workers = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, Environment.ProcessorCount).ConcurrentScheduler;
        var decoder = new MessageDecoder(_setup.Profile, GenesisBlock.Create(_setup.Profile).Block.Id);
        _shell = new PeerShell(_setup.Transport, decoder, new StoreAnswers(_setup.Profile, _setup.Store, states), workers, inputs, _setup.Time);
        _shell.Start();
    }

    /// <summary>Carries out an effect of the machine.</summary>
    /// <param name="effect">The effect.</param>
    public void Run(NodeEffect.ToNetwork effect)
    {
        ArgumentNullException.ThrowIfNull(effect);
        if (effect is PeerEffect.SavePeers save)
            _write?.Invoke(BatchOf(save.Saved));
        else if (effect is PeerEffect wanted)
            _shell?.Run(wanted);
    }

    /// <summary>Dials a node from now on, again and again.</summary>
    /// <param name="address">The node.</param>
    public Task AddPeerAsync(PeerAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return _inputs?.AddAsync(new PeerInput.EntryPeerAdded(new EntryPeer(address.Endpoint, address.Node))).AsTask() ?? Task.CompletedTask;
    }

    /// <summary>Returns what the next run is to find in the store, between two steps of the machine.</summary>
    public StoreBatch? Save() => BatchOf(_machine.Core.Saved);

    /// <summary>Returns the state between two steps of the machine: the caller sees to that no step is under way.</summary>
    public PeerNetworkState Read()
    {
        PeerStatus status = _machine.Core.Status;
        ImmutableArray<PeerState> peers = [.. status.Peers.Select(StateOf)];
        var open = peers.Where(peer => peer.HasLedger && peer.Dialled is not null).Select(peer => peer.Dialled!).ToHashSet();
        return new PeerNetworkState(
            peers, [.. (_shell?.Failures ?? []).Where(failure => !open.Contains(failure.Endpoint))], status.IsSynchronising, status.IsSynchronised, status.LastFailure,
            _machine.Failures, _machine.LastFailure);
    }

    /// <summary>
    /// Returns who is at the other end of a connection, between two steps of the machine: also of one that it is closing, since what
    /// a peer sent may be why. <c>null</c> where it has ended.
    /// </summary>
    /// <param name="id">Its number.</param>
    public (NodeId? Node, NodeEndpoint Endpoint)? RemoteOf(PeerId id) =>
        _machine.Core.Status.Peers.FirstOrDefault(peer => peer.Id == id) is { } line ? (line.Node, line.Endpoint) : _shell?.RemoteOf(id);

    /// <summary>Whether the node has all that its peers have claimed, between two steps of the machine.</summary>
    public bool IsSynchronised => _machine.Core.IsSynchronised;

    /// <summary>Says Bye to all, closes the connections, and disposes the transport.</summary>
    public ValueTask DisposeAsync() => _shell?.DisposeAsync() ?? _setup.Transport.DisposeAsync();

    /// <summary>All addresses of a machine are no address that others could dial.</summary>
    internal static bool MayBeDialled(NodeEndpoint endpoint) => endpoint.Address is null || !endpoint.Address.Equals(IPAddress.Any) && !endpoint.Address.Equals(IPAddress.IPv6Any);

    /// <summary>Whether blocks beside the best chain weigh, so that all nodes must have their headers.</summary>
    internal static bool CountsSides(ChainProfile profile) =>
        profile.Consensus is ConsensusSpec spec && spec.Build(profile, GenesisBlock.Create(profile).Block.Id).ForkChoice.CountsInvalid;

    private static StoreBatch BatchOf(SavedPeers saved) => new() { Records = [saved.ToRecord()] };

    private PeerState StateOf(PeerLine peer)
    {
        (long read, long written) = _shell?.TrafficOf(peer.Id) ?? default;
        return new PeerState(peer.Node, peer.Endpoint, peer.Dialled, peer.IsOpen, peer.Height, read, written);
    }
}
