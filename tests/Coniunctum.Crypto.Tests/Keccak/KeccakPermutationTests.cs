using System.Runtime.InteropServices;
using Coniunctum.Crypto.Keccak;

namespace Coniunctum.Crypto.Tests.Keccak;

public sealed class KeccakPermutationTests
{
    // 200 bytes, each two digits and a blank.
    private const int StateTextLength = 600;

    private delegate void Permutation(Span<ulong> state);

    [Test]
    public void Permute_PublishedIntermediateValues_AllMatch() => AssertMatchesIntermediateValues(KeccakPermutation.Permute);

    [Test]
    public void PermuteScalar_PublishedIntermediateValues_AllMatch() => AssertMatchesIntermediateValues(KeccakPermutation.PermuteScalar);

    [Test]
    public void Permute_ZeroStateTwice_GivesTheKnownLanes()
    {
        // XKCP, tests/TestVectors/KeccakF-1600-IntermediateValues.txt: lane (0, 0) after one and after two permutations of zero.
        var state = new ulong[25];

        KeccakPermutation.Permute(state);
        Assert.That(state[0], Is.EqualTo(0xF1258F7940E1DDE7));
        KeccakPermutation.Permute(state);
        Assert.That(state[0], Is.EqualTo(0x2D5C954DF96ECB3C));
    }

    [Test]
    public void Permute_AStateOfAnotherLength_Throws()
    {
        Assert.That(() => KeccakPermutation.Permute(new ulong[24]), Throws.ArgumentException);
        Assert.That(() => KeccakPermutation.Permute(new ulong[26]), Throws.ArgumentException);
    }

    private static void AssertMatchesIntermediateValues(Permutation permute)
    {
        int checkedStates = 0;
        ulong[] input = [];
        string heading = "";
        foreach (string line in VectorFile.ReadLines("hash/sha3_256_intermediate_values.txt"))
        {
            if (line.Length != StateTextLength)
            {
                heading = line;
                continue;
            }

            ulong[] lanes = MemoryMarshal.Cast<byte, ulong>(Convert.FromHexString(line.Replace(" ", "", StringComparison.Ordinal))).ToArray();
            if (heading.StartsWith("Input of permutation", StringComparison.Ordinal))
            {
                input = lanes;
            }
            else if (heading.StartsWith("State after permutation", StringComparison.Ordinal))
            {
                permute(input);
                Assert.That(input, Is.EqualTo(lanes));
                checkedStates++;
            }
        }

        Assert.That(checkedStates, Is.EqualTo(11));
    }
}
