using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Wire.Frames;

namespace Coniunctum.P2P.Transport;

/// <summary>
/// A connection over a socket. Nothing is read from it ahead of the reader: while no one reads, bytes stay with the system, its window
/// closes, and the other side waits. While nothing arrives, no buffer is held.
/// </summary>
internal sealed class TcpConnection : ITransportConnection
{
    private const int ReadBytes = 16 * 1_024;

    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly StallGuardStream _guard;
    private readonly TcpTransportOptions _options;
    private int _isClosed;

    public TcpConnection(Socket socket, Stream stream, NodeId? remoteId, NodeEndpoint remoteEndpoint, bool isOutbound, TcpTransportOptions options)
    {
        _socket = socket;
        _stream = stream;
        RemoteId = remoteId;
        RemoteEndpoint = remoteEndpoint;
        IsOutbound = isOutbound;
        _options = options;
        _guard = new StallGuardStream(stream, options.Clock, options.StallTimeout, Abort);
        Input = PipeReader.Create(_guard, new StreamPipeReaderOptions(bufferSize: ReadBytes, minimumReadSize: ReadBytes / 4, leaveOpen: true, useZeroByteReads: true));
        // A frame lies in one buffer, and so in one record of TLS.
        Output = PipeWriter.Create(_guard, new StreamPipeWriterOptions(minimumBufferSize: FrameHeader.MaxFrameBytes, leaveOpen: true));
    }

    public NodeId? RemoteId { get; }

    public NodeEndpoint RemoteEndpoint { get; }

    public bool IsOutbound { get; }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    public void Abort()
    {
        // A reset instead of an orderly end: what was not taken is of no use to anyone.
        try
        {
            _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }

        _socket.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0) return;
        try
        {
            await Output.CompleteAsync().ConfigureAwait(false);
            if (_stream is SslStream tls) await tls.ShutdownAsync().WaitAsync(_options.StallTimeout, _options.Clock).ConfigureAwait(false);
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or InvalidOperationException or CryptographicException or AuthenticationException or TimeoutException)
        {
            // The other side is gone, does not read, or has broken TLS: there is no one to say goodbye to.
        }

        finally
        {
            await Input.CompleteAsync().ConfigureAwait(false);
            // First the socket: what the stream still has to say cannot wait for a side that does not read.
            _socket.Dispose();
            await _stream.DisposeAsync().ConfigureAwait(false);
        }
    }
}
