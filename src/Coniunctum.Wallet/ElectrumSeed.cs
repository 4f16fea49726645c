using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Coniunctum.Wallet;

/// <summary>
/// Tells the seeds of Electrum, which are words of the same list: HMAC-SHA-512 of the words under "Seed version" begins with one of
/// four patterns (Electrum's documentation, "Electrum Seed Version System"). Buffers are wiped.
/// </summary>
internal static class ElectrumSeed
{
    /// <summary>Whether words are such a seed: by chance, one in 216 of others.</summary>
    /// <param name="indices">Their places in the list, at most 24.</param>
    [SkipLocalsInit]
    public static bool IsSeed(ReadOnlySpan<ushort> indices)
    {
        Span<byte> text = stackalloc byte[Mnemonic.MaxTextLength];
        Span<byte> digest = stackalloc byte[HMACSHA512.HashSizeInBytes];
        int length = 0;
        foreach (ushort index in indices)
        {
            if (length > 0) text[length++] = (byte)' ';
            foreach (char letter in EnglishWords.At(index)) text[length++] = (byte)letter;
        }

        HMACSHA512.HashData("Seed version"u8, text[..length], digest);
        CryptographicOperations.ZeroMemory(text);

        // 01 standard, 100 witnesses, 101 two factors, 102 two factors with witnesses: hexadecimal digits.
        return digest[0] == 0x01 || (digest[0] == 0x10 && digest[1] >> 4 <= 2);
    }
}
