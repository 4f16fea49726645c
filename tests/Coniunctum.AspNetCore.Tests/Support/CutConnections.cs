using Microsoft.AspNetCore.Builder;

namespace Coniunctum.AspNetCore.Tests.Support;

/// <summary>Breaks connections after a number of bytes that is drawn, mostly in the middle of an event.</summary>
/// <param name="seed">What is drawn follows from it.</param>
/// <param name="mostBytes">A connection has as many at most.</param>
internal sealed class CutConnections(int seed, int mostBytes)
{
    private readonly Random _random = new(seed);
    private readonly Lock _gate = new();

    /// <summary>How many were broken.</summary>
    public int Count { get; private set; }

    public void Use(WebApplication app) => app.Use(async (context, next) =>
    {
        int bytes;
        lock (_gate) bytes = _random.Next(mostBytes);
        context.Response.Body = new CutStream(context.Response.Body, bytes, () =>
        {
            lock (_gate) Count++;
            context.Abort();
        });
        await next(context);
    });

    private sealed class CutStream(Stream inner, int bytes, Action cut) : Stream
    {
        private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);
        private int _left = bytes;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int length = Math.Min(_left, buffer.Length);
            await inner.WriteAsync(buffer[..length], cancellationToken);
            _left -= length;
            if (length == buffer.Length) return;
            await inner.FlushAsync(cancellationToken);
            // What is on its way when a connection is reset is lost: without a pause nothing would ever arrive.
            await Task.Delay(s_pause, cancellationToken);
            cut();
            throw new IOException("The connection was cut.");
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
