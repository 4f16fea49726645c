using System.Buffers;
using System.Security.Cryptography;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Node.Cli;

/// <summary>A private key as 64 hexadecimal digits. Every buffer that held it is wiped.</summary>
internal static class KeyText
{
    private const int Digits = 2 * PrivateKey.Size;

    /// <summary>Writes the digits.</summary>
    public static void Write(PrivateKey key, TextWriter output)
    {
        Span<byte> secret = stackalloc byte[PrivateKey.Size];
        Span<char> digits = stackalloc char[Digits];
        try
        {
            key.CopyTo(secret);
            Convert.TryToHexStringLower(secret, digits, out _);
            output.Write(digits);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            digits.Clear();
        }
    }

    /// <summary>Writes the digits into a new file that only its owner may read.</summary>
    public static void Save(PrivateKey key, string path)
    {
        Span<byte> secret = stackalloc byte[PrivateKey.Size];
        Span<byte> digits = stackalloc byte[Digits + 1];
        try
        {
            key.CopyTo(secret);
            Convert.TryToHexStringLower(secret, digits, out _);
            digits[^1] = (byte)'\n';
            if (!DurableFile.TryWrite(path, digits)) throw new IOException("it is there already.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new BadInputException($"The key cannot be written to {Quoted.Of(path)}, which must be a new file: {Quoted.Reason(exception, path)}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(digits);
        }
    }

    /// <summary>Reads the digits, in either case, with or without 0x or 0X, and blanks around them.</summary>
    public static PrivateKey Parse(ReadOnlySpan<byte> text)
    {
        Span<byte> secret = stackalloc byte[PrivateKey.Size];
        try
        {
            return Parse(text, secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static PrivateKey Parse(ReadOnlySpan<byte> text, Span<byte> secret)
    {
        text = HexText.Digits(text);
        if (text.Length != Digits)
        {
            // Some wallets omit zeros. A lost digit looks the same, and no checksum would tell.
            string zeros = text.Length is > 0 and < Digits ? " Where leading zeros are missing, put them before it." : "";
            throw new BadInputException($"The private key has {text.Length} characters; expected {Digits} hexadecimal digits.{zeros}");
        }

        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsAsciiHexDigit((char)text[i]))
                throw new BadInputException(Invariant($"Character {i + 1} of the private key is no hexadecimal digit; expected {Digits} of them."));
        }

        OperationStatus status = Convert.FromHexString(text, secret, out _, out _);
        KeyOutcome outcome = PrivateKey.Read(secret, out PrivateKey? key);
        return status == OperationStatus.Done && outcome == KeyOutcome.Valid && key is not null
            ? key
            : throw new BadInputException("The private key is not between 1 and the order of secp256k1; expected 64 hexadecimal digits of such a number.");
    }
}
