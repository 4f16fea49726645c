using System.Diagnostics.CodeAnalysis;

namespace Coniunctum.Crypto.Tests.Secp256k1;

/// <summary>
/// Reads ECDSA signatures in DER (X.690: a sequence of two integers, every length and integer in its shortest form). Only
/// the published vectors come in this form; the ledger's never do.
/// </summary>
internal static class StrictDer
{
    /// <summary>Reads r and s; false when anything but the one correct encoding of two positive integers below 2²⁵⁶ is found.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out byte[]? r, [NotNullWhen(true)] out byte[]? s)
    {
        r = s = null;

        // Two integers of at most 33 bytes: lengths have one byte, and never its long form.
        if (bytes.Length < 2 || bytes[0] != 0x30 || bytes[1] >= 0x80 || bytes[1] != bytes.Length - 2) return false;
        bytes = bytes[2..];
        return TryReadInteger(ref bytes, out r) && TryReadInteger(ref bytes, out s) && bytes.IsEmpty;
    }

    private static bool TryReadInteger(ref ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out byte[]? value)
    {
        value = null;
        if (bytes.Length < 2 || bytes[0] != 0x02) return false;
        int length = bytes[1];
        if (length is 0 or > 33 || length > bytes.Length - 2) return false;
        ReadOnlySpan<byte> content = bytes.Slice(2, length);
        bytes = bytes[(2 + length)..];
        if ((content[0] & 0x80) != 0) return false; // negative
        if (content[0] == 0 && length > 1)
        {
            if ((content[1] & 0x80) == 0) return false; // a needless zero
            content = content[1..];
        }

        if (content.Length > 32) return false;
        value = new byte[32];
        content.CopyTo(value.AsSpan(32 - content.Length));
        return true;
    }
}
