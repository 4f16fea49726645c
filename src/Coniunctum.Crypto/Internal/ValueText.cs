namespace Coniunctum.Crypto.Internal;

/// <summary>What the public value types that have a text share: each says what its text is by TryParse and ToString, and the rest is here.</summary>
public static class ValueText
{
    /// <summary>Reads a text as the type's TryParse does.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="text">The text.</param>
    /// <param name="expected">The form that was expected, for the exception.</param>
    /// <exception cref="FormatException"><paramref name="text"/> is malformed.</exception>
    public static T Parse<T>(ReadOnlySpan<char> text, string expected)
        where T : struct, ISpanParsable<T> => T.TryParse(text, null, out T value) ? value : throw new FormatException($"Expected {expected}.");

    /// <summary>Reads a string as the type's Parse reads a span.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="s">The text.</param>
    /// <exception cref="ArgumentNullException"><paramref name="s"/> is <c>null</c>.</exception>
    /// <exception cref="FormatException"><paramref name="s"/> is malformed.</exception>
    public static T Parse<T>(string s)
        where T : struct, ISpanParsable<T>
    {
        ArgumentNullException.ThrowIfNull(s);
        return T.Parse(s, null);
    }

    /// <summary>Copies a text that is made as a string.</summary>
    /// <param name="text">The text.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="charsWritten">How many characters were written: all or none.</param>
    /// <returns>Whether there was room.</returns>
    public static bool TryWrite(string text, Span<char> destination, out int charsWritten)
    {
        ArgumentNullException.ThrowIfNull(text);
        bool fits = text.TryCopyTo(destination);
        charsWritten = fits ? text.Length : 0;
        return fits;
    }
}
