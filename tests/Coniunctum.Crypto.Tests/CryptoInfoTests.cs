using System.Runtime.Intrinsics.X86;
using Coniunctum.Crypto.Keccak;

namespace Coniunctum.Crypto.Tests;

public sealed class CryptoInfoTests
{
    [Test]
    public void KeccakKernel_NamesTheDispatchedOne()
    {
        int lanes = CryptoInfo.KeccakKernel switch
        {
            "AVX-512" => 8,
            "AVX-512VL" or "AVX2" => 4,
            "AdvSimd" => 2,
            "scalar" => 1,
            _ => 0,
        };
        Assert.That(CryptoInfo.KeccakStatesAtOnce, Is.EqualTo(lanes));
        Assert.That(KeccakPermutation.Width, Is.EqualTo(lanes));
    }

    [Test]
    public void InstructionSets_HoldWhatTheRuntimeUses()
    {
        Assert.That(CryptoInfo.InstructionSets, Avx2.IsSupported ? Has.Member("AVX2") : Has.No.Member("AVX2"));
        Assert.That(CryptoInfo.InstructionSets, Avx512F.IsSupported ? Has.Member("AVX-512F") : Has.No.Member("AVX-512F"));
    }
}
