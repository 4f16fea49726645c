namespace Coniunctum.Crypto.Secp256k1.Lanes;

/// <summary>Alignment of vectors in memory: one that lies across two cache lines is read at half the speed.</summary>
internal static unsafe class Alignment
{
    /// <summary>A cache line and the widest vector.</summary>
    public const int Bytes = 64;

    /// <summary>The next aligned address; memory has to have <see cref="Bytes"/> to spare.</summary>
    public static void* Up(void* address) => (void*)(((nuint)address + Bytes - 1) & ~(nuint)(Bytes - 1));
}
