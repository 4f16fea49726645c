using System.Collections.Concurrent;
using System.Threading.Channels;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Transport;

namespace Coniunctum.P2P.Tests.Support;

/// <summary>A transport whose connections a test makes.</summary>
internal sealed class QueueTransport : ITransport
{
    private readonly Channel<Func<ITransportConnection>> _accepted = Channel.CreateUnbounded<Func<ITransportConnection>>();

    public NodeId Id { get; } = NodeId.Of(TestKeys.Public(1));

    /// <summary>What comes of dialling an endpoint; refused where there is nothing.</summary>
    public ConcurrentDictionary<NodeEndpoint, Func<DialOutcome>> Outcomes { get; } = new();

    public bool IsDisposed { get; private set; }

    /// <summary>Lets another node connect; returns this node's end and that node's.</summary>
    public (PipeConnection Own, PipeConnection Other) Connect()
    {
        (PipeConnection own, PipeConnection other) = PipeConnection.Pair();
        _accepted.Writer.TryWrite(() => own);
        return (own, other);
    }

    /// <summary>Throws when the next connection is waited for.</summary>
    public void Break(string text) => _accepted.Writer.TryWrite(() => throw new InvalidOperationException(text));

    public ValueTask<ListenOutcome> ListenAsync(NodeEndpoint endpoint, CancellationToken cancellation = default) => throw new NotSupportedException();

    public ValueTask<DialOutcome> DialAsync(NodeEndpoint endpoint, NodeId? expected = null, CancellationToken cancellation = default) => ValueTask.FromResult(
        Outcomes.TryGetValue(endpoint, out Func<DialOutcome>? outcome) ? outcome() : DialOutcome.Failed(TransportFault.Refused, SocketFaults.Explain(TransportFault.Refused, endpoint)));

    public async ValueTask<ITransportConnection?> AcceptAsync(CancellationToken cancellation = default) => (await _accepted.Reader.ReadAsync(cancellation))();

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return default;
    }
}
