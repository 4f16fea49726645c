namespace Coniunctum.P2P.Transport;

/// <summary>
/// A stream whose other side must take what is written within a time; if it does not, the connection is broken, and the write throws.
/// </summary>
internal sealed class StallGuardStream(Stream inner, TimeProvider clock, TimeSpan timeout, Action abort) : Stream
{
    private volatile bool _isStalled;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ValueTask writing = StartWriting(buffer, cancellationToken);
        if (writing.IsCompletedSuccessfully) return;
        ITimer timer = clock.CreateTimer(_ => Break(), null, timeout, Timeout.InfiniteTimeSpan);
        await using (timer.ConfigureAwait(false))
        {
            try
            {
                await writing.ConfigureAwait(false);
            }
            catch (Exception exception) when (_isStalled || IsBroken(exception))
            {
                throw new IOException(
                    _isStalled ? Invariant($"The other side took nothing for {timeout.TotalSeconds} seconds: the connection was broken.") : "The connection was broken.", exception);
            }
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsBroken(exception))
        {
            throw new IOException("The connection was broken.", exception);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private ValueTask StartWriting(ReadOnlyMemory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            return inner.WriteAsync(buffer, cancellation);
        }
        catch (Exception exception) when (IsBroken(exception))
        {
            return ValueTask.FromException(exception);
        }
    }

    /// <summary>Whatever TLS or the system throws because of the other side is one kind of exception to those who read and write.</summary>
    private static bool IsBroken(Exception exception) => exception is not (IOException or OperationCanceledException);

    private void Break()
    {
        _isStalled = true;
        abort();
    }
}
