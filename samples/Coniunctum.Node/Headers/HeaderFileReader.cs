using System.Buffers;
using System.Globalization;
using Coniunctum.Crypto.Internal;
using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Headers;

/// <summary>
/// Reads headers in hexadecimal, one a line, alone or behind their heights (columns height,hex, with or without that first
/// line), with or without 0x and quotation marks. Lines end with LF or CR LF; empty ones and those that begin with # are passed
/// over. The file is text by the rules of <see cref="ForeignTextDecoder"/>. Reads piece by piece: memory does not grow with the
/// file, nor with a line.
/// </summary>
internal sealed class HeaderFileReader(Stream stream) : IDisposable
{
    private const int MaxLineBytes = 1 << 16;
    private const string Columns = "height,hex";

    private static ReadOnlySpan<byte> Around => " \t\""u8;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xef, 0xbb, 0xbf];

    private readonly byte[] _raw = new byte[MaxLineBytes];
    private readonly byte[] _buffer = new byte[4 * MaxLineBytes];
    private readonly ForeignTextDecoder _decoder = new();
    private string? _fault;
    private int _start;
    private int _end;
    private bool _isAtEnd;
    private long _line;
    private bool _isFirst = true;

    /// <summary>Whether lines say heights; known after the first batch.</summary>
    public bool HasHeights { get; private set; }

    /// <summary>Reads the next lines.</summary>
    /// <param name="batch">Receives them.</param>
    /// <param name="most">At most how many.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <returns>Whether there was anything more in the file.</returns>
    /// <exception cref="BadInputException">The file's first line, or its encoding, says that it is another kind of file.</exception>
    public async ValueTask<bool> ReadAsync(HeaderBatch batch, int most, CancellationToken cancellation)
    {
        batch.Clear();
        while (batch.Count < most && !batch.IsFull)
        {
            int length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (length < 0 && !_isAtEnd && _end - _start <= MaxLineBytes)
            {
                await FillAsync(cancellation);
                continue;
            }

            if (length < 0 && _start == _end && _fault is null) break;
            _line++;
            if (length < 0 && _fault is not null)
            {
                batch.Bad = new BadLine(_line, null, default, _fault);
                break;
            }

            if (length > MaxLineBytes || (length < 0 && _end - _start > MaxLineBytes))
            {
                batch.Bad = new BadLine(_line, null, default, $"it is longer than {MaxLineBytes} characters, which no header is.");
                break;
            }

            int next = length < 0 ? _end : _start + length + 1;
            ReadLine(_buffer.AsSpan(_start, (length < 0 ? _end : _start + length) - _start), batch);
            _start = next;
        }

        return batch.Count > 0 || batch.Bad is not null;
    }

    /// <summary>Frees what the decoder holds; the stream stays open.</summary>
    public void Dispose() => _decoder.Dispose();

    private async ValueTask FillAsync(CancellationToken cancellation)
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        int read = await stream.ReadAsync(_raw, cancellation);
        ForeignTextOutcome outcome = _decoder.Decode(_raw.AsSpan(0, read), isLast: read == 0, _buffer.AsSpan(_end), out int written);
        if (outcome.Fault == ForeignTextFault.Unmarked) throw new BadInputException(outcome.Describe("The file"));
        _fault = outcome.IsValid ? null : outcome.Describe("the file");
        _isAtEnd = read == 0 || !outcome.IsValid;
        _end += written;
    }

    private void ReadLine(ReadOnlySpan<byte> line, HeaderBatch batch)
    {
        // Files that were put one behind the other bring their marks along.
        if (line.StartsWith(ByteOrderMark)) line = line[ByteOrderMark.Length..];
        line = line.Trim(" \t\r"u8);
        if (line.IsEmpty || line[0] == '#') return;
        if (_isFirst)
        {
            _isFirst = false;
            HasHeights = line.Contains((byte)',');
            if (HasHeights && !char.IsAsciiDigit((char)line.TrimStart(Around)[0]))
            {
                ThrowUnlessColumns(line);
                return;
            }
        }

        string? fault = Read(line, batch);
        if (fault is not null) batch.Bad = new BadLine(_line, null, default, fault);
    }

    /// <summary>Reads one line's header into the batch, or returns what is wrong with it.</summary>
    private string? Read(ReadOnlySpan<byte> line, HeaderBatch batch)
    {
        ulong height = 0;
        if (HasHeights)
        {
            int comma = line.IndexOf((byte)',');
            if (comma < 0 || line[(comma + 1)..].Contains((byte)',')) return $"it has not the two columns {Columns}.";
            if (!ulong.TryParse(line[..comma].Trim(Around), NumberStyles.None, CultureInfo.InvariantCulture, out height) || height > Inputs.MostHeight)
                return $"'{Excerpt(line[..comma])}' is no height from 0 to {Inputs.MostHeight}.";
            line = line[(comma + 1)..];
        }

        line = HexText.Digits(line.Trim(Around));
        if (line.Length % 2 != 0) return $"{line.Length} hexadecimal digits are not whole bytes.";
        Span<byte> room = batch.Room(line.Length / 2);
        if (Convert.FromHexString(line, room, out _, out int written) != OperationStatus.Done || written != room.Length)
            return $"'{Excerpt(line)}' is not hexadecimal.";
        batch.Add(room.Length, _line, height);
        return null;
    }

    private void ThrowUnlessColumns(ReadOnlySpan<byte> line)
    {
        IEnumerable<string> names = PrintableText.Of(line, 200).Split(',').Select(name => name.Trim(' ', '\t', '"'));
        if (!string.Join(',', names).Equals(Columns, StringComparison.OrdinalIgnoreCase))
            throw new BadInputException(Invariant($"Line {_line}: the columns must be {Columns}, not {string.Join(',', names)}."));
    }

    private static string Excerpt(ReadOnlySpan<byte> line) => PrintableText.Of(line, 24);
}
