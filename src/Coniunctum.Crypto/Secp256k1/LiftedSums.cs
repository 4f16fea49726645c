using Coniunctum.Crypto.Secp256k1.Lanes;

namespace Coniunctum.Crypto.Secp256k1;

/// <summary>
/// Computes sums a·G + b·Q of public numbers, several at once in the lanes of vectors where the processor has them. Callers
/// never ask which processor this is: this file holds the contract and the only dispatch.
/// </summary>
internal static partial class LiftedSums
{
    /// <summary>
    /// How many sums one call takes: so many share an inversion, and lie on the stack with all their intermediate values, in
    /// about 90 KiB.
    /// </summary>
    public const int MaxCount = 64;

    /// <summary>
    /// How many sums are computed at once: 8, 4 or 1. A constant to the compiler, like the dispatch: it rests on what the
    /// runtime says it will use of this processor.
    /// </summary>
    public static int LaneCount => Lanes8.IsSupported ? 8 : Lanes4.IsSupported ? 4 : 1;

    /// <summary>Computes the sums. Each has the same result alone and in any company.</summary>
    /// <param name="sums">At most <see cref="MaxCount"/> of them.</param>
    public static void Compute_Vartime(Span<LiftedSum> sums)
    {
        if (sums.IsEmpty) return;
        if (sums.Length > MaxCount) throw new ArgumentException($"{sums.Length} sums are more than {MaxCount}.", nameof(sums));

        // One sum alone takes as long in a lane as without.
        int lanes = sums.Length == 1 ? 1 : LaneCount;
        switch (lanes)
        {
            case 8: LaneSums<Lanes8>.Compute_Vartime(sums); break;
            case 4: LaneSums<Lanes4>.Compute_Vartime(sums); break;
            default: ComputeScalar_Vartime(sums); break;
        }
    }
}
