using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Coniunctum.Crypto.Secp256k1;

/// <summary>Care for secret values on the stack.</summary>
internal static class Secret
{
    /// <summary>Overwrites a value with zeros in a way that is not optimized away.</summary>
    public static void Wipe<T>(ref T value)
        where T : unmanaged
        => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(new Span<T>(ref value)));
}
