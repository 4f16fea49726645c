using System.Runtime.Intrinsics;

namespace Coniunctum.Wallet;

/// <summary>scryptBlockMix of RFC 7914 §4: 2r blocks of 64 bytes, chained through Salsa20/8.</summary>
/// <remarks>
/// The 16 words of a block stand in the order in which the processor's vectors want them; <see cref="IndexOf"/> tells it.
/// Nothing depends on the values, neither time nor addresses.
/// </remarks>
internal static unsafe partial class ScryptMix
{
    /// <summary>The words of a block.</summary>
    public const int WordsPerBlock = 16;

    private const int DoubleRounds = 4;

    /// <summary>Whether blocks are mixed in vectors of 128 bits.</summary>
    public static bool UsesVectors => Vector128.IsHardwareAccelerated;

    /// <summary>Where word <paramref name="i"/> of a mixed block stands in the block of the RFC.</summary>
    /// <remarks>In vectors a diagonal of Salsa20's square lies in one vector: words 0, 5, 10, 15 in the first.</remarks>
    public static int IndexOf(int i) => UsesVectors ? i * 5 % WordsPerBlock : i;

    /// <summary>Mixes blocks, or the sum modulo 2 of two lists of blocks.</summary>
    /// <param name="blocks">2r blocks.</param>
    /// <param name="others">2r blocks that are added to them, or <c>null</c>.</param>
    /// <param name="mixed">Receives 2r blocks; another place than <paramref name="blocks"/>.</param>
    /// <param name="r">Half the number of blocks.</param>
    public static void Mix(uint* blocks, uint* others, uint* mixed, int r)
    {
        if (UsesVectors)
            MixVectors(blocks, others, mixed, r);
        else
            MixWords(blocks, others, mixed, r);
    }
}
