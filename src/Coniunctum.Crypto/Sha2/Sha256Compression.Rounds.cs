using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Coniunctum.Crypto.Sha2;

internal static partial class Sha256Compression
{
    /// <summary>What a round does with vectors that hold the same word of several states.</summary>
    private interface IWordVector<TVector>
    {
        static abstract TVector Broadcast(uint value);

        static abstract TVector Add(TVector a, TVector b);

        static abstract TVector Xor3(TVector a, TVector b, TVector c);

        /// <summary>The bits of <paramref name="a"/> where <paramref name="mask"/> is set, else those of <paramref name="b"/>.</summary>
        static abstract TVector Choose(TVector mask, TVector a, TVector b);

        static abstract TVector Majority(TVector a, TVector b, TVector c);

        static abstract TVector RotateRight(TVector a, [ConstantExpected] byte count);

        static abstract TVector ShiftRight(TVector a, [ConstantExpected] byte count);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Compress<TOps, TVector>(TVector* state, TVector* block, TVector* result)
        where TOps : struct, IWordVector<TVector>
        where TVector : unmanaged
    {
        TVector* words = stackalloc TVector[RoundCount];
        fixed (uint* first = RoundConstants)
        {
            for (int i = 0; i < BlockWords; i++) words[i] = block[i];
            TVector a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];

            // A round renames the state's words; after eight every name is back. The message is expanded sixteen words ahead, which
            // gives the processor something to do while the rounds wait for each other.
            uint* constants = first;
            uint* lastSixteen = first + RoundCount - BlockWords;
            for (; constants < lastSixteen; constants += StateWords, words += StateWords)
            {
                words[16] = Expand<TOps, TVector>(words);
                Round<TOps, TVector>(a, b, c, ref d, e, f, g, ref h, words[0], constants[0]);
                words[17] = Expand<TOps, TVector>(words + 1);
                Round<TOps, TVector>(h, a, b, ref c, d, e, f, ref g, words[1], constants[1]);
                words[18] = Expand<TOps, TVector>(words + 2);
                Round<TOps, TVector>(g, h, a, ref b, c, d, e, ref f, words[2], constants[2]);
                words[19] = Expand<TOps, TVector>(words + 3);
                Round<TOps, TVector>(f, g, h, ref a, b, c, d, ref e, words[3], constants[3]);
                words[20] = Expand<TOps, TVector>(words + 4);
                Round<TOps, TVector>(e, f, g, ref h, a, b, c, ref d, words[4], constants[4]);
                words[21] = Expand<TOps, TVector>(words + 5);
                Round<TOps, TVector>(d, e, f, ref g, h, a, b, ref c, words[5], constants[5]);
                words[22] = Expand<TOps, TVector>(words + 6);
                Round<TOps, TVector>(c, d, e, ref f, g, h, a, ref b, words[6], constants[6]);
                words[23] = Expand<TOps, TVector>(words + 7);
                Round<TOps, TVector>(b, c, d, ref e, f, g, h, ref a, words[7], constants[7]);
            }

            for (; constants < lastSixteen + BlockWords; constants += StateWords, words += StateWords)
            {
                Round<TOps, TVector>(a, b, c, ref d, e, f, g, ref h, words[0], constants[0]);
                Round<TOps, TVector>(h, a, b, ref c, d, e, f, ref g, words[1], constants[1]);
                Round<TOps, TVector>(g, h, a, ref b, c, d, e, ref f, words[2], constants[2]);
                Round<TOps, TVector>(f, g, h, ref a, b, c, d, ref e, words[3], constants[3]);
                Round<TOps, TVector>(e, f, g, ref h, a, b, c, ref d, words[4], constants[4]);
                Round<TOps, TVector>(d, e, f, ref g, h, a, b, ref c, words[5], constants[5]);
                Round<TOps, TVector>(c, d, e, ref f, g, h, a, ref b, words[6], constants[6]);
                Round<TOps, TVector>(b, c, d, ref e, f, g, h, ref a, words[7], constants[7]);
            }

            result[0] = TOps.Add(state[0], a);
            result[1] = TOps.Add(state[1], b);
            result[2] = TOps.Add(state[2], c);
            result[3] = TOps.Add(state[3], d);
            result[4] = TOps.Add(state[4], e);
            result[5] = TOps.Add(state[5], f);
            result[6] = TOps.Add(state[6], g);
            result[7] = TOps.Add(state[7], h);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round<TOps, TVector>(
        TVector a, TVector b, TVector c, ref TVector d, TVector e, TVector f, TVector g, ref TVector h, TVector word, uint constant)
        where TOps : struct, IWordVector<TVector>
    {
        // Summed up so that the new d and h come as soon as can be after e and a: the rounds wait for nothing else.
        TVector ready = TOps.Add(h, TOps.Add(word, TOps.Broadcast(constant)));
        TVector sum1 = TOps.Xor3(TOps.RotateRight(e, 6), TOps.RotateRight(e, 11), TOps.RotateRight(e, 25));
        TVector late = TOps.Add(TOps.Choose(e, f, g), sum1);
        TVector sum0 = TOps.Xor3(TOps.RotateRight(a, 2), TOps.RotateRight(a, 13), TOps.RotateRight(a, 22));
        d = TOps.Add(TOps.Add(d, ready), late);
        h = TOps.Add(TOps.Add(ready, late), TOps.Add(sum0, TOps.Majority(a, b, c)));
    }

    /// <summary>Computes the word sixteen after the first of <paramref name="words"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe TVector Expand<TOps, TVector>(TVector* words)
        where TOps : struct, IWordVector<TVector>
        where TVector : unmanaged
    {
        TVector sigma0 = TOps.Xor3(TOps.RotateRight(words[1], 7), TOps.RotateRight(words[1], 18), TOps.ShiftRight(words[1], 3));
        TVector sigma1 = TOps.Xor3(TOps.RotateRight(words[14], 17), TOps.RotateRight(words[14], 19), TOps.ShiftRight(words[14], 10));
        return TOps.Add(TOps.Add(words[0], sigma0), TOps.Add(words[9], sigma1));
    }
}
