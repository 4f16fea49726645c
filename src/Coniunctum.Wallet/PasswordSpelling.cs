using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Coniunctum.Wallet;

/// <summary>
/// Says why a password that looks right may be another one: an accented letter is one character (composed) or a letter and an
/// accent (decomposed), and the bytes differ. Looks at a wrong password only, and tells its owner nothing but that.
/// </summary>
internal static class PasswordSpelling
{
    private const string Composed = "one character (composed)";
    private const string Decomposed = "a letter and an accent (decomposed)";

    // Hangul syllables, and the jamo that they decompose into.
    private const int FirstSyllable = 0xAC00;
    private const int LastSyllable = 0xD7A3;
    private const int FirstJamo = 0x1100;
    private const int LastJamo = 0x11FF;

    private static ReadOnlySpan<byte> Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>Returns a sentence with a blank before it, or nothing.</summary>
    public static string Hint(ReadOnlySpan<byte> password)
    {
        if (Ascii.IsValid(password)) return "";
        if (!Utf8.IsValid(password)) return " The password is not UTF-8 text.";
        if (password.StartsWith(Mark)) return " The password begins with a byte-order mark, which no one types.";
        bool isComposed = false;
        while (Rune.DecodeFromUtf8(password, out Rune rune, out int length) == OperationStatus.Done)
        {
            if (IsAccent(rune)) return Say(Decomposed, Composed);
            isComposed |= IsComposed(rune.Value);
            password = password[length..];
        }

        return isComposed
            ? Say(Composed, Decomposed)
            : " The password has characters outside of ASCII, which some wallets change before they use them.";

        static string Say(string has, string other) =>
            $" The password holds an accented letter as {has}; typed as {other}, as other systems do, it is another password.";
    }

    private static bool IsAccent(Rune rune) =>
        Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark || rune.Value is >= FirstJamo and <= LastJamo;

    /// <summary>Letters of Latin, Greek and Cyrillic with accents, voiced kana, and Hangul syllables.</summary>
    private static bool IsComposed(int value) => value switch
    {
        0xC6 or 0xD0 or 0xD7 or 0xD8 or 0xDE or 0xDF or 0xE6 or 0xF0 or 0xF7 or 0xF8 or 0xFE => false,
        >= 0xC0 and <= 0x17F or >= 0x1CD and <= 0x233 or >= 0x1E00 and <= 0x1FFF => true,
        >= 0x386 and <= 0x390 or >= 0x3AA and <= 0x3B0 or >= 0x3CA and <= 0x3CE => true,
        >= 0x400 and <= 0x40E or 0x419 or 0x439 or >= 0x450 and <= 0x45E => true,
        >= 0x304C and <= 0x30FE => true,
        >= FirstSyllable and <= LastSyllable => true,
        _ => false,
    };
}
