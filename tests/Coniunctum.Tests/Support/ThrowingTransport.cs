using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Transport;

namespace Coniunctum.Tests.Support;

/// <summary>A transport that no one reaches and that reaches no one, and that throws while it waits for a connection when a test says so.</summary>
internal sealed class ThrowingTransport : ITransport
{
    private readonly SemaphoreSlim _throws = new(0);
    private int _accepts;

    public NodeId Id { get; }

    /// <summary>How often a connection was waited for.</summary>
    public int Accepts => Volatile.Read(ref _accepts);

    /// <summary>Throws once.</summary>
    public void Throw() => _throws.Release();

    public ValueTask<ListenOutcome> ListenAsync(NodeEndpoint endpoint, CancellationToken cancellation = default) => throw new NotSupportedException();

    public ValueTask<DialOutcome> DialAsync(NodeEndpoint endpoint, NodeId? expected = null, CancellationToken cancellation = default) =>
        ValueTask.FromResult(DialOutcome.Failed(TransportFault.Refused, "no one is there"));

    public async ValueTask<ITransportConnection?> AcceptAsync(CancellationToken cancellation = default)
    {
        Interlocked.Increment(ref _accepts);
        await _throws.WaitAsync(cancellation);
        throw new InvalidOperationException("the cable is gone");
    }

    public ValueTask DisposeAsync()
    {
        _throws.Dispose();
        return default;
    }
}
