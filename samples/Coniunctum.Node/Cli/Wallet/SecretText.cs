using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace Coniunctum.Node.Cli.Wallet;

/// <summary>Secret text as bytes that the collector does not move, wiped by <see cref="Dispose"/>.</summary>
internal sealed class SecretText : IDisposable
{
    /// <summary>The longest line, as a password or a passphrase, in bytes. A longer one is refused, never cut.</summary>
    public const int MaxLineBytes = 1024;

    private readonly byte[] _bytes;

    public SecretText(int capacity) => _bytes = GC.AllocateArray<byte>(capacity, pinned: true);

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    public bool IsAscii => Ascii.IsValid(Bytes);

    /// <summary>Reads to the end.</summary>
    /// <param name="input">Where from; nothing is kept of it.</param>
    /// <param name="capacity">The most bytes.</param>
    /// <param name="what">What it is, for the refusal of more.</param>
    public static SecretText ReadAll(Stream input, int capacity, string what) => Read(input, capacity, what, toEndOfLine: false);

    /// <summary>Reads the first line, without its end.</summary>
    public static SecretText ReadLine(Stream input, string what) => Read(input, MaxLineBytes, what, toEndOfLine: true);

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

    /// <summary>Decodes the text as UTF-8 into pinned characters, which the caller wipes.</summary>
    public char[] ToChars(string what)
    {
        if (!Utf8.IsValid(Bytes)) throw new BadInputException($"{what} is not UTF-8 text.");
        char[] characters = GC.AllocateArray<char>(Encoding.UTF8.GetCharCount(Bytes), pinned: true);
        Encoding.UTF8.GetChars(Bytes, characters);
        return characters;
    }

    public bool IsSameAs(SecretText other) => CryptographicOperations.FixedTimeEquals(Bytes, other.Bytes);

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_bytes);
        Length = 0;
    }

    private static SecretText Read(Stream input, int capacity, string what, bool toEndOfLine)
    {
        // One byte more shows whether there is more.
        var text = new SecretText(capacity + 1);
        while (text.Length <= capacity && input.Read(text._bytes, text.Length, toEndOfLine ? 1 : text._bytes.Length - text.Length) is > 0 and int read)
        {
            text.Length += read;
            if (toEndOfLine && text._bytes[text.Length - 1] == (byte)'\n') break;
        }

        if (toEndOfLine) text.Shorten(text.Bytes.TrimEnd("\r\n"u8).Length);
        if (text.Length <= capacity) return text;
        text.Dispose();
        throw new BadInputException(Invariant($"{what} has more than {capacity} bytes."));
    }
}
