using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Coniunctum.Crypto;

namespace Coniunctum.Wallet;

/// <summary>Bitcoin's text form of bytes: base 58, with four bytes of SHA-256(SHA-256(data)) at the end. Buffers are wiped.</summary>
internal static class Base58Check
{
    /// <summary>The bytes of the checksum.</summary>
    public const int ChecksumSize = 4;

    /// <summary>The longest data in bytes.</summary>
    public const int MaxBytes = 128;

    // log 256 / log 58 is less than 1.366.
    private const int MaxCharacters = ((MaxBytes + ChecksumSize) * 1366 / 1000) + 1;

    private const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    /// <summary>Writes data with its checksum.</summary>
    /// <param name="data">At most <see cref="MaxBytes"/> bytes.</param>
    /// <param name="text">Receives the characters.</param>
    /// <returns>How many characters were written.</returns>
    [SkipLocalsInit]
    public static int Encode(ReadOnlySpan<byte> data, Span<char> text)
    {
        Span<byte> number = stackalloc byte[data.Length + ChecksumSize];
        Span<byte> digits = stackalloc byte[MaxCharacters];
        try
        {
            data.CopyTo(number);
            WriteChecksum(data, number[data.Length..]);
            int zeros = number.IndexOfAnyExcept((byte)0);

            // Digits from the lowest on: each byte of the number, from the highest on, shifts them by 256.
            int count = 0;
            foreach (byte value in number[zeros..])
            {
                int carry = value;
                for (int i = 0; i < count || carry > 0; i++)
                {
                    if (i == count) digits[count++] = 0;
                    carry += digits[i] << 8;
                    digits[i] = (byte)(carry % 58);
                    carry /= 58;
                }
            }

            text[..zeros].Fill(Alphabet[0]);
            for (int i = 0; i < count; i++) text[zeros + i] = Alphabet[digits[count - 1 - i]];
            return zeros + count;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(number);
            CryptographicOperations.ZeroMemory(digits);
        }
    }

    /// <summary>Reads data and verifies the checksum.</summary>
    /// <param name="text">The text, without blanks around it.</param>
    /// <param name="data">At least <see cref="MaxBytes"/> bytes; receives the data.</param>
    /// <param name="length">How many bytes of data there are.</param>
    /// <param name="position">Where a character stands that cannot, else −1.</param>
    /// <returns>None, InvalidCharacter, WrongLength or BadChecksum.</returns>
    [SkipLocalsInit]
    public static ExtendedKeyFault Decode(ReadOnlySpan<char> text, Span<byte> data, out int length, out int position)
    {
        length = 0;
        position = -1;
        if (text.Length > MaxCharacters) return ExtendedKeyFault.WrongLength;
        Span<byte> number = stackalloc byte[MaxCharacters];
        Span<byte> checksum = stackalloc byte[ChecksumSize];
        try
        {
            // Bytes from the lowest on.
            int count = 0;
            for (int i = 0; i < text.Length; i++)
            {
                int carry = Alphabet.IndexOf(text[i], StringComparison.Ordinal);
                if (carry < 0)
                {
                    position = i;
                    return ExtendedKeyFault.InvalidCharacter;
                }

                for (int j = 0; j < count || carry > 0; j++)
                {
                    if (j == count) number[count++] = 0;
                    carry += number[j] * 58;
                    number[j] = (byte)carry;
                    carry >>= 8;
                }
            }

            int ones = text.IndexOfAnyExcept(Alphabet[0]);
            int total = (ones < 0 ? text.Length : ones) + count;
            if (total is < ChecksumSize or > MaxBytes + ChecksumSize) return ExtendedKeyFault.WrongLength;
            number[count..total].Clear();
            number[..total].Reverse();
            length = total - ChecksumSize;
            WriteChecksum(number[..length], checksum);
            if (!checksum.SequenceEqual(number.Slice(length, ChecksumSize))) return ExtendedKeyFault.BadChecksum;
            number[..length].CopyTo(data);
            return ExtendedKeyFault.None;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(number);
        }
    }

    private static void WriteChecksum(ReadOnlySpan<byte> data, Span<byte> checksum) =>
        DoubleHash<Sha256>.Hash(data).AsSpan()[..ChecksumSize].CopyTo(checksum);
}
