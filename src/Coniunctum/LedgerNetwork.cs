using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Coniunctum.Consensus;
using Coniunctum.Ledger.Storage;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Internal;
using Coniunctum.P2P.Transport;

namespace Coniunctum;

/// <summary>A ledger's connections with other nodes. Safe to use from several threads.</summary>
/// <remarks>May change in any release.</remarks>
/// <example>
/// <code>
/// await ledger.Network!.WaitUntilSynchronizedAsync();
/// foreach (NetworkPeer peer in ledger.Network.ReadStatus().Peers) Console.WriteLine($"{peer.Endpoint} is at height {peer.Height}");
/// foreach (NetworkFailure failure in ledger.Network.ReadStatus().Failures) Console.WriteLine(failure.Message);
/// </code>
/// </example>
public sealed class LedgerNetwork : INodeListener
{
    private readonly NodeRunner _runner;
    private readonly IPeerNetwork _network;
    private readonly NetworkRefusals _refusals;

    // Guarded by the node's gate.
    private TaskCompletionSource<bool>? _synchronized;
    private StoreBatch? _saved;
    private Task? _end;

    internal LedgerNetwork(NodeRunner runner, OpenNetwork network)
    {
        (_runner, _network, Id) = (runner, network.Peers, network.Id);
        _refusals = new NetworkRefusals(network.Peers);
        Endpoints = network.Endpoints;
        Addresses = [.. network.Endpoints.Select(endpoint => new PeerAddress(endpoint, network.Id).ToString())];
    }

    /// <summary>This node's id: what others know it by.</summary>
    public NodeId Id { get; }

    /// <summary>Where it listens, with the ports that the system chose.</summary>
    public IReadOnlyList<NodeEndpoint> Endpoints { get; }

    /// <summary>The same as others may name it among their <see cref="NetworkOptions.Peers"/>: <c>node1…@host:port</c>.</summary>
    public IReadOnlyList<string> Addresses { get; }

    /// <summary>Returns connections, failures and the state of the synchronisation, as they are at one moment.</summary>
    public NetworkStatus ReadStatus()
    {
        PeerNetworkState state = _runner.Read(_ => _network.Read());
        return new NetworkStatus(
            [.. state.Peers.Select(peer => new NetworkPeer(peer.Node, peer.Endpoint, peer.Dialled is not null, peer.HasLedger, peer.Height, peer.BytesReceived, peer.BytesSent))],
            [.. state.Failures.Select(failure => new NetworkFailure(failure.Endpoint, failure.Text))],
            state.IsSynchronising,
            state.IsSynchronised,
            state.LastFailure,
            state.InternalErrors,
            state.LastInternalError);
    }

    /// <summary>Dials a node from now on, again and again, as those of <see cref="NetworkOptions.Peers"/>.</summary>
    /// <param name="address"><c>host:port</c>, or <c>node1…@host:port</c> where it must be a certain node.</param>
    /// <exception cref="FormatException"><paramref name="address"/> is malformed.</exception>
    /// <exception cref="LedgerHaltedException">The ledger has stopped.</exception>
    public Task AddPeerAsync(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        PeerAddress peer = NetworkPlan.Parse(address);
        _runner.ThrowIfStopped();
        return _network.AddPeerAsync(peer);
    }

    /// <summary>
    /// Waits until the ledger has all that the nodes it is connected to have claimed, durably; while it is connected to none, until it
    /// is to one.
    /// </summary>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="LedgerHaltedException">The ledger has stopped.</exception>
    public async Task WaitUntilSynchronizedAsync(CancellationToken cancellation = default)
    {
        TaskCompletionSource<bool>? waiting = _runner.ReadUnlessStopped(_ => _network.IsSynchronised ? null : _synchronized ??= Answers.New<bool>());
        if (waiting is not null) await waiting.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Tells from now on of each block and transaction of other nodes that was refused; where they come faster than they are read, the
    /// oldest of 1,024 that wait are left out. What is here already, or only came too early, is no refusal. Ends with the ledger.
    /// </summary>
    /// <param name="cancellation">Ends the stream.</param>
    public async IAsyncEnumerable<NetworkRefusal> RefusalsAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        Channel<NetworkRefusal> channel = _runner.ReadUnlessStopped(_ => _refusals.Add());
        try
        {
            await foreach (NetworkRefusal refusal in channel.Reader.ReadAllAsync(cancellation).ConfigureAwait(false)) yield return refusal;
        }
        finally
        {
            _runner.Do(() => _refusals.Remove(channel));
        }
    }

    // All else that concerns the network is carried out by it.
    void INodeListener.Take(NodeEffect effect) => _refusals.Take(effect);

    void INodeListener.Look()
    {
        if (_synchronized is null || !_network.IsSynchronised) return;
        _synchronized.TrySetResult(true);
        _synchronized = null;
    }

    void INodeListener.End(LedgerHaltedException reason)
    {
        _synchronized?.TrySetException(reason);
        _synchronized = null;
        _refusals.End();
        // While the connections still stand.
        _saved ??= _network.Save();
        // Others are to know at once that nothing comes from here any more.
        _end ??= Task.Run(() => _network.DisposeAsync().AsTask());
    }

    /// <summary>What the next run is to find in the store, once the ledger has stopped.</summary>
    internal StoreBatch? Saved => _runner.Read(_ => _saved);

    /// <summary>Waits until all connections are closed, once the ledger has stopped.</summary>
#pragma warning disable VSTHRD003 // Started by this class; it waits for nothing that the caller holds.
    internal Task EndAsync() => _runner.Read(_ => _end) ?? Task.CompletedTask;
#pragma warning restore VSTHRD003
}
