using System.Buffers;
using Coniunctum.Crypto;

namespace Coniunctum.Ledger.Formats;

/// <summary>
/// Hashes messages of different lengths many at once. The kernels want messages of equal length; a block's transactions have
/// few different ones, so that gathering them by length costs little beside the hashing.
/// </summary>
internal static class VaryingLengths
{
    /// <summary>Hashes messages that lie one behind the other.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="lengths">The length of each.</param>
    /// <param name="hashes">Receives the hash of each, in order.</param>
    public static void HashMany<THash>(ReadOnlySpan<byte> messages, ReadOnlySpan<int> lengths, Span<Hash256> hashes)
        where THash : struct, IHashFunction
    {
        int count = lengths.Length;
        int[] sorted = ArrayPool<int>.Shared.Rent(count);
        int[] order = ArrayPool<int>.Shared.Rent(count);
        int[] starts = ArrayPool<int>.Shared.Rent(count);
        byte[] gathered = ArrayPool<byte>.Shared.Rent(messages.Length);
        Hash256[] results = ArrayPool<Hash256>.Shared.Rent(count);
        for (int i = 0, start = 0; i < count; start += lengths[i++]) (sorted[i], order[i], starts[i]) = (lengths[i], i, start);

        Array.Sort(sorted, order, 0, count);
        for (int first = 0, next; first < count; first = next)
        {
            int length = sorted[first];
            for (next = first; next < count && sorted[next] == length; next++)
                messages.Slice(starts[order[next]], length).CopyTo(gathered.AsSpan((next - first) * length));

            Span<Hash256> group = results.AsSpan(0, next - first);
            THash.HashMany(gathered.AsSpan(0, group.Length * length), length, group);
            for (int i = 0; i < group.Length; i++) hashes[order[first + i]] = group[i];
        }

        ArrayPool<Hash256>.Shared.Return(results);
        ArrayPool<byte>.Shared.Return(gathered);
        ArrayPool<int>.Shared.Return(starts);
        ArrayPool<int>.Shared.Return(order);
        ArrayPool<int>.Shared.Return(sorted);
    }
}
