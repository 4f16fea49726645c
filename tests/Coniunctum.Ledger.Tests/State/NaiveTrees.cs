using System.Numerics;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Tests.Support;

namespace Coniunctum.Ledger.Tests.State;

/// <summary>The two trees as PROTOCOL defines them, computed anew from the whole list.</summary>
internal static class NaiveTrees
{
    /// <summary>The state tree's root over balances; entries that are 0 are absent.</summary>
    public static byte[] StateRoot(IEnumerable<KeyValuePair<Address, ulong>> balances) =>
        StateRoot(
            [.. balances
                .Where(entry => entry.Value != 0)
                .Select(entry => (Key: Plain.H([0x00], entry.Key.Value.ToArray()), Value: Plain.H(Plain.Be(entry.Value))))],
            depth: 0);

    /// <summary>The root of a subtree over keys and hashed values that share the path's first bits.</summary>
    public static byte[] StateRoot((byte[] Key, byte[] Value)[] entries, int depth)
    {
        if (entries.Length == 0) return new byte[32];
        if (entries.Length == 1) return Plain.H([0x00], entries[0].Key, entries[0].Value);
        ILookup<bool, (byte[] Key, byte[] Value)> sides = entries.ToLookup(entry => ((entry.Key[depth / 8] >> (7 - (depth % 8))) & 1) == 1);
        return Plain.H([0x01], StateRoot([.. sides[false]], depth + 1), StateRoot([.. sides[true]], depth + 1));
    }

    /// <summary>The history tree's root over blocks 0…n−1.</summary>
    public static byte[] HistoryRoot(IReadOnlyList<(BlockId Id, BigInteger Work)> blocks)
    {
        if (blocks.Count == 0) return new byte[32];
        byte[] message = [0x02, .. Plain.Be((ulong)blocks.Count)];
        int start = 0;
        for (int size = 1 << 30; size > 0; size >>= 1)
        {
            if ((blocks.Count & size) == 0) continue;
            (byte[] hash, BigInteger work) = Mountain([.. blocks.Skip(start).Take(size)]);
            message = [.. message, .. Be32(work), .. hash];
            start += size;
        }

        return Plain.H(message);
    }

    private static (byte[] Hash, BigInteger Work) Mountain((BlockId Id, BigInteger Work)[] blocks)
    {
        if (blocks.Length == 1) return (Plain.H([0x00], blocks[0].Id.Value.ToArray(), Be32(blocks[0].Work)), blocks[0].Work);
        (byte[] leftHash, BigInteger leftWork) = Mountain(blocks[..(blocks.Length / 2)]);
        (byte[] rightHash, BigInteger rightWork) = Mountain(blocks[(blocks.Length / 2)..]);
        byte[] hash = Plain.H([0x01], Plain.Be((ulong)blocks.Length), Be32(leftWork), leftHash, Be32(rightWork), rightHash);
        return (hash, BigInteger.Min(leftWork + rightWork, (BigInteger.One << 256) - 1));
    }

    private static byte[] Be32(BigInteger number)
    {
        byte[] bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - bytes.Length], .. bytes];
    }
}
