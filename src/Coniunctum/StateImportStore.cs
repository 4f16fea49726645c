using Coniunctum.Consensus;
using Coniunctum.Consensus.Headers;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;

namespace Coniunctum;

/// <summary>
/// What an import of a state writes. Headers and slices are written as they come; block, state and all that makes the store one
/// that can be opened follow in the last commit. Until then a record says that the import is unfinished. An import that is
/// begun again finds the headers that it has written.
/// </summary>
internal sealed class StateImportStore(IChainStore store, HashedBlock genesis)
{
    private const string RecordName = "import";
    private const int HeadsACommit = HeadsKept / 2;

    // Ancestors are read from the store when they have left the tree's memory.
    private const int HeadsKept = HeaderTree.MinKept;
    private const int SlicesACommit = 16;

    private readonly List<StoredBlock> _heads = [];
    private readonly List<StoreBatch> _slices = [];
    private StoredHead? _last;
    private ReadOnlyMemory<byte>? _slice;
    private bool _isMarked;
    private int _sliceCount;

    private static StoreBatch.Record Mark => new(RecordName, "unfinished"u8.ToArray());

    /// <summary>Returns whether a store holds the beginning of an import and nothing else.</summary>
    public static bool IsUnfinished(IChainReader store) => store.ReadRecord(RecordName) is { IsEmpty: false };

    /// <summary>Refuses to open what an import has left unfinished.</summary>
    /// <exception cref="LedgerOpenException">The store is such a store.</exception>
    public static void ThrowIfUnfinished(IChainReader store)
    {
        if (IsUnfinished(store)) throw new LedgerOpenException(LedgerOpenFault.UnfinishedImport, "The store holds a state that was not taken in wholly: import its file again, or delete the store.");
    }

    /// <summary>Reads a header that was written before.</summary>
    /// <exception cref="InvalidDataException">It is not there.</exception>
    public static HeaderView ReadHeader(IChainReader store, ChainProfile profile, ulong height)
    {
        if (store.ReadHeads(height, 1) is not [var head]) throw new InvalidDataException($"The store has no block at height {height}.");
        BlockHead read = HeadCodec.Read(head, profile.Format, profile.Limits);
        return new HeaderView(read.Header, head.Id, read.Seal);
    }

    /// <summary>Takes the next header. The last one is not written yet.</summary>
    public void Add(StoredHead head)
    {
        if (_last is { } last && (_heads.Count > 0 || !IsThere(last))) _heads.Add(HeadOnly(last));
        _last = head;
        if (_heads.Count >= HeadsACommit) WriteHeads();
    }

    /// <summary>Says that no header follows.</summary>
    public void EndHeads()
    {
        WriteHeads();
        if (!_isMarked) Commit([new StoreBatch { Records = [Mark] }]);
    }

    /// <summary>Takes the next slice of the state.</summary>
    public void Add(ReadOnlyMemory<byte> slice)
    {
        if (_slice is { } before) _slices.Add(new StoreBatch { Slice = SliceOf(before, isLast: false) });
        _slice = slice;
        if (_slices.Count < SlicesACommit) return;
        Commit([.. _slices]);
        _slices.Clear();
    }

    /// <summary>Makes the block the store's tip, and its state the newest checkpoint.</summary>
    public void Finish(ChainProfile profile, HashedBlock block, TagKey tagKey)
    {
        StoredHead head = _last ?? throw new InvalidOperationException("There is no header.");
        List<StoreBatch.Record> records = [new(RecordName, default), new(TagKey.RecordName, tagKey.ToArray()), StoredParameters.RecordOf(profile)];
        if (profile.Genesis.IsDrawn) records.Add(DrawnGenesis.RecordOf(profile));
        Commit([.. _slices, new StoreBatch
        {
            Connected = [new StoredBlock(head, block.Encoded, default)],
            Records = [.. records],
            Slice = SliceOf(_slice ?? throw new InvalidOperationException("There is no slice."), isLast: true),
            PruneBodiesBelow = head.Height,
            PruneUndoBelow = head.Height,
        }]);
    }

    private CheckpointSlice SliceOf(ReadOnlyMemory<byte> content, bool isLast) => new(_last!.Id, _last.Height, _sliceCount++, content, isLast);

    private StoredBlock HeadOnly(StoredHead head) => new(head, head.Height == 0 ? genesis.Encoded : default, default);

    /// <summary>Whether an earlier import has written the very same.</summary>
    private bool IsThere(StoredHead head) => store.ReadHeads(head.Height, 1) is [var found] && found.Id == head.Id
        && found.Header.Span.SequenceEqual(head.Header.Span) && found.RuleState.Span.SequenceEqual(head.RuleState.Span) && found.ChainWeight == head.ChainWeight;

    private void WriteHeads()
    {
        if (_heads.Count == 0) return;
        Commit([new StoreBatch { Connected = [.. _heads], Records = [Mark] }]);
        _heads.Clear();
    }

    private void Commit(ReadOnlySpan<StoreBatch> batches)
    {
        store.Commit(batches);
        _isMarked = true;
    }
}
