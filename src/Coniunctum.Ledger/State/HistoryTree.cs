using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Numerics;
using Coniunctum.Crypto;

namespace Coniunctum.Ledger.State;

/// <summary>
/// The Merkle mountain range over all blocks of a chain, with the work summed in every node. Persistent and small: only the
/// peaks are kept, at most 64.
/// </summary>
internal sealed class HistoryTree : IEquatable<HistoryTree>
{
    private readonly ImmutableArray<Summit> _peaks;

    private HistoryTree(ulong leaves, ImmutableArray<Summit> peaks) => (Leaves, _peaks) = (leaves, peaks);

    public static HistoryTree Empty { get; } = new(0, []);

    /// <summary>How many blocks the tree covers.</summary>
    public ulong Leaves { get; }

    /// <summary>The peaks, the largest first: one for each bit that is set in the number of leaves, and over so many of them.</summary>
    public ReadOnlySpan<Summit> Peaks => _peaks.AsSpan();

    /// <summary>The root: H(0x02‖be8(leaves)‖ for each peak, largest first: be32(work)‖hash); of no blocks 32 zero bytes.</summary>
    public Hash256 Root => RootOf(Leaves, _peaks.AsSpan());

    /// <summary>Returns the tree that has given peaks.</summary>
    /// <param name="leaves">How many blocks it covers.</param>
    /// <param name="peaks">As many as bits are set in the number of leaves, the largest first.</param>
    public static HistoryTree Of(ulong leaves, ImmutableArray<Summit> peaks) =>
        peaks.Length == BitOperations.PopCount(leaves)
            ? new HistoryTree(leaves, peaks)
            : throw new ArgumentException($"A tree of {leaves} leaves does not have {peaks.Length} peaks.", nameof(peaks));

    /// <summary>Returns the tree with one more block. Work that does not fit counts as the largest that does: it is an assertion only.</summary>
    /// <param name="block">The block.</param>
    /// <param name="work">What it adds to the weight of the chain.</param>
    /// <param name="completed">Takes the summits that it completes, over 2, 4, 8, … blocks; <c>null</c> where no one wants them.</param>
    public HistoryTree With(BlockId block, in Work work, List<Summit>? completed = null)
    {
        // As in a counter, every bit that is set below the first clear one is carried over.
        int joined = BitOperations.TrailingZeroCount(~Leaves);
        Summit peak = LeafOf(block, work);
        for (int i = 0; i < joined; i++)
        {
            peak = Join(_peaks[^(i + 1)], peak, 2UL << i);
            completed?.Add(peak);
        }

        return new HistoryTree(Leaves + 1, [.. _peaks.AsSpan()[..^joined], peak]);
    }

    /// <inheritdoc/>
    public bool Equals(HistoryTree? other) =>
        other is not null && Leaves == other.Leaves && _peaks.AsSpan().SequenceEqual(other._peaks.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as HistoryTree);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Leaves, _peaks.IsEmpty ? default : _peaks[^1].Hash);

    /// <summary>The leaf of a block: H(0x00‖id‖be32(work)).</summary>
    public static Summit LeafOf(BlockId block, in Work work)
    {
        Span<byte> bytes = stackalloc byte[1 + (2 * Hash256.Size)];
        bytes[0] = 0x00;
        block.Value.CopyTo(bytes[1..]);
        work.ToBytes().CopyTo(bytes[(1 + Hash256.Size)..]);
        return new Summit(work, Sha3_256.Hash(bytes));
    }

    /// <summary>The node over two subtrees of equal size: H(0x01‖be8(leaves)‖be32(workL)‖L‖be32(workR)‖R).</summary>
    /// <param name="left">The earlier blocks' subtree.</param>
    /// <param name="right">The later blocks' subtree.</param>
    /// <param name="leaves">How many blocks both cover together.</param>
    public static Summit Join(in Summit left, in Summit right, ulong leaves)
    {
        Span<byte> bytes = stackalloc byte[1 + sizeof(ulong) + (4 * Hash256.Size)];
        bytes[0] = 0x01;
        BinaryPrimitives.WriteUInt64BigEndian(bytes[1..], leaves);
        Span<byte> rest = bytes[(1 + sizeof(ulong))..];
        left.CopyTo(rest);
        right.CopyTo(rest[Summit.Size..]);
        Work work = Work.TryAdd(left.Work, right.Work, out Work sum) ? sum : Work.Max;
        return new Summit(work, Sha3_256.Hash(bytes));
    }

    /// <summary>The root over peaks, the largest first.</summary>
    public static Hash256 RootOf(ulong leaves, ReadOnlySpan<Summit> peaks)
    {
        if (leaves == 0) return default;
        byte[] bytes = new byte[1 + sizeof(ulong) + (Summit.Size * peaks.Length)];
        bytes[0] = 0x02;
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(1), leaves);
        for (int i = 0; i < peaks.Length; i++) peaks[i].CopyTo(bytes.AsSpan(1 + sizeof(ulong) + (i * Summit.Size)));
        return Sha3_256.Hash(bytes);
    }

    /// <summary>The top of a tree over a power of two of blocks: their work, and the node's hash.</summary>
    internal readonly record struct Summit(Work Work, Hash256 Hash)
    {
        /// <summary>The length of be32(work)‖hash.</summary>
        public const int Size = 2 * Hash256.Size;

        /// <summary>Reads what <see cref="CopyTo"/> wrote.</summary>
        public static Summit Read(ReadOnlySpan<byte> bytes) => new(Work.FromBytes(new Hash256(bytes[..Hash256.Size])), new Hash256(bytes[Hash256.Size..Size]));

        /// <summary>Writes be32(work)‖hash.</summary>
        public void CopyTo(Span<byte> destination)
        {
            Work.ToBytes().CopyTo(destination);
            Hash.CopyTo(destination[Hash256.Size..]);
        }
    }
}
