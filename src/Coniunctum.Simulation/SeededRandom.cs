using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Coniunctum.Crypto;

namespace Coniunctum.Simulation;

/// <summary>
/// Pseudo-random numbers that are the same for the same seed on every machine: xoshiro256** (Blackman, Vigna 2018), seeded
/// by SplitMix64. For simulations only: whoever sees some of it can compute the rest.
/// </summary>
public sealed class SeededRandom : IEntropySource
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    /// <summary>Starts a sequence.</summary>
    /// <param name="seed">Any number.</param>
    public SeededRandom(ulong seed)
    {
        _a = SplitMix(ref seed);
        _b = SplitMix(ref seed);
        _c = SplitMix(ref seed);
        _d = SplitMix(ref seed);
    }

    /// <summary>
    /// Starts the sequence of one purpose at one node of a world, so that one more number that is drawn for one purpose leaves all others
    /// as they were.
    /// </summary>
    internal static SeededRandom For(ulong seed, int node, string purpose)
    {
        Span<byte> preimage = stackalloc byte[sizeof(ulong) + sizeof(int) + Encoding.UTF8.GetMaxByteCount(purpose.Length)];
        BinaryPrimitives.WriteUInt64BigEndian(preimage, seed);
        BinaryPrimitives.WriteInt32BigEndian(preimage[sizeof(ulong)..], node);
        int length = sizeof(ulong) + sizeof(int) + Encoding.UTF8.GetBytes(purpose, preimage[(sizeof(ulong) + sizeof(int))..]);
        return new SeededRandom(BinaryPrimitives.ReadUInt64BigEndian(Sha3_256.Hash(preimage[..length]).AsSpan()));
    }

    /// <summary>Returns 64 random bits.</summary>
    public ulong Next()
    {
        ulong result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        ulong shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>Returns a number from 0 to <paramref name="limit"/> − 1, each equally likely.</summary>
    /// <param name="limit">At least 1.</param>
    public int Below(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return (int)Below((ulong)limit);
    }

    /// <summary>Returns a number in [0, 1), a multiple of 2⁻⁵³.</summary>
    public double Fraction() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Returns whether something of a probability happens.</summary>
    /// <param name="probability">From 0, never, to 1, always.</param>
    public bool Happens(double probability) => Fraction() < probability;

    /// <summary>Returns a span between two others, each tick equally likely.</summary>
    /// <param name="least">The least one.</param>
    /// <param name="greatest">The greatest one.</param>
    public TimeSpan Between(TimeSpan least, TimeSpan greatest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(greatest, least);
        return new TimeSpan(least.Ticks + (long)Below((ulong)(greatest.Ticks - least.Ticks) + 1));
    }

    /// <summary>Draws a time of which only the longest is known: at least a tenth of it.</summary>
    internal TimeSpan UpTo(TimeSpan longest) => longest == TimeSpan.Zero ? longest : Between(longest / 10, longest);

    /// <summary>
    /// Returns an exponentially distributed number with mean 1. Von Neumann's method (1951) only compares uniform numbers: a
    /// logarithm may differ in its last bit from machine to machine, and a replay with it.
    /// </summary>
    public double Exponential()
    {
        for (int whole = 0; ; whole++)
        {
            double first = Fraction();
            double last = first;
            int length = 1;
            for (double next = Fraction(); next < last; next = Fraction())
            {
                last = next;
                length++;
            }

            if (int.IsOddInteger(length)) return whole + first;
        }
    }

    /// <inheritdoc/>
    public void Fill(Span<byte> destination)
    {
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        while (!destination.IsEmpty)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(word, Next());
            int count = Math.Min(word.Length, destination.Length);
            word[..count].CopyTo(destination);
            destination = destination[count..];
        }
    }

    private static ulong SplitMix(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        ulong mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    // The 2⁶⁴ mod limit lowest products would make some numbers likelier than others (Lemire 2019).
    private ulong Below(ulong limit)
    {
        ulong unfair = (0 - limit) % limit;
        while (true)
        {
            ulong high = Math.BigMul(Next(), limit, out ulong low);
            if (low >= unfair) return high;
        }
    }
}
