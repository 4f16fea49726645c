namespace Coniunctum.Wallet;

/// <summary>What a guess of a password costs under scrypt (RFC 7914): about 128·n·r bytes of memory, n·r·p units of time.</summary>
/// <param name="N">How many blocks the memory holds: a power of two, 2 or more.</param>
/// <param name="R">The block's size in units of 128 bytes, 1 or more.</param>
/// <param name="P">How often all of it is done one after the other, 1 or more.</param>
public readonly record struct ScryptCost(int N, int R, int P)
{
    /// <summary>The most memory that is ever used: 1 GiB. A file that asks for more is refused before anything is allocated.</summary>
    public const long MaxMemoryBytes = 1L << 30;

    /// <summary>The most n·r·p: sixteen times the default, some ten seconds.</summary>
    public const long MaxWork = 1L << 25;

    // A mebibyte of state, 128·r·p. RFC 7914 §2 allows 2³⁰ times as much; wallets use 8.
    private const int MaxBlocks = 1 << 13;

    /// <summary>n = 2¹⁸, r = 8, p = 1: 256 MiB and twice the work that OWASP asks for.</summary>
    public static ScryptCost Default => new(1 << 18, 8, 1);

    /// <summary>n = 2¹², r = 8, p = 1: 4 MiB. For keys of development chains, which protect nothing.</summary>
    public static ScryptCost Light => new(1 << 12, 8, 1);

    /// <summary>The memory for one derivation, in bytes; without meaning for a cost beyond its limits.</summary>
    public long MemoryBytes => 128L * N * R;

    /// <summary>Whether n is a power of two, and memory and time stay within their limits.</summary>
    public bool IsWithinLimits =>
        N >= 2 && int.IsPow2(N)
        && R is >= 1 and <= MaxBlocks && P is >= 1 and <= MaxBlocks && R * P <= MaxBlocks // so that no product overflows
        && MemoryBytes <= MaxMemoryBytes
        && (long)N * R * P <= MaxWork;

    /// <summary>Whether a guess costs less than under OWASP's minimum, n = 2¹⁷, r = 8, p = 1.</summary>
    public bool IsWeak => (Int128)N * R * P < 1 << 20;
}
