using System.Globalization;
using System.Text;

namespace Coniunctum.Crypto.Internal;

/// <summary>
/// Makes text that comes from elsewhere (a path, a name in a file, a peer's reason) fit for a message: one line, of a bounded
/// length, that steers no terminal and reads from left to right.
/// </summary>
public static class PrintableText
{
    /// <summary>The most characters that are shown unless another number is asked for.</summary>
    public const int DefaultLength = 512;

    private const char Ellipsis = '…';

    /// <summary>
    /// Returns the text with every character that is not seen written as \u and its four hexadecimal digits: controls and escape
    /// codes, line and paragraph separators, marks of direction and other format characters, halves of surrogate pairs.
    /// </summary>
    /// <param name="text">The text; <c>null</c> is shown as nothing.</param>
    /// <param name="maxLength">How many of its characters are shown at most; an ellipsis tells that there are more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxLength"/> is negative.</exception>
    public static string Of(ReadOnlySpan<char> text, int maxLength = DefaultLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
        var shown = new StringBuilder(Math.Min(text.Length, maxLength) + 1);
        int left = maxLength;
        while (!text.IsEmpty)
        {
            bool isWhole = Rune.DecodeFromUtf16(text, out Rune rune, out int length) == System.Buffers.OperationStatus.Done;
            if (left < length)
            {
                shown.Append(Ellipsis);
                break;
            }

            if (isWhole && IsSeen(rune))
                shown.Append(text[..length]);
            else
                foreach (char unit in text[..length]) shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
            left -= length;
            text = text[length..];
        }

        return shown.ToString();
    }

    /// <summary>Returns bytes that should be UTF-8 in the same way; what is not UTF-8 is shown as U+FFFD.</summary>
    /// <param name="utf8">The bytes.</param>
    /// <param name="maxLength">As above.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxLength"/> is negative.</exception>
    public static string Of(ReadOnlySpan<byte> utf8, int maxLength = DefaultLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
        // Of what is not shown only one character is decoded, which tells that there is more; none takes more than four bytes.
        long most = 4 * (maxLength + 1L);
        return Of(Encoding.UTF8.GetString(utf8[..(int)Math.Min(utf8.Length, most)]), maxLength);
    }

    private static bool IsSeen(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate);
}
