using Coniunctum.P2P.Identity;

namespace Coniunctum.P2P.Transport.Simulated;

/// <summary>A node's access to a simulated network, which proves every node's id.</summary>
internal sealed class SimulatedTransport(SimulatedNetwork network, NodeId id, NodeEndpoint address) : ITransport
{
    private readonly Queue<ITransportConnection> _accepted = new();
    private readonly Queue<TaskCompletionSource<ITransportConnection?>> _waiting = new();
    private bool _isDisposed;

    public NodeId Id => id;

    public ValueTask<ListenOutcome> ListenAsync(NodeEndpoint endpoint, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return ValueTask.FromResult(network.TryListen(this, ref endpoint)
            ? ListenOutcome.Listening([endpoint])
            : ListenOutcome.Failed(TransportFault.PortInUse, SocketFaults.Explain(TransportFault.PortInUse, endpoint)));
    }

    public async ValueTask<DialOutcome> DialAsync(NodeEndpoint endpoint, NodeId? expected = null, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        SimulatedTransport? listener = network.ListenerAt(endpoint);
        if (listener is not null && network.TryGetCut(id, listener.Id, out _))
        {
            await network.WaitAsync(network.Options.ConnectTimeout).ConfigureAwait(false);
            return Failure(TransportFault.Timeout, endpoint);
        }

        // There and back.
        await network.WaitAsync(2 * network.Options.Latency).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        listener = network.ListenerAt(endpoint);
        if (listener is null) return Failure(TransportFault.Refused, endpoint);
        if (expected is { } one && one != listener.Id)
            return DialOutcome.Failed(TransportFault.OtherNode, $"At {endpoint} is {listener.Id}, not the expected {one}.");

        (SimulatedConnection near, SimulatedConnection far) = SimulatedConnection.Pair(network, (id, address), (listener.Id, endpoint));
        listener.Accept(far);
        return DialOutcome.Connected(near);
    }

    public async ValueTask<ITransportConnection?> AcceptAsync(CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_accepted.TryDequeue(out ITransportConnection? connection)) return connection;
        if (_isDisposed) return null;
        var waiting = new TaskCompletionSource<ITransportConnection?>();
        _waiting.Enqueue(waiting);
        using CancellationTokenRegistration registration = cancellation.UnsafeRegister(_ => waiting.TrySetCanceled(cancellation), null);
        return await waiting.Task.ConfigureAwait(false);
    }

    public ValueTask DisposeAsync()
    {
        _isDisposed = true;
        network.StopListening(this);
        while (_waiting.TryDequeue(out TaskCompletionSource<ITransportConnection?>? waiting)) waiting.TrySetResult(null);
        while (_accepted.TryDequeue(out ITransportConnection? connection)) connection.Abort();
        return default;
    }

    private static DialOutcome Failure(TransportFault fault, NodeEndpoint endpoint) => DialOutcome.Failed(fault, SocketFaults.Explain(fault, endpoint));

    private void Accept(SimulatedConnection connection)
    {
        while (_waiting.TryDequeue(out TaskCompletionSource<ITransportConnection?>? waiting))
            if (waiting.TrySetResult(connection)) return;
        _accepted.Enqueue(connection);
    }
}
