using System.Security.Cryptography;

namespace Coniunctum.Node.Cli;

/// <summary>
/// Standard input whose readers can be interrupted, though a read of a pipe or a terminal cannot: it stays behind with the
/// process. For one reader at a time.
/// </summary>
/// <param name="source">What is read.</param>
/// <param name="stop">Ends every wait with an <see cref="InterruptedException"/>.</param>
internal sealed class InterruptibleInput(Stream source, CancellationToken stop) : Stream
{
    // Pinned and wiped: it may hold a secret.
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(1 << 16, pinned: true);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
#pragma warning disable VSTHRD002 // The read is on another thread, and ends at the latest when it is interrupted.
        int read = ReadIntoBufferAsync(buffer.Length, CancellationToken.None).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
        return Take(read, buffer);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Take(await ReadIntoBufferAsync(buffer.Length, cancellationToken), buffer.Span);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        // A read that was left behind may still write into the buffer; no one takes it from there.
        CryptographicOperations.ZeroMemory(_buffer);
        if (disposing && !stop.IsCancellationRequested) source.Dispose();
        base.Dispose(disposing);
    }

    private async Task<int> ReadIntoBufferAsync(int count, CancellationToken cancellation)
    {
        if (stop.IsCancellationRequested) throw new InterruptedException();
        int most = Math.Min(count, _buffer.Length);
        try
        {
            return await Task.Run(() => source.Read(_buffer, 0, most), CancellationToken.None).WaitAsync(stop).WaitAsync(cancellation);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw new InterruptedException();
        }
    }

    private int Take(int read, Span<byte> destination)
    {
        _buffer.AsSpan(0, read).CopyTo(destination);
        CryptographicOperations.ZeroMemory(_buffer.AsSpan(0, read));
        return read;
    }
}
