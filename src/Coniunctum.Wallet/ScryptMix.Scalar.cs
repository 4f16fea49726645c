using System.Numerics;

namespace Coniunctum.Wallet;

internal static unsafe partial class ScryptMix
{
    /// <summary>The mix as RFC 7914 writes it down, word by word.</summary>
    internal static void MixWords(uint* blocks, uint* others, uint* mixed, int r)
    {
        uint* x = stackalloc uint[WordsPerBlock];
        uint* last = blocks + (((2 * r) - 1) * WordsPerBlock);
        for (int k = 0; k < WordsPerBlock; k++)
            x[k] = others == null ? last[k] : last[k] ^ others[(((2 * r) - 1) * WordsPerBlock) + k];

        for (int i = 0; i < 2 * r; i++)
        {
            for (int k = 0; k < WordsPerBlock; k++)
            {
                int at = (i * WordsPerBlock) + k;
                x[k] ^= others == null ? blocks[at] : blocks[at] ^ others[at];
            }

            Salsa20Words(x);

            // Blocks with even numbers first, then those with odd ones.
            uint* target = mixed + (((i >> 1) + ((i & 1) * r)) * WordsPerBlock);
            for (int k = 0; k < WordsPerBlock; k++) target[k] = x[k];
        }

        new Span<uint>(x, WordsPerBlock).Clear();
    }

    /// <summary>Salsa20/8 (RFC 7914 §3) of one block, in place.</summary>
    private static void Salsa20Words(uint* block)
    {
        uint* x = stackalloc uint[WordsPerBlock];
        for (int k = 0; k < WordsPerBlock; k++) x[k] = block[k];
        for (int round = 0; round < DoubleRounds; round++)
        {
            Quarter(x, 0, 4, 8, 12);
            Quarter(x, 5, 9, 13, 1);
            Quarter(x, 10, 14, 2, 6);
            Quarter(x, 15, 3, 7, 11);
            Quarter(x, 0, 1, 2, 3);
            Quarter(x, 5, 6, 7, 4);
            Quarter(x, 10, 11, 8, 9);
            Quarter(x, 15, 12, 13, 14);
        }

        for (int k = 0; k < WordsPerBlock; k++) block[k] += x[k];
        new Span<uint>(x, WordsPerBlock).Clear();
    }

    private static void Quarter(uint* x, int a, int b, int c, int d)
    {
        x[b] ^= BitOperations.RotateLeft(x[a] + x[d], 7);
        x[c] ^= BitOperations.RotateLeft(x[b] + x[a], 9);
        x[d] ^= BitOperations.RotateLeft(x[c] + x[b], 13);
        x[a] ^= BitOperations.RotateLeft(x[d] + x[c], 18);
    }
}
