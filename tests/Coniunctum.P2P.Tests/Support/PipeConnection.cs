using System.IO.Pipelines;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Transport;

namespace Coniunctum.P2P.Tests.Support;

/// <summary>One end of a connection that is two pipes, on the threads of the pool.</summary>
internal sealed class PipeConnection : ITransportConnection
{
    private readonly Pipe _incoming;
    private readonly Pipe _outgoing;
    private readonly TaskCompletionSource _isDisposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private PipeConnection(Pipe incoming, Pipe outgoing, bool isOutbound) => (_incoming, _outgoing, IsOutbound) = (incoming, outgoing, isOutbound);

    public NodeId? RemoteId { get; init; }

    public NodeEndpoint RemoteEndpoint { get; } = NodeEndpoint.Parse("192.0.2.1:7770");

    public bool IsOutbound { get; }

    public PipeReader Input => _incoming.Reader;

    public PipeWriter Output => _outgoing.Writer;

    /// <summary>Ends when the connection was disposed.</summary>
    public Task Disposed => _isDisposed.Task;

    /// <summary>Whether it was broken instead of closed.</summary>
    public bool IsAborted { get; private set; }

    /// <summary>Makes both ends; what one has sent waits up to 256 KiB for the other.</summary>
    public static (PipeConnection Near, PipeConnection Far) Pair()
    {
        var options = new PipeOptions(pauseWriterThreshold: 256 * 1_024, resumeWriterThreshold: 128 * 1_024, useSynchronizationContext: false);
        Pipe one = new(options), other = new(options);
        return (new PipeConnection(one, other, isOutbound: false), new PipeConnection(other, one, isOutbound: true));
    }

    public void Abort()
    {
        IsAborted = true;
        var broken = new IOException("The connection was broken.");
        _incoming.Writer.Complete(broken);
        _outgoing.Reader.Complete(broken);
        _outgoing.Writer.CancelPendingFlush();
    }

    public async ValueTask DisposeAsync()
    {
        await _outgoing.Writer.CompleteAsync();
        await _incoming.Reader.CompleteAsync();
        _isDisposed.TrySetResult();
    }
}
