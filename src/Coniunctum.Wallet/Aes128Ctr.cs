using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Coniunctum.Wallet;

/// <summary>AES-128 in counter mode (NIST SP 800-38A §6.5), from the framework's block transform.</summary>
internal static class Aes128Ctr
{
    /// <summary>The length of key and first counter block in bytes.</summary>
    public const int KeySize = 16;

    /// <summary>Adds the key stream to a text: encrypts and decrypts.</summary>
    /// <param name="key">16 bytes.</param>
    /// <param name="counter">The first counter block, a big-endian number of 16 bytes.</param>
    /// <param name="text">The text, at most 64 bytes.</param>
    /// <param name="result">As long as the text.</param>
    [SkipLocalsInit]
    public static void Transform(ReadOnlySpan<byte> key, ReadOnlySpan<byte> counter, ReadOnlySpan<byte> text, Span<byte> result)
    {
        const int maxBytes = 64;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text.Length, maxBytes);
        Span<byte> stream = stackalloc byte[maxBytes];
        stream = stream[..((text.Length + KeySize - 1) / KeySize * KeySize)];
        UInt128 block = BinaryPrimitives.ReadUInt128BigEndian(counter);
        for (int at = 0; at < stream.Length; at += KeySize) BinaryPrimitives.WriteUInt128BigEndian(stream[at..], block++);

        // Disposing wipes the key schedule.
        using (var aes = Aes.Create())
        {
            aes.SetKey(key);
            aes.EncryptEcb(stream, stream, PaddingMode.None);
        }

        for (int i = 0; i < text.Length; i++) result[i] = (byte)(text[i] ^ stream[i]);
        CryptographicOperations.ZeroMemory(stream);
    }
}
