namespace Coniunctum.Crypto.Internal;

/// <summary>Reads whole texts that come from elsewhere. <see cref="ForeignTextDecoder"/> says what text is.</summary>
public static class ForeignText
{
    private const char Mark = '\uFEFF';
    private const char Replacement = '\uFFFD';

    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    private static readonly System.Text.UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Decodes bytes.</summary>
    /// <param name="bytes">The text in any encoding that is announced by a mark, or UTF-8.</param>
    /// <param name="utf8">At least <see cref="ForeignTextDecoder.MaxUtf8Length"/> bytes; receives the text.</param>
    /// <param name="written">How many bytes were written; when there is a fault, those before it.</param>
    /// <exception cref="ArgumentException"><paramref name="utf8"/> is shorter.</exception>
    public static ForeignTextOutcome Decode(ReadOnlySpan<byte> bytes, Span<byte> utf8, out int written)
    {
        using var decoder = new ForeignTextDecoder();
        return decoder.Decode(bytes, isLast: true, utf8, out written);
    }

    /// <summary>Decodes bytes that are no secret; UTF-8 is not copied.</summary>
    /// <param name="bytes">The text in any encoding that is announced by a mark, or UTF-8.</param>
    /// <param name="utf8">The text: a part of <paramref name="bytes"/>, or new memory; empty when there is a fault.</param>
    public static ForeignTextOutcome Decode(ReadOnlyMemory<byte> bytes, out ReadOnlyMemory<byte> utf8)
    {
        ReadOnlySpan<byte> span = bytes.Span;
        int mark = span.StartsWith(Utf8Mark) ? Utf8Mark.Length : 0;
        if (System.Text.Unicode.Utf8.IsValid(span) && !span.Contains((byte)0))
        {
            utf8 = bytes[mark..];
            return ForeignTextOutcome.Valid;
        }

        byte[] decoded = new byte[ForeignTextDecoder.MaxUtf8Length(span.Length)];
        ForeignTextOutcome outcome = Decode(span, decoded, out int written);
        utf8 = outcome.IsValid ? decoded.AsMemory(0, written) : default;
        return outcome;
    }

    /// <summary>Encodes text that the system has decoded already, as variables and arguments are, without a mark before it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="utf8">At least three bytes for every unit; receives the text.</param>
    /// <param name="written">How many bytes were written; 0 when there is a fault.</param>
    /// <exception cref="ArgumentException"><paramref name="utf8"/> is too short.</exception>
    public static ForeignTextOutcome Encode(ReadOnlySpan<char> text, Span<byte> utf8, out int written)
    {
        written = 0;
        ForeignTextOutcome outcome = Check(text);
        if (outcome.IsValid) written = s_utf8.GetBytes(text is [Mark, ..] ? text[1..] : text, utf8);
        return outcome;
    }

    /// <summary>Checks text that the system has decoded already: bytes that were not UTF-8 are lost there.</summary>
    /// <param name="text">The text.</param>
    public static ForeignTextOutcome Check(ReadOnlySpan<char> text)
    {
        int replaced = text.IndexOf(Replacement);
        if (replaced >= 0)
        {
            return ForeignTextOutcome.Invalid(
                ForeignTextFault.Replaced, Invariant($"holds U+FFFD at character {replaced + 1}, which stands where bytes were not UTF-8."), replaced);
        }

        int nul = text.IndexOf('\0');
        if (nul >= 0) return ForeignTextOutcome.Invalid(ForeignTextFault.Nul, Invariant($"holds the character U+0000 at character {nul + 1}."), nul);
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1]))
                return ForeignTextOutcome.Invalid(ForeignTextFault.IllFormed, Invariant($"holds half of a surrogate pair at character {i + 1}."), i);
            i++;
        }

        return ForeignTextOutcome.Valid;
    }
}
