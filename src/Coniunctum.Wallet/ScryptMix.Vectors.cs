using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Coniunctum.Wallet;

internal static unsafe partial class ScryptMix
{
    private const int VectorsPerBlock = 4;

    /// <summary>
    /// The mix in vectors of 128 bits. The four quarter-rounds of a half round run side by side, each in one lane; between
    /// the halves the diagonals turn, so that columns become rows.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    internal static void MixVectors(uint* blocks, uint* others, uint* mixed, int r)
    {
        var input = (Vector128<uint>*)blocks;
        var added = (Vector128<uint>*)others;
        var output = (Vector128<uint>*)mixed;
        int last = ((2 * r) - 1) * VectorsPerBlock;
        Vector128<uint> x0 = input[last];
        Vector128<uint> x1 = input[last + 1];
        Vector128<uint> x2 = input[last + 2];
        Vector128<uint> x3 = input[last + 3];
        if (added != null)
        {
            x0 ^= added[last];
            x1 ^= added[last + 1];
            x2 ^= added[last + 2];
            x3 ^= added[last + 3];
        }

        for (int i = 0; i < 2 * r; i++)
        {
            int at = i * VectorsPerBlock;
            x0 ^= input[at];
            x1 ^= input[at + 1];
            x2 ^= input[at + 2];
            x3 ^= input[at + 3];
            if (added != null)
            {
                x0 ^= added[at];
                x1 ^= added[at + 1];
                x2 ^= added[at + 2];
                x3 ^= added[at + 3];
            }

            Vector128<uint> start0 = x0;
            Vector128<uint> start1 = x1;
            Vector128<uint> start2 = x2;
            Vector128<uint> start3 = x3;
            for (int round = 0; round < DoubleRounds; round++)
            {
                x1 ^= RotateLeft(x0 + x3, 7);
                x2 ^= RotateLeft(x1 + x0, 9);
                x3 ^= RotateLeft(x2 + x1, 13);
                x0 ^= RotateLeft(x3 + x2, 18);
                x1 = Vector128.Shuffle(x1, Vector128.Create(3u, 0, 1, 2));
                x2 = Vector128.Shuffle(x2, Vector128.Create(2u, 3, 0, 1));
                x3 = Vector128.Shuffle(x3, Vector128.Create(1u, 2, 3, 0));
                x3 ^= RotateLeft(x0 + x1, 7);
                x2 ^= RotateLeft(x3 + x0, 9);
                x1 ^= RotateLeft(x2 + x3, 13);
                x0 ^= RotateLeft(x1 + x2, 18);
                x1 = Vector128.Shuffle(x1, Vector128.Create(1u, 2, 3, 0));
                x2 = Vector128.Shuffle(x2, Vector128.Create(2u, 3, 0, 1));
                x3 = Vector128.Shuffle(x3, Vector128.Create(3u, 0, 1, 2));
            }

            x0 += start0;
            x1 += start1;
            x2 += start2;
            x3 += start3;

            // Blocks with even numbers first, then those with odd ones.
            int to = ((i >> 1) + ((i & 1) * r)) * VectorsPerBlock;
            output[to] = x0;
            output[to + 1] = x1;
            output[to + 2] = x2;
            output[to + 3] = x3;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> RotateLeft(Vector128<uint> value, int count) => (value << count) | (value >>> (32 - count));
}
