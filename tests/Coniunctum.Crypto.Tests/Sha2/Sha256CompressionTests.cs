using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Coniunctum.Crypto.Sha2;

namespace Coniunctum.Crypto.Tests.Sha2;

/// <summary>Every kernel this processor can run, against the platform's SHA-256.</summary>
public sealed unsafe class Sha256CompressionTests
{
    private delegate void Compression(uint* state, uint* block, uint* result);

    private static List<TestCaseData> Kernels()
    {
        var kernels = new List<TestCaseData>();
        if (Sha256Compression.Width > 1) kernels.Add(Kernel("dispatched", Sha256Compression.Width, Sha256Compression.Compress));
        if (Avx2.IsSupported) kernels.Add(Kernel("AVX2", 8, Sha256Compression.CompressAvx2));
        if (Avx512F.IsSupported) kernels.Add(Kernel("AVX-512", 16, Sha256Compression.CompressAvx512));
        return kernels;

        static TestCaseData Kernel(string name, int width, Compression compress) =>
            new TestCaseData(width, compress).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Kernels))]
    public void Compress_TwoBlocksOfRandomMessages_GiveThePlatformsHashes(int width, Delegate compress)
    {
        const int Seed = 20260617;
        const int MessageBytes = 100;
        TestContext.Out.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        uint* memory = (uint*)NativeMemory.AlignedAlloc((nuint)(24 * width * sizeof(uint)), 64);
        uint* state = memory;
        uint* block = memory + (8 * width);
        byte[] padded = new byte[128];
        for (int trial = 0; trial < 200; trial++)
        {
            byte[] messages = new byte[width * MessageBytes];
            random.NextBytes(messages);
            for (int word = 0; word < 8; word++) new Span<uint>(state + (word * width), width).Fill(Sha256Compression.InitialState[word]);
            for (int part = 0; part < 2; part++)
            {
                for (int i = 0; i < width; i++)
                {
                    Array.Clear(padded);
                    messages.AsSpan(i * MessageBytes, MessageBytes).CopyTo(padded);
                    padded[MessageBytes] = 0x80;
                    BinaryPrimitives.WriteInt32BigEndian(padded.AsSpan(124), 8 * MessageBytes);
                    for (int word = 0; word < 16; word++)
                        block[(word * width) + i] = BinaryPrimitives.ReadUInt32BigEndian(padded.AsSpan((64 * part) + (4 * word)));
                }

                ((Compression)compress)(state, block, state);
            }

            for (int i = 0; i < width; i++)
            {
                byte[] digest = new byte[32];
                for (int word = 0; word < 8; word++) BinaryPrimitives.WriteUInt32BigEndian(digest.AsSpan(4 * word), state[(word * width) + i]);
                Assert.That(new Hash256(digest), Is.EqualTo(Sha256.Hash(messages.AsSpan(i * MessageBytes, MessageBytes))));
            }
        }

        NativeMemory.AlignedFree(memory);
    }
}
