namespace Coniunctum.Crypto.Keccak;

/// <summary>The implementations of Keccak-f[1600], named after the instruction set that each needs.</summary>
internal enum KeccakKernel
{
    /// <summary>One state in 64-bit registers.</summary>
    Scalar = 0,

    /// <summary>Two states in 128-bit vectors of 64-bit Arm.</summary>
    AdvSimd = 1,

    /// <summary>Four states in 256-bit vectors.</summary>
    Avx2 = 2,

    /// <summary>Four states in 256-bit vectors, with the three-operand logic and the rotations of AVX-512.</summary>
    Avx512VL = 3,

    /// <summary>Eight states in 512-bit vectors.</summary>
    Avx512 = 4,
}
