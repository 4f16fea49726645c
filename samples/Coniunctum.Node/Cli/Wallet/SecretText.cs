using System.Security.Cryptography;
using System.Text;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Node.Cli.Wallet;

/// <summary>
/// Secret text as bytes that the collector does not move, wiped by <see cref="Dispose"/>. Wherever it comes from, it is read by the
/// rules of <see cref="ForeignTextDecoder"/>: what is no text, or may be another one, is refused by name.
/// </summary>
internal sealed class SecretText : IDisposable
{
    /// <summary>The longest line, as a password or a passphrase, in bytes. A longer one is refused, never cut.</summary>
    public const int MaxLineBytes = 1024;

    private readonly byte[] _bytes;

    public SecretText(int capacity) => _bytes = GC.AllocateArray<byte>(capacity, pinned: true);

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    public bool IsAscii => Ascii.IsValid(Bytes);

    /// <summary>How the text was written where it comes from.</summary>
    public TextEncoding Encoding { get; private set; } = TextEncoding.Utf8;

    /// <summary>Reads to the end.</summary>
    /// <param name="input">Where from; nothing is kept of it.</param>
    /// <param name="capacity">The most bytes.</param>
    /// <param name="what">What it is, for the refusal of more.</param>
    public static SecretText ReadAll(Stream input, int capacity, string what)
    {
        // One byte more shows whether there is more.
        using var raw = new SecretText(capacity + 1);
        while (raw.Length <= capacity && input.Read(raw._bytes, raw.Length, raw._bytes.Length - raw.Length) is > 0 and int read) raw.Length += read;
        return raw.Length <= capacity ? Decode(raw.Bytes, what) : throw TooLong(what, capacity);
    }

    /// <summary>Reads the first line, without its end, and not a byte more unless the encoding has wider units.</summary>
    public static SecretText ReadLine(Stream input, string what)
    {
        // Up to a byte that ends lines in UTF-8, and to the end of its character in wider encodings.
        const int widest = 4;
        using var raw = new SecretText(widest * (MaxLineBytes + 2)); // a mark, and one character too many
        using var decoder = new ForeignTextDecoder();
        var line = new SecretText(ForeignTextDecoder.MaxUtf8Length(raw._bytes.Length));
        using var piece = new SecretText(line._bytes.Length);
        try
        {
            bool isLast = false;
            while (!isLast && line.Length <= MaxLineBytes && (line.Length == 0 || line._bytes[line.Length - 1] != (byte)'\n'))
            {
                raw.Shorten(0);
                do isLast = raw.Length == raw._bytes.Length || input.Read(raw._bytes, raw.Length, 1) == 0;
                while (!isLast && raw._bytes[raw.Length++] != (byte)'\n' && !decoder.IsWithinCharacter);

                ThrowIfFaulty(decoder.Decode(raw.Bytes, isLast, piece._bytes, out int written), what);
                if (line.Length + written > line._bytes.Length) throw TooLong(what, MaxLineBytes);
                piece._bytes.AsSpan(0, written).CopyTo(line._bytes.AsSpan(line.Length));
                line.Length += written;
            }

            line.KeepFirstLine(what);
            line.Encoding = decoder.Encoding;
            return line;
        }
        catch
        {
            line.Dispose();
            throw;
        }
    }

    /// <summary>Takes the first line of a variable of the environment, as of a file. The framework keeps it as a string beside.</summary>
    public static SecretText FirstLineOf(string variable, string what)
    {
        if (variable.Length > 4 * MaxLineBytes) throw TooLong(what, MaxLineBytes);
        var text = new SecretText(System.Text.Encoding.UTF8.GetMaxByteCount(variable.Length));
        try
        {
            ThrowIfFaulty(ForeignText.Encode(variable, text._bytes, out int written), what);
            text.Length = written;
            text.KeepFirstLine(what);
            return text;
        }
        catch
        {
            text.Dispose();
            throw;
        }
    }

    /// <summary>Decodes bytes, as those that a terminal sent. The caller wipes them.</summary>
    public static SecretText Decode(ReadOnlySpan<byte> bytes, string what)
    {
        using var decoder = new ForeignTextDecoder();
        var text = new SecretText(ForeignTextDecoder.MaxUtf8Length(bytes.Length));
        try
        {
            ThrowIfFaulty(decoder.Decode(bytes, isLast: true, text._bytes, out int written), what);
            text.Length = written;
            text.Encoding = decoder.Encoding;
            return text;
        }
        catch
        {
            text.Dispose();
            throw;
        }
    }

    /// <summary>Adds a byte; false when there is no room.</summary>
    public bool TryAdd(byte value)
    {
        if (Length == _bytes.Length) return false;
        _bytes[Length++] = value;
        return true;
    }

    /// <summary>Takes bytes off the end.</summary>
    public void Shorten(int length)
    {
        CryptographicOperations.ZeroMemory(_bytes.AsSpan(length));
        Length = length;
    }

    /// <summary>Wipes blanks and line ends at the end.</summary>
    public void TrimEnd() => Shorten(Bytes.TrimEnd(" \t\r\n"u8).Length);

    /// <summary>Decodes the text into pinned characters, which the caller wipes.</summary>
    public char[] ToChars()
    {
        char[] characters = GC.AllocateArray<char>(System.Text.Encoding.UTF8.GetCharCount(Bytes), pinned: true);
        System.Text.Encoding.UTF8.GetChars(Bytes, characters);
        return characters;
    }

    public bool IsSameAs(SecretText other) => CryptographicOperations.FixedTimeEquals(Bytes, other.Bytes);

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_bytes);
        Length = 0;
    }

    private void KeepFirstLine(string what)
    {
        int end = Bytes.IndexOf((byte)'\n');
        if (end >= 0) Shorten(end);
        Shorten(Bytes.TrimEnd((byte)'\r').Length);
        if (Length > MaxLineBytes) throw TooLong(what, MaxLineBytes);
    }

    private static void ThrowIfFaulty(ForeignTextOutcome outcome, string what)
    {
        if (!outcome.IsValid) throw new BadInputException(outcome.Describe(what));
    }

    private static BadInputException TooLong(string what, int capacity) => new(Invariant($"{what} has more than {capacity} bytes."));
}
