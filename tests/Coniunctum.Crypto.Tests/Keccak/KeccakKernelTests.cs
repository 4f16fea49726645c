using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Coniunctum.Crypto.Keccak;

namespace Coniunctum.Crypto.Tests.Keccak;

/// <summary>Every kernel this processor can run, against the scalar one.</summary>
public sealed unsafe class KeccakKernelTests
{
    private const int Lanes = 25;
    private const ulong Untouched = 0xDEADBEEFDEADBEEF;

    private delegate void WidePermutation(ulong* source, ulong* block, ulong* destination, bool digestOnly);

    private static List<TestCaseData> Kernels()
    {
        var kernels = new List<TestCaseData>();
        kernels.Add(Kernel("dispatched", KeccakPermutation.Width, KeccakPermutation.PermuteWide));
        kernels.Add(Kernel("scalar", 1, KeccakPermutation.PermuteScalar));
        if (Vector128.IsHardwareAccelerated) kernels.Add(Kernel("128 bits", 2, KeccakPermutation.PermuteAdvSimd));
        if (Avx2.IsSupported) kernels.Add(Kernel("AVX2", 4, KeccakPermutation.PermuteAvx2));
        if (Avx512F.VL.IsSupported) kernels.Add(Kernel("AVX-512VL", 4, KeccakPermutation.PermuteAvx512VL));
        if (Avx512F.IsSupported) kernels.Add(Kernel("AVX-512", 8, KeccakPermutation.PermuteAvx512));
        return kernels;

        static TestCaseData Kernel(string name, int width, WidePermutation permute) =>
            new TestCaseData(width, permute).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Kernels))]
    public void PermuteWide_RandomStates_EqualTheScalarKernel(int width, Delegate permute)
    {
        const int Seed = 20260612;
        TestContext.Out.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        using var states = new WideStates(width);
        for (int trial = 0; trial < 2_000; trial++)
        {
            random.NextBytes(MemoryMarshal.AsBytes(states.Source));
            AssertEqualsScalar(states, (WidePermutation)permute);
        }
    }

    [TestCaseSource(nameof(Kernels))]
    public void PermuteWide_EverySingleBit_EqualsTheScalarKernel(int width, Delegate permute)
    {
        using var states = new WideStates(width);
        for (int bit = 0; bit < 1600; bit++)
        {
            states.Source.Clear();
            for (int state = 0; state < width; state++)
            {
                int moved = (bit + (state * 199)) % 1600;
                states.Source[(moved / 64 * width) + state] = 1UL << (moved % 64);
            }

            AssertEqualsScalar(states, (WidePermutation)permute);
        }
    }

    [TestCaseSource(nameof(Kernels))]
    public void PermuteWide_InPlace_EqualsTheScalarKernel(int width, Delegate permute)
    {
        using var states = new WideStates(width);
        for (int i = 0; i < states.Source.Length; i++) states.Source[i] = (ulong)i * 0x9E3779B97F4A7C15;
        ulong[] source = states.Source.ToArray();

        ((WidePermutation)permute)(states.SourcePointer, null, states.SourcePointer, false);

        for (int state = 0; state < width; state++)
            Assert.That(Deinterleave(states.Source, width, state), Is.EqualTo(Permuted(source, width, state)));
    }

    [TestCaseSource(nameof(Kernels))]
    public void PermuteWide_WithABlock_AddsItToEveryState(int width, Delegate permute)
    {
        const int Seed = 20260613;
        TestContext.Out.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        using var states = new WideStates(width);
        ulong* block = stackalloc ulong[KeccakPermutation.BlockLanes];
        for (int trial = 0; trial < 100; trial++)
        {
            random.NextBytes(MemoryMarshal.AsBytes(states.Source));
            random.NextBytes(MemoryMarshal.AsBytes(new Span<ulong>(block, KeccakPermutation.BlockLanes)));
            bool digestOnly = trial % 2 == 1;
            ((WidePermutation)permute)(states.SourcePointer, block, states.DestinationPointer, digestOnly);

            for (int lane = 0; lane < KeccakPermutation.BlockLanes; lane++)
                for (int state = 0; state < width; state++) states.Source[(lane * width) + state] ^= block[lane];
            int length = digestOnly ? 4 : Lanes;
            for (int state = 0; state < width; state++)
            {
                ulong[] actual = Deinterleave(states.Destination, width, state)[..length];
                Assert.That(actual, Is.EqualTo(Permuted(states.Source, width, state)[..length]), $"state {state}");
            }
        }
    }

    [Test]
    public void Kernel_OfThisProcess_IsTheWidestThatTheRuntimeOffers()
    {
        KeccakKernel expected = KeccakKernel.Scalar;
        if (AdvSimd.Arm64.IsSupported) expected = KeccakKernel.AdvSimd;
        if (Avx2.IsSupported) expected = KeccakKernel.Avx2;
        if (Avx512F.VL.IsSupported) expected = KeccakKernel.Avx512VL;
        if (Avx512F.IsSupported && Vector512.IsHardwareAccelerated) expected = KeccakKernel.Avx512;

        Assert.That(KeccakPermutation.Kernel, Is.EqualTo(expected));
    }

    private static void AssertEqualsScalar(WideStates states, WidePermutation permute)
    {
        int width = states.Width;
        permute(states.SourcePointer, null, states.DestinationPointer, false);
        ulong[] whole = states.Destination.ToArray();
        states.Destination.Fill(Untouched);
        permute(states.SourcePointer, null, states.DestinationPointer, true);

        for (int state = 0; state < width; state++)
        {
            ulong[] expected = Permuted(states.Source, width, state);
            if (!expected.AsSpan().SequenceEqual(Deinterleave(whole, width, state)))
                Assert.That(Deinterleave(whole, width, state), Is.EqualTo(expected), $"state {state}");
            for (int lane = 0; lane < Lanes; lane++)
            {
                ulong actual = states.Destination[(lane * width) + state];
                if (actual != (lane < 4 ? expected[lane] : Untouched)) Assert.Fail(Invariant($"digest only: state {state}, lane {lane}"));
            }
        }
    }

    private static ulong[] Permuted(ReadOnlySpan<ulong> states, int width, int state)
    {
        ulong[] lanes = Deinterleave(states, width, state);
        KeccakPermutation.PermuteScalar(lanes);
        return lanes;
    }

    private static ulong[] Deinterleave(ReadOnlySpan<ulong> states, int width, int state)
    {
        var lanes = new ulong[Lanes];
        for (int lane = 0; lane < Lanes; lane++) lanes[lane] = states[(lane * width) + state];
        return lanes;
    }

    private sealed class WideStates : IDisposable
    {
        private readonly ulong* _memory;

        public WideStates(int width)
        {
            Width = width;
            _memory = (ulong*)NativeMemory.AlignedAlloc((nuint)(2 * Lanes * width * sizeof(ulong)), 64);
        }

        public int Width { get; }

        public ulong* SourcePointer => _memory;

        public ulong* DestinationPointer => _memory + (Lanes * Width);

        public Span<ulong> Source => new(SourcePointer, Lanes * Width);

        public Span<ulong> Destination => new(DestinationPointer, Lanes * Width);

        public void Dispose() => NativeMemory.AlignedFree(_memory);
    }
}
