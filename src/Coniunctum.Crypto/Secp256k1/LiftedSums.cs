using Coniunctum.Crypto.Secp256k1.Lanes;

namespace Coniunctum.Crypto.Secp256k1;

/// <summary>
/// Computes sums a·G + b·Q of public numbers, several at once in the lanes of vectors where the processor has them. Callers
/// never ask which processor this is: this file holds the contract and the only dispatch.
/// </summary>
internal static partial class LiftedSums
{
    /// <summary>
    /// How many sums one call takes: so many share an inversion, and lie on the stack with all their intermediate values.
    /// </summary>
    public const int MaxCount = 64;

    /// <summary>Computes the sums. Each has the same result alone and in any company.</summary>
    /// <param name="sums">At most <see cref="MaxCount"/> of them.</param>
    public static void Compute_Vartime(Span<LiftedSum> sums)
    {
        if (sums.Length > MaxCount) throw new ArgumentException($"{sums.Length} sums are more than {MaxCount}.", nameof(sums));

        // One sum alone takes as long in a lane as without.
        if (sums.Length <= 1)
            ComputeScalar_Vartime(sums);
        else if (Lanes8.IsSupported)
            LaneSums<Lanes8>.Compute_Vartime(sums);
        else if (Lanes4.IsSupported)
            LaneSums<Lanes4>.Compute_Vartime(sums);
        else
            ComputeScalar_Vartime(sums);
    }
}
