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
    private readonly ImmutableArray<Peak> _peaks;

    private HistoryTree(ulong leaves, ImmutableArray<Peak> peaks) => (Leaves, _peaks) = (leaves, peaks);

    public static HistoryTree Empty { get; } = new(0, []);

    /// <summary>How many blocks the tree covers.</summary>
    public ulong Leaves { get; }

    /// <summary>The peaks, the largest first: one for each bit that is set in the number of leaves.</summary>
    public ReadOnlySpan<Peak> Peaks => _peaks.AsSpan();

    /// <summary>The root: H(0x02‖be8(leaves)‖ for each peak, largest first: be32(work)‖hash); of no blocks 32 zero bytes.</summary>
    public Hash256 Root
    {
        get
        {
            if (Leaves == 0) return default;
            byte[] bytes = new byte[1 + sizeof(ulong) + (2 * Hash256.Size * _peaks.Length)];
            bytes[0] = 0x02;
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(1), Leaves);
            Span<byte> rest = bytes.AsSpan(1 + sizeof(ulong));
            foreach (Peak peak in _peaks)
            {
                peak.Work.ToBytes().CopyTo(rest);
                peak.Hash.CopyTo(rest[Hash256.Size..]);
                rest = rest[(2 * Hash256.Size)..];
            }

            return Sha3_256.Hash(bytes);
        }
    }

    /// <summary>Returns the tree with one more block. Work that does not fit counts as the largest that does: it is an assertion only.</summary>
    public HistoryTree With(BlockId block, in Work work)
    {
        Span<byte> bytes = stackalloc byte[1 + (2 * Hash256.Size)];
        bytes[0] = 0x00;
        block.Value.CopyTo(bytes[1..]);
        work.ToBytes().CopyTo(bytes[(1 + Hash256.Size)..]);
        var peak = new Peak(1, work, Sha3_256.Hash(bytes));

        ImmutableArray<Peak> peaks = _peaks;
        while (peaks.Length > 0 && peaks[^1].Leaves == peak.Leaves)
        {
            peak = Join(peaks[^1], peak);
            peaks = peaks.RemoveAt(peaks.Length - 1);
        }

        return new HistoryTree(Leaves + 1, peaks.Add(peak));
    }

    /// <summary>Returns the tree that has peaks of given works and hashes.</summary>
    /// <param name="leaves">How many blocks it covers.</param>
    /// <param name="peaks">As many as bits are set in the number of leaves, the largest first.</param>
    public static HistoryTree Of(ulong leaves, ReadOnlySpan<(Work Work, Hash256 Hash)> peaks)
    {
        if (peaks.Length != BitOperations.PopCount(leaves))
            throw new ArgumentException($"A tree of {leaves} leaves does not have {peaks.Length} peaks.", nameof(peaks));
        ImmutableArray<Peak>.Builder all = ImmutableArray.CreateBuilder<Peak>(peaks.Length);
        ulong rest = leaves;
        foreach ((Work work, Hash256 hash) in peaks)
        {
            ulong size = 1UL << BitOperations.Log2(rest);
            all.Add(new Peak(size, work, hash));
            rest -= size;
        }

        return new HistoryTree(leaves, all.MoveToImmutable());
    }

    /// <inheritdoc/>
    public bool Equals(HistoryTree? other) =>
        other is not null && Leaves == other.Leaves && _peaks.AsSpan().SequenceEqual(other._peaks.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as HistoryTree);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Leaves, _peaks.IsEmpty ? default : _peaks[^1].Hash);

    private static Peak Join(in Peak left, in Peak right)
    {
        Span<byte> bytes = stackalloc byte[1 + sizeof(ulong) + (4 * Hash256.Size)];
        ulong leaves = left.Leaves + right.Leaves;
        bytes[0] = 0x01;
        BinaryPrimitives.WriteUInt64BigEndian(bytes[1..], leaves);
        Span<byte> rest = bytes[(1 + sizeof(ulong))..];
        left.Work.ToBytes().CopyTo(rest);
        left.Hash.CopyTo(rest[Hash256.Size..]);
        right.Work.ToBytes().CopyTo(rest[(2 * Hash256.Size)..]);
        right.Hash.CopyTo(rest[(3 * Hash256.Size)..]);
        Work work = Work.TryAdd(left.Work, right.Work, out Work sum) ? sum : Work.Max;
        return new Peak(leaves, work, Sha3_256.Hash(bytes));
    }

    /// <summary>A tree over a power of two of blocks.</summary>
    internal readonly record struct Peak(ulong Leaves, Work Work, Hash256 Hash);
}
