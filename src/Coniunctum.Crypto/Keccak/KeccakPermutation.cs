using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Coniunctum.Crypto.Keccak;

/// <summary>
/// Keccak-f[1600], the permutation of FIPS 202 §3.3. A state is 25 lanes of 64 bits; lane (x, y) lies at index x + 5y.
/// Callers never ask which processor this is: this file holds the contract and the only dispatch.
/// </summary>
internal static partial class KeccakPermutation
{
    /// <summary>The number of 64-bit lanes in a state.</summary>
    public const int LaneCount = 25;

    /// <summary>The lanes of a block of SHA3-256: its rate, 136 bytes.</summary>
    public const int BlockLanes = 17;

    /// <summary>The number of rounds.</summary>
    public const int RoundCount = 24;

    /// <summary>The constants ι adds to lane (0, 0), one for each round (FIPS 202 §3.2.5).</summary>
    private static ReadOnlySpan<ulong> RoundConstants =>
    [
        0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000,
        0x000000000000808B, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
        0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
        0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003,
        0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A,
        0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    ];

    /// <summary>
    /// How many states <see cref="PermuteWide"/> permutes at once: 8, 4, 2 or 1. A constant to the compiler, like the whole
    /// dispatch: it rests on what the runtime says it will use of this processor.
    /// </summary>
    public static int Width => Kernel switch
    {
        KeccakKernel.Avx512 => 8,
        KeccakKernel.Avx512VL or KeccakKernel.Avx2 => 4,
        KeccakKernel.AdvSimd => 2,
        _ => 1,
    };

    /// <summary>The kernel behind <see cref="PermuteWide"/>.</summary>
    public static KeccakKernel Kernel =>
        Avx512F.IsSupported && Vector512.IsHardwareAccelerated ? KeccakKernel.Avx512
        : Avx512F.VL.IsSupported ? KeccakKernel.Avx512VL
        : Avx2.IsSupported ? KeccakKernel.Avx2
        : AdvSimd.Arm64.IsSupported ? KeccakKernel.AdvSimd
        : KeccakKernel.Scalar;

    /// <summary>Permutes one state in place.</summary>
    /// <param name="state">25 lanes, as numbers in the processor's byte order.</param>
    public static void Permute(Span<ulong> state)
    {
        if (state.Length != LaneCount)
            throw new ArgumentException($"A state has {LaneCount} lanes, not {state.Length}.", nameof(state));
        PermuteScalar(state);
    }

    /// <summary>Permutes <see cref="Width"/> interleaved states: lane i of state j is the number at i · Width + j.</summary>
    /// <param name="source">25 · Width numbers; fastest when aligned to 64 bytes.</param>
    /// <param name="block"><see cref="BlockLanes"/> numbers that are first added to those lanes of every state, or <c>null</c>.</param>
    /// <param name="destination">Receives the result; it may be <paramref name="source"/>, but not overlap it otherwise.</param>
    /// <param name="digestOnly">Whether only the first four lanes, a digest of 32 bytes, are computed and written.</param>
    public static unsafe void PermuteWide(ulong* source, ulong* block, ulong* destination, bool digestOnly)
    {
        switch (Kernel)
        {
            case KeccakKernel.Avx512: PermuteAvx512(source, block, destination, digestOnly); break;
            case KeccakKernel.Avx512VL: PermuteAvx512VL(source, block, destination, digestOnly); break;
            case KeccakKernel.Avx2: PermuteAvx2(source, block, destination, digestOnly); break;
            case KeccakKernel.AdvSimd: PermuteAdvSimd(source, block, destination, digestOnly); break;
            default: PermuteScalar(source, block, destination, digestOnly); break;
        }
    }
}
