using System.IO.Pipelines;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Transport.Simulated;

namespace Coniunctum.P2P.Tests.Support;

/// <summary>A simulated transport for a node whose threads are its own: what it asks of the network is done on the network's thread.</summary>
internal sealed class ThreadedTransport(SimulatedTransport inner, ClockThread thread) : ITransport
{
    private int _open;

    public NodeId Id => inner.Id;

    /// <summary>Connections that were not disposed.</summary>
    public int Open => Volatile.Read(ref _open);

    public ValueTask<ListenOutcome> ListenAsync(NodeEndpoint endpoint, CancellationToken cancellation = default) => inner.ListenAsync(endpoint, cancellation);

    public async ValueTask<DialOutcome> DialAsync(NodeEndpoint endpoint, NodeId? expected = null, CancellationToken cancellation = default)
    {
        DialOutcome outcome = await thread.RunAsync(() => inner.DialAsync(endpoint, expected, cancellation)).ConfigureAwait(false);
        return outcome.TryGetConnection(out ITransportConnection? connection) ? DialOutcome.Connected(Count(connection)) : outcome;
    }

    public async ValueTask<ITransportConnection?> AcceptAsync(CancellationToken cancellation = default) =>
        await thread.RunAsync(() => inner.AcceptAsync(cancellation)).ConfigureAwait(false) is { } connection ? Count(connection) : null;

    public async ValueTask DisposeAsync() => await thread.RunAsync(async () =>
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        return true;
    }).ConfigureAwait(false);

    private Connection Count(ITransportConnection connection)
    {
        Interlocked.Increment(ref _open);
        return new Connection(connection, thread, () => Interlocked.Decrement(ref _open));
    }

    private sealed class Connection(ITransportConnection inner, ClockThread thread, Action disposed) : ITransportConnection
    {
        public NodeId? RemoteId => inner.RemoteId;

        public NodeEndpoint RemoteEndpoint => inner.RemoteEndpoint;

        public bool IsOutbound => inner.IsOutbound;

        public PipeReader Input => inner.Input;

        public PipeWriter Output => inner.Output;

        public void Abort() => thread.Post(inner.Abort);

        public async ValueTask DisposeAsync()
        {
            await thread.RunAsync(async () =>
            {
                await inner.DisposeAsync().ConfigureAwait(false);
                return true;
            }).ConfigureAwait(false);
            disposed();
        }
    }
}
