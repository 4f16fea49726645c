using System.Buffers.Binary;
using Coniunctum.Crypto;

namespace Coniunctum.P2P.Switch;

/// <summary>What is drawn of a source of randomness.</summary>
internal static class EntropyDraws
{
    /// <summary>Draws 64 bits.</summary>
    public static ulong Draw(this IEntropySource entropy)
    {
        Span<byte> drawn = stackalloc byte[sizeof(ulong)];
        entropy.Fill(drawn);
        return BinaryPrimitives.ReadUInt64LittleEndian(drawn);
    }

    /// <summary>Draws a number from zero up to, and without, <paramref name="count"/>; how much the first ones are favoured is below count / 2⁶⁴.</summary>
    public static int Below(this IEntropySource entropy, int count) => (int)(entropy.Draw() % (ulong)count);

    /// <summary>Draws a time from half of <paramref name="mean"/> to one and a half times it.</summary>
    public static TimeSpan Around(this IEntropySource entropy, TimeSpan mean) => mean / 2 + mean * (entropy.Draw() / (double)ulong.MaxValue);
}
