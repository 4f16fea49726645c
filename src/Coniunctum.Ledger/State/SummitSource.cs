using System.Collections.Immutable;
using System.Numerics;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Ledger.State;

/// <summary>Reads summits of the history tree over a stored chain: a row each, and for one block's own two heads.</summary>
/// <param name="summitsAt">Returns what is kept with the block at a height; <c>null</c> where that is missing.</param>
/// <param name="heads">Reads the heads from a height on.</param>
internal sealed class SummitSource(Func<ulong, ReadOnlyMemory<byte>?> summitsAt, Func<ulong, int, ImmutableArray<StoredHead>> heads)
{
    // Above a damaged head no rows are kept: to make up for all of them would read the whole chain.
    private const int MostMissing = 64;

    private int _missing;

    /// <summary>What a block adds to the weight of its chain.</summary>
    public static Work WeightOf(in Work before, in Work after) => Work.TrySubtract(after, before, out Work weight) ? weight : Work.Zero;

    /// <summary>Returns the summit over 2^level blocks.</summary>
    /// <param name="level">How often two were joined.</param>
    /// <param name="index">The first block's height, in units of 2^level.</param>
    /// <exception cref="InvalidDataException">The store lacks a block below.</exception>
    public HistoryTree.Summit SummitAt(int level, ulong index)
    {
        if (level == 0)
        {
            (BlockId id, Work weight) = LeafAt(index);
            return HistoryTree.LeafOf(id, weight);
        }

        // The last block below a summit completes it, as the summits below it at the right edge.
        ulong last = ((index + 1) << level) - 1;
        if (summitsAt(last) is { } kept && kept.Length == BitOperations.TrailingZeroCount(last + 1) * HistoryTree.Summit.Size)
            return HistoryTree.Summit.Read(kept.Span[((level - 1) * HistoryTree.Summit.Size)..]);

        // Where a row is missing, those below it say the same.
        if (++_missing > MostMissing) throw new InvalidDataException("The store lacks too much of its history tree, which is not kept above a damaged header.");
        return HistoryTree.Join(SummitAt(level - 1, 2 * index), SummitAt(level - 1, (2 * index) + 1), 1UL << level);
    }

    /// <summary>Returns a block's identity and weight.</summary>
    /// <exception cref="InvalidDataException">The store does not have it.</exception>
    public (BlockId Id, Work Weight) LeafAt(ulong height)
    {
        if (height == 0) return (HeadAt(0).Id, HeadAt(0).ChainWeight);
        return heads(height - 1, 2) is [var before, var head]
            ? (head.Id, WeightOf(before.ChainWeight, head.ChainWeight))
            : (HeadAt(height).Id, WeightOf(HeadAt(height - 1).ChainWeight, HeadAt(height).ChainWeight));
    }

    /// <summary>Returns a block's head.</summary>
    /// <exception cref="InvalidDataException">The store does not have it.</exception>
    public StoredHead HeadAt(ulong height) => heads(height, 1) is [var head] ? head : throw new InvalidDataException($"The store has no block at height {height}.");
}
