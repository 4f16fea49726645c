using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Coniunctum.Client;

/// <summary>
/// Reads server-sent events (HTML, § 9.2) from a stream, within bounds: one event holds 64 MiB at most (the ids of the largest block take 35), and a connection on which
/// nothing comes for a time, not even a comment, is taken for dead.
/// </summary>
/// <param name="stream">The stream, which its owner disposes.</param>
/// <param name="silence">How long nothing may come.</param>
/// <param name="time">The clock.</param>
internal sealed class EventStreamReader(Stream stream, TimeSpan silence, TimeProvider time) : IDisposable
{
    private const int MaxEventBytes = 64 * 1024 * 1024;

    private readonly PipeReader _pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));

    /// <summary>An event, or only a cursor, where its data are empty.</summary>
    /// <param name="Id">What resumes behind it; <c>null</c> where the server has not said.</param>
    /// <param name="Data">Its data.</param>
    public readonly record struct Item(string? Id, string Data);

    /// <summary>Returns the next event; <c>null</c> at the stream's end.</summary>
    /// <exception cref="IOException">The connection broke, or is silent.</exception>
    /// <exception cref="ApiProblemException">It brings what is too long, and would again.</exception>
    public async ValueTask<Item?> ReadAsync(CancellationToken cancellation)
    {
        string? id = null;
        var data = new StringBuilder();
        bool hasData = false;
        while (await ReadLineAsync(cancellation).ConfigureAwait(false) is { } line)
        {
            if (line.Length == 0)
            {
                if (id is not null || hasData) return new Item(id, data.ToString());
                continue;
            }

            int colon = line.IndexOf(':', StringComparison.Ordinal);
            string field = colon < 0 ? line : line[..colon];
            string value = colon < 0 ? "" : line[(colon + 1)..];
            if (value.StartsWith(' ')) value = value[1..];
            if (field is "id") id = value;
            if (field is not "data") continue;
            if (hasData) data.Append('\n');
            data.Append(value);
            hasData = true;
            if (data.Length > MaxEventBytes) throw TooLong();
        }

        // An event that its end has cut off is none.
        return null;
    }

    public void Dispose() => _pipe.Complete();

    private async ValueTask<string?> ReadLineAsync(CancellationToken cancellation)
    {
        // What was looked at is not looked at again, however slowly a long line comes.
        for (long searched = 0; ;)
        {
            ReadResult read = await ReadMoreAsync(cancellation).ConfigureAwait(false);
            if (read.Buffer.Slice(searched).PositionOf((byte)'\n') is { } end)
            {
                string line = Encoding.UTF8.GetString(read.Buffer.Slice(0, end));
                if (line.EndsWith('\r')) line = line[..^1];
                _pipe.AdvanceTo(read.Buffer.GetPosition(1, end));
                return line;
            }

            if (read.Buffer.Length > MaxEventBytes) throw TooLong();
            searched = read.Buffer.Length;
            _pipe.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted) return null;
        }
    }

    private async ValueTask<ReadResult> ReadMoreAsync(CancellationToken cancellation)
    {
        if (_pipe.TryRead(out ReadResult read)) return read;
        using var limit = new CancellationTokenSource(silence, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            return await _pipe.ReadAsync(linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException(Invariant($"The server has sent nothing for {silence.TotalSeconds} s."), exception);
        }
    }

    private static ApiProblemException TooLong() => new(200, Invariant($"An event is longer than {MaxEventBytes} bytes."));
}
