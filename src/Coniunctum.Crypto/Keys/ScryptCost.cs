namespace Coniunctum.Crypto.Keys;

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

    // RFC 7914 §2 bounds p·r below 2³⁰ for the sake of PBKDF2's counter; wallets use 8 at most.
    private const long MaxStateBytes = 1L << 20;

    /// <summary>n = 2¹⁸, r = 8, p = 1: 256 MiB and twice the work that OWASP asks for.</summary>
    public static ScryptCost Default => new(1 << 18, 8, 1);

    /// <summary>n = 2¹², r = 8, p = 1: 4 MiB. For keys of development chains, which protect nothing.</summary>
    public static ScryptCost Light => new(1 << 12, 8, 1);

    /// <summary>The memory for one derivation, in bytes.</summary>
    public long MemoryBytes => 128L * N * R;

    /// <summary>Whether n is a power of two, and memory and time stay within their limits.</summary>
    public bool IsWithinLimits =>
        N >= 2 && int.IsPow2(N) && R >= 1 && P >= 1
        && MemoryBytes <= MaxMemoryBytes
        && 128L * R * P <= MaxStateBytes
        && (long)N * R * P <= MaxWork;

    /// <summary>Whether a guess costs less than under OWASP's minimum, n = 2¹⁷, r = 8, p = 1.</summary>
    public bool IsWeak => (long)N * R * P < 1L << 20;
}
