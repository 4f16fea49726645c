namespace Coniunctum.Crypto.Internal;

/// <summary>Bytes as people and programs write them in hexadecimal digits. Not constant in time.</summary>
public static class HexText
{
    /// <summary>Returns the digits: the text without blanks and line ends around it, and without 0x or 0X before them.</summary>
    /// <param name="text">The text. Whether it holds digits only is for the caller to check.</param>
    public static ReadOnlySpan<char> Digits(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        return text is ['0', 'x' or 'X', ..] ? text[2..] : text;
    }

    /// <summary>Returns the digits of UTF-8 text in the same way; blanks are those of ASCII.</summary>
    /// <param name="utf8">The text.</param>
    public static ReadOnlySpan<byte> Digits(ReadOnlySpan<byte> utf8)
    {
        utf8 = utf8.Trim(" \t\r\n"u8);
        return utf8 is [(byte)'0', (byte)'x' or (byte)'X', ..] ? utf8[2..] : utf8;
    }
}
