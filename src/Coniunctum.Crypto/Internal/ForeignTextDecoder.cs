using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace Coniunctum.Crypto.Internal;

/// <summary>
/// Reads text that comes from elsewhere, piece by piece, as UTF-8 without a byte-order mark. Text is UTF-8 unless a mark says
/// otherwise: then UTF-16 or UTF-32 is decoded. Nothing is guessed and nothing replaced: unmarked UTF-16, bytes that are no
/// character, and U+0000 are faults that say what was found.
/// </summary>
/// <remarks>
/// The text may be a secret: no part of it is kept but the bytes of an unfinished character, which <see cref="Dispose"/> wipes.
/// What cannot be told: unmarked UTF-16 in which no character is below U+0100 and which happens to be valid UTF-8. Not constant
/// in time, and not safe to use from several threads.
/// </remarks>
public sealed class ForeignTextDecoder : IDisposable
{
    private const int MaxPending = 4;

    // The collector does not move it.
    private readonly byte[] _pending = GC.AllocateArray<byte>(MaxPending, pinned: true);
    private int _pendingCount;
    private long _offset; // of the first byte that is not decoded yet
    private ForeignTextOutcome _outcome = ForeignTextOutcome.Valid;

    /// <summary>How the text is written; unknown until its first bytes are there.</summary>
    public TextEncoding Encoding { get; private set; }

    /// <summary>Whether a byte-order mark stands before the text.</summary>
    public bool IsMarked { get; private set; }

    /// <summary>Whether the last piece ended within a character, or within what may be a mark.</summary>
    public bool IsWithinCharacter => _pendingCount > 0;

    /// <summary>Returns how much room a piece needs: 3 bytes for 2, and for what was pending.</summary>
    /// <param name="byteCount">The piece's length in bytes.</param>
    /// <exception cref="OverflowException">The number is above 2³¹−1.</exception>
    public static int MaxUtf8Length(int byteCount) => checked((int)((byteCount + 3L) / 2 * 3));

    /// <summary>Decodes the next piece.</summary>
    /// <param name="bytes">The piece.</param>
    /// <param name="isLast">Whether the text ends with it: an unfinished character is then a fault.</param>
    /// <param name="utf8">At least <see cref="MaxUtf8Length"/> bytes; receives UTF-8.</param>
    /// <param name="written">How many bytes were written; when there is a fault, those before it.</param>
    /// <returns>What was wrong, or that nothing was. After a fault every further call returns it.</returns>
    /// <exception cref="ArgumentException"><paramref name="utf8"/> is shorter.</exception>
    public ForeignTextOutcome Decode(ReadOnlySpan<byte> bytes, bool isLast, Span<byte> utf8, out int written)
    {
        if (utf8.Length < MaxUtf8Length(bytes.Length))
            throw new ArgumentException(Invariant($"A piece of {bytes.Length} bytes needs room for {MaxUtf8Length(bytes.Length)}."), nameof(utf8));
        written = 0;
        if (!_outcome.IsValid) return _outcome;
        if (Encoding == TextEncoding.Unknown && !TryFindMark(ref bytes, isLast)) return _outcome;
        return Encoding == TextEncoding.Utf8 ? CopyUtf8(bytes, isLast, utf8, out written) : Transcode(bytes, isLast, utf8, out written);
    }

    /// <summary>Wipes the bytes of an unfinished character.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_pending);

    /// <summary>Takes up to four bytes, drops a mark from them, and leaves the others pending. False when more are needed.</summary>
    private bool TryFindMark(ref ReadOnlySpan<byte> bytes, bool isLast)
    {
        int taken = Math.Min(MaxPending - _pendingCount, bytes.Length);
        bytes[..taken].CopyTo(_pending.AsSpan(_pendingCount));
        _pendingCount += taken;
        bytes = bytes[taken..];
        ReadOnlySpan<byte> start = _pending.AsSpan(0, _pendingCount);
        if (!isLast && start.Length < MaxPending && (start.IsEmpty || start[0] is 0xEF or 0xFF or 0xFE or 0x00)) return false;

        // The longer mark first: FF FE also begins FF FE 00 00.
        (Encoding, int length) = start switch
        {
            [0xFF, 0xFE, 0x00, 0x00] => (TextEncoding.Utf32LittleEndian, 4),
            [0x00, 0x00, 0xFE, 0xFF] => (TextEncoding.Utf32BigEndian, 4),
            [0xFF, 0xFE, ..] => (TextEncoding.Utf16LittleEndian, 2),
            [0xFE, 0xFF, ..] => (TextEncoding.Utf16BigEndian, 2),
            [0xEF, 0xBB, 0xBF, ..] => (TextEncoding.Utf8, 3),
            _ => (TextEncoding.Utf8, 0),
        };
        IsMarked = length > 0;
        start[length..].CopyTo(_pending);
        _pendingCount -= length;
        _offset = length;
        return true;
    }

    private ForeignTextOutcome CopyUtf8(ReadOnlySpan<byte> bytes, bool isLast, Span<byte> utf8, out int written)
    {
        Span<byte> piece = utf8[..(_pendingCount + bytes.Length)];
        _pending.AsSpan(0, _pendingCount).CopyTo(piece);
        bytes.CopyTo(piece[_pendingCount..]);

        written = piece.IndexOf((byte)0);
        if (written >= 0) return Reject(piece, written);
        int tail = isLast ? 0 : UnfinishedTail(piece);
        written = piece.Length - tail;
        if (!Utf8.IsValid(piece[..written]))
        {
            written = FirstIllFormed(piece[..written]);
            return _outcome = ForeignTextOutcome.Invalid(
                ForeignTextFault.IllFormed,
                Invariant($"is not UTF-8 text: byte {_offset + written + 1} belongs to no character. Text in Latin-1 or Windows-1252 looks so; save it as UTF-8."),
                _offset + written);
        }

        piece[written..].CopyTo(_pending);
        _pendingCount = tail;
        _offset += written;
        return _outcome;
    }

    private ForeignTextOutcome Transcode(ReadOnlySpan<byte> bytes, bool isLast, Span<byte> utf8, out int written)
    {
        written = 0;
        Span<byte> unfinished = stackalloc byte[MaxPending];
        unfinished = unfinished[.._pendingCount];
        _pending.AsSpan(0, _pendingCount).CopyTo(unfinished);
        _pendingCount = 0;
        for (int i = 0; i < unfinished.Length && _outcome.IsValid; i++) Take(unfinished[i], utf8, ref written);
        for (int i = 0; i < bytes.Length && _outcome.IsValid; i++) Take(bytes[i], utf8, ref written);
        CryptographicOperations.ZeroMemory(unfinished);
        return isLast && _pendingCount > 0 && _outcome.IsValid ? RejectCharacter() : _outcome;
    }

    /// <summary>Takes a byte of UTF-16 or UTF-32, and writes the character that it finishes.</summary>
    private void Take(byte value, Span<byte> utf8, ref int written)
    {
        _pending[_pendingCount++] = value;
        OperationStatus status;
        Rune rune;
        if (Encoding is TextEncoding.Utf32LittleEndian or TextEncoding.Utf32BigEndian)
        {
            if (_pendingCount < sizeof(uint)) return;
            uint number = MemoryMarshal.Read<uint>(_pending);
            if (BitConverter.IsLittleEndian == (Encoding == TextEncoding.Utf32BigEndian)) number = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(number);
            status = Rune.TryCreate(number, out rune) ? OperationStatus.Done : OperationStatus.InvalidData;
        }
        else
        {
            if (_pendingCount % sizeof(char) != 0) return;
            Span<char> units = stackalloc char[MaxPending / sizeof(char)];
            units = units[..(_pendingCount / sizeof(char))];
            for (int i = 0; i < units.Length; i++)
            {
                int first = _pending[sizeof(char) * i];
                int second = _pending[(sizeof(char) * i) + 1];
                units[i] = (char)(Encoding == TextEncoding.Utf16LittleEndian ? first | (second << 8) : (first << 8) | second);
            }

            status = Rune.DecodeFromUtf16(units, out rune, out _);
            units.Clear();
            if (status == OperationStatus.NeedMoreData) return;
        }

        if (status != OperationStatus.Done || rune.Value == 0)
        {
            _ = rune.Value == 0 && status == OperationStatus.Done ? RejectNul(_offset) : RejectCharacter();
            return;
        }

        written += rune.EncodeToUtf8(utf8[written..]);
        _offset += _pendingCount;
        _pendingCount = 0;
    }

    /// <summary>Says what a zero byte in a piece of UTF-8 means: every text of the Latin alphabet has one in two in UTF-16, and three in four in UTF-32.</summary>
    private ForeignTextOutcome Reject(ReadOnlySpan<byte> piece, int first)
    {
        Span<int> zeros = stackalloc int[MaxPending];
        zeros.Clear();
        for (int i = 0; i < piece.Length; i++)
        {
            if (piece[i] == 0) zeros[(int)((_offset + i) % MaxPending)]++;
        }

        int even = zeros[0] + zeros[2];
        int odd = zeros[1] + zeros[3];
        int units = Math.Max(1, piece.Length / MaxPending);
        string? found = null;
        if (zeros[0] == 0 && zeros[2] >= units && zeros[3] >= units)
            found = "UTF-32 text (little-endian)";
        else if (zeros[3] == 0 && zeros[0] >= units && zeros[1] >= units)
            found = "UTF-32 text (big-endian)";
        else if (even == 0 && odd >= units)
            found = "UTF-16 text (little-endian)";
        else if (odd == 0 && even >= units)
            found = "UTF-16 text (big-endian)";
        return found is null
            ? RejectNul(_offset + first)
            : _outcome = ForeignTextOutcome.Invalid(
                ForeignTextFault.Unmarked, $"is {found} without a byte-order mark; save it as UTF-8.", _offset + first);
    }

    private ForeignTextOutcome RejectNul(long position) => _outcome = ForeignTextOutcome.Invalid(
        ForeignTextFault.Nul, Invariant($"holds the character U+0000 at byte {position + 1}, which no text has; binary data, and UTF-16 without a byte-order mark, look so."), position);

    private ForeignTextOutcome RejectCharacter() => _outcome = ForeignTextOutcome.Invalid(
        ForeignTextFault.IllFormed, Invariant($"is not the UTF-{(Encoding >= TextEncoding.Utf32LittleEndian ? 32 : 16)} text that its byte-order mark announces: no character stands at byte {_offset + 1}."), _offset);

    /// <summary>How many bytes at the end begin a character that may go on.</summary>
    private static int UnfinishedTail(ReadOnlySpan<byte> piece)
    {
        const int mostBytes = 4;
        for (int length = 1; length < mostBytes && length <= piece.Length; length++)
        {
            byte value = piece[^length];
            if ((value & 0xC0) == 0x80) continue;
            int whole = value switch { >= 0xF0 => 4, >= 0xE0 => 3, >= 0xC0 => 2, _ => 1 };
            return whole > length ? length : 0;
        }

        return 0;
    }

    private static int FirstIllFormed(ReadOnlySpan<byte> text)
    {
        int index = 0;
        while (Rune.DecodeFromUtf8(text[index..], out _, out int length) == OperationStatus.Done) index += length;
        return index;
    }
}
