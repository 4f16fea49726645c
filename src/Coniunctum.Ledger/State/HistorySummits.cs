using System.Collections.Immutable;
using System.Numerics;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Ledger.State;

/// <summary>
/// The history tree along a stored chain, with what a store keeps of it for each block: the summits that the block completes, 64
/// bytes each, over the last 2, 4, 8, … blocks up to it. A block at an even height completes none. What a block completes
/// depends on its ancestors only, so that it is written once and never changes. Immutable.
/// </summary>
public sealed class HistorySummits
{
    private readonly HistoryTree _tree;
    private readonly Work _chainWeight;

    private HistorySummits(HistoryTree tree, in Work chainWeight) => (_tree, _chainWeight) = (tree, chainWeight);

    /// <summary>The chain before its first block.</summary>
    public static HistorySummits None { get; } = new(HistoryTree.Empty, Work.Zero);

    /// <summary>How many blocks there are: the next one's height.</summary>
    public ulong Count => _tree.Leaves;

    /// <summary>The root over all of them, which the next block's header carries; zero where there is none.</summary>
    public Hash256 Root => _tree.Root;

    /// <summary>Goes on behind a number of stored blocks. Reads one row for each bit that is set in it, and two heads more.</summary>
    /// <param name="count">The number of blocks.</param>
    /// <param name="summitsAt">Returns what is kept with the block at a height; <c>null</c> where that is missing.</param>
    /// <param name="heads">Reads the heads from a height on.</param>
    public static HistorySummits After(ulong count, Func<ulong, ReadOnlyMemory<byte>?> summitsAt, Func<ulong, int, ImmutableArray<StoredHead>> heads)
    {
        ArgumentNullException.ThrowIfNull(summitsAt);
        ArgumentNullException.ThrowIfNull(heads);
        if (count == 0) return None;
        var source = new SummitSource(summitsAt, heads);
        var peaks = ImmutableArray.CreateBuilder<HistoryTree.Summit>();
        for (ulong start = 0; start < count;)
        {
            int level = BitOperations.Log2(count - start);
            peaks.Add(source.SummitAt(level, start >> level));
            start += 1UL << level;
        }

        return new HistorySummits(HistoryTree.Of(count, peaks.DrainToImmutable()), source.HeadAt(count - 1).ChainWeight);
    }

    /// <summary>Returns the chain with one more block, of which only the tree is wanted.</summary>
    /// <param name="block">The block's identity.</param>
    /// <param name="chainWeight">The weight of the chain up to it.</param>
    public HistorySummits With(BlockId block, in Work chainWeight) => new(_tree.With(block, SummitSource.WeightOf(_chainWeight, chainWeight)), chainWeight);

    /// <summary>Returns the chain with one more block.</summary>
    /// <param name="head">The block, at height <see cref="Count"/>.</param>
    /// <param name="completed">What is kept with it; empty where it completes no summit.</param>
    public HistorySummits With(StoredHead head, out ReadOnlyMemory<byte> completed)
    {
        ArgumentNullException.ThrowIfNull(head);
        if (head.Height != Count) throw new ArgumentException($"Height {head.Height} does not follow {Count} blocks.", nameof(head));
        List<HistoryTree.Summit> joined = [];
        HistoryTree tree = _tree.With(head.Id, SummitSource.WeightOf(_chainWeight, head.ChainWeight), joined);
        byte[] bytes = new byte[joined.Count * HistoryTree.Summit.Size];
        for (int i = 0; i < joined.Count; i++) joined[i].CopyTo(bytes.AsSpan(i * HistoryTree.Summit.Size));
        completed = bytes;
        return new HistorySummits(tree, head.ChainWeight);
    }
}
