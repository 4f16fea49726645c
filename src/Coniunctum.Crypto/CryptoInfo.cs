using System.Collections.Immutable;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Coniunctum.Crypto.Keccak;
using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.Crypto;

/// <summary>
/// Which implementations this process runs. The choice is made once, from what the runtime says it will use of the processor;
/// the runtime's own switches (<c>DOTNET_EnableAVX512=0</c> and the like) change it, nothing in this library does.
/// </summary>
public static class CryptoInfo
{
    /// <summary>The name of the Keccak kernel: "AVX-512", "AVX-512VL", "AVX2", "AdvSimd" or "scalar".</summary>
    public static string KeccakKernel { get; } = KeccakPermutation.Kernel switch
    {
        Keccak.KeccakKernel.Avx512 => "AVX-512",
        Keccak.KeccakKernel.Avx512VL => "AVX-512VL",
        Keccak.KeccakKernel.Avx2 => "AVX2",
        Keccak.KeccakKernel.AdvSimd => "AdvSimd",
        _ => "scalar",
    };

    /// <summary>How many states that kernel permutes at once: 8, 4, 2 or 1.</summary>
    public static int KeccakStatesAtOnce => KeccakPermutation.Width;

    /// <summary>How many signatures of a batch are checked at once, each in a lane of its own: 8, 4 or 1.</summary>
    public static int SignaturesAtOnce => LiftedSums.LaneCount;

    /// <summary>The instruction sets that matter to this library and that the runtime uses, the widest last.</summary>
    public static ImmutableArray<string> InstructionSets { get; } = FindInstructionSets();

    private static ImmutableArray<string> FindInstructionSets()
    {
        var sets = ImmutableArray.CreateBuilder<string>();
        Add("AdvSimd", AdvSimd.Arm64.IsSupported);
        Add("BMI2", Bmi2.X64.IsSupported);
        Add("AVX2", Avx2.IsSupported);
        Add("AVX-512VL", Avx512F.VL.IsSupported);
        Add("AVX-512F", Avx512F.IsSupported);
        Add("vectors of 512 bits", Vector512.IsHardwareAccelerated);
        return sets.ToImmutable();

        void Add(string name, bool isUsed)
        {
            if (isUsed) sets.Add(name);
        }
    }
}
