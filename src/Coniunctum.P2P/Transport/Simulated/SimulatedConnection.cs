using System.IO.Pipelines;
using Coniunctum.P2P.Identity;

namespace Coniunctum.P2P.Transport.Simulated;

/// <summary>One end of a connection in memory.</summary>
internal sealed class SimulatedConnection : ITransportConnection
{
    private readonly SimulatedNetwork _network;
    private readonly Pipe _sent;
    private readonly Pipe _received;
    private SimulatedConnection _other = null!;

    private SimulatedConnection(SimulatedNetwork network, NodeId ownId, NodeId otherId, NodeEndpoint remoteEndpoint, bool isOutbound)
    {
        _network = network;
        OwnId = ownId;
        OtherId = otherId;
        RemoteEndpoint = remoteEndpoint;
        IsOutbound = isOutbound;
        SimulatedNetworkOptions options = network.Options;
        _sent = new Pipe(PipesOf(options, reader: options.NetworkScheduler, writer: options.NodeScheduler));
        _received = new Pipe(PipesOf(options, reader: options.NodeScheduler, writer: options.NetworkScheduler));
    }

    public NodeId OwnId { get; }

    public NodeId OtherId { get; }

    public NodeId? RemoteId => OtherId;

    public NodeEndpoint RemoteEndpoint { get; }

    public bool IsOutbound { get; }

    public PipeReader Input => _received.Reader;

    public PipeWriter Output => _sent.Writer;

    /// <summary>Whether nothing of it arrives any more, in either direction, and no side is reported.</summary>
    public bool IsHalfOpen { get; set; }

    /// <summary>After how many further bytes that this end receives both ends are reset.</summary>
    public long ResetAfter { get; set; } = long.MaxValue;

    /// <summary>Whether this end was broken.</summary>
    public bool IsBroken { get; private set; }

    public static (SimulatedConnection Near, SimulatedConnection Far) Pair(
        SimulatedNetwork network, (NodeId Id, NodeEndpoint Endpoint) near, (NodeId Id, NodeEndpoint Endpoint) far)
    {
        var one = new SimulatedConnection(network, near.Id, far.Id, far.Endpoint, isOutbound: true);
        var other = new SimulatedConnection(network, far.Id, near.Id, near.Endpoint, isOutbound: false);
        one._other = other;
        other._other = one;
        network.Add(one);
        network.Add(other);
        _ = new SimulatedFlow(network, one, other, one._sent.Reader, other._received.Writer).RunAsync();
        _ = new SimulatedFlow(network, other, one, other._sent.Reader, one._received.Writer).RunAsync();
        return (one, other);
    }

    public void Abort()
    {
        if (IsBroken) return;
        Break("This side has broken the connection.");
        if (!IsHalfOpen && !_other.IsHalfOpen) _ = ResetOtherAsync();
    }

    /// <summary>Breaks this end at once: what it reads and writes ends with an exception.</summary>
    public void Break(string reason)
    {
        if (IsBroken) return;
        IsBroken = true;
        _network.Remove(this);
        var exception = new IOException(reason);
        _received.Writer.Complete(exception);
        _sent.Reader.Complete(exception);
    }

    /// <summary>A reset by the network: both ends notice at once.</summary>
    public void Reset()
    {
        Break("The connection was reset.");
        _other.Break("The connection was reset.");
    }

    public async ValueTask DisposeAsync()
    {
        await Output.CompleteAsync().ConfigureAwait(false);
        await Input.CompleteAsync().ConfigureAwait(false);
        _network.Remove(this);
    }

    private static PipeOptions PipesOf(SimulatedNetworkOptions options, PipeScheduler reader, PipeScheduler writer) => new(
        readerScheduler: reader,
        writerScheduler: writer,
        pauseWriterThreshold: options.WindowBytes,
        resumeWriterThreshold: options.WindowBytes / 2,
        useSynchronizationContext: false);

    private async Task ResetOtherAsync()
    {
        await _network.WaitAsync(_network.Options.Latency).ConfigureAwait(false);
        _other.Break("The other side has broken the connection.");
    }
}
