using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite.Files;
using Coniunctum.Storage.Sqlite.Index;
using Coniunctum.Storage.Sqlite.Sql;

namespace Coniunctum.Storage.Sqlite;

/// <summary>
/// An index in a file of its own beside the ledger's, which may be deleted at any time: it is then built again from the blocks.
/// A file that is damaged, or whose WAL is missing or another file's, is deleted when it is opened.
/// </summary>
/// <remarks>
/// About 200 bytes a transaction. Transactions are written by the thousand: what was taken in since the last
/// <see cref="Flush"/> is lost in a crash, and taken in again.
/// </remarks>
public sealed class SqliteChainIndex : IChainIndex
{
    private const int DefaultFlushAt = 8_192;

    private readonly Lock _gate = new();
    private readonly LedgerFile _file;
    private readonly BlockTable _blocks;
    private readonly SummaryTable _summaries;
    private readonly RunTable _runs;
    private readonly RunReader _reader;
    private readonly Compaction _compaction;
    private readonly PendingBlocks _pending = new();
    private readonly int _flushAt;
    private IndexedBlock? _lastWritten;
    private bool _isBroken;
    private bool _isDisposed;

    private SqliteChainIndex(LedgerFile file, BlockId chain, int flushAt)
    {
        _file = file;
        _flushAt = flushAt;
        IndexOwner.Require(file, chain);
        _blocks = new BlockTable(file.Database);
        _summaries = new SummaryTable(file.Database);
        _runs = new RunTable(file.Database);
        _reader = new RunReader(_runs);
        _compaction = new Compaction(_runs);
        _lastWritten = _blocks.Last();
        _pending.Restart(NextNumber());
    }

    /// <summary>Where the file is, in full.</summary>
    public string Path => _file.Path;

    /// <inheritdoc/>
    public StoredTip? Tip
    {
        get
        {
            lock (_gate) return Last is { } last ? new StoredTip(last.Id, last.Height) : null;
        }
    }

    private IndexedBlock? Last => _pending.Blocks is [.., var last] ? last : _lastWritten;

    /// <summary>
    /// Returns where the index of a ledger's file lies: <c>save.db</c> has <c>save.index.db</c>. Where the path is a symbolic link,
    /// it lies beside the file itself.
    /// </summary>
    /// <param name="ledgerPath">The ledger's file.</param>
    /// <exception cref="IOException">The path is a link, and its links go round in a circle.</exception>
    public static string PathFor(string ledgerPath) =>
        System.IO.Path.ChangeExtension(RealPath.IsLink(ledgerPath) ? RealPath.Of(ledgerPath) : ledgerPath, ".index.db");

    /// <summary>Opens an index, or makes one.</summary>
    /// <param name="path">Where it is. Its folder must be there.</param>
    /// <param name="chain">The identity of the chain's genesis block.</param>
    /// <exception cref="LedgerFileException">It cannot be had, or is another chain's; the message says why.</exception>
    public static SqliteChainIndex Open(string path, BlockId chain) => Open(path, chain, DefaultFlushAt);

    internal static SqliteChainIndex Open(string path, BlockId chain, int flushAt)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return OpenOnce(path, chain, flushAt);
        }
        catch (LedgerFileException failure) when (failure.Fault is LedgerFileFault.Damaged or LedgerFileFault.MissingPart or LedgerFileFault.ForeignPart)
        {
            LedgerFile.Delete(path);
            return OpenOnce(path, chain, flushAt);
        }
    }

    /// <inheritdoc/>
    public void Connect(HashedBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        lock (_gate)
        {
            ThrowUnlessUsable();
            if (Last is { } last && (block.Header.Height != last.Height + 1 || block.Header.Previous != last.Id))
                throw new ArgumentException($"Block {block.Id} at height {block.Header.Height} does not follow {last.Id} at {last.Height}.", nameof(block));
            _pending.Add(block);
            if (_pending.Count >= _flushAt) Write(FlushPending);
        }
    }

    /// <inheritdoc/>
    public void Disconnect()
    {
        lock (_gate)
        {
            ThrowUnlessUsable();
            if (_pending.Blocks.Count > 0)
            {
                _pending.RemoveLast();
                return;
            }

            IndexedBlock last = _lastWritten ?? throw new InvalidOperationException("The index holds no block.");
            Write(() =>
            {
                _blocks.Delete(last);
                _lastWritten = _blocks.Last();
            });
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        lock (_gate)
        {
            ThrowUnlessUsable();
            if (_pending.Blocks.Count > 0) Write(FlushPending);
        }
    }

    /// <inheritdoc/>
    public IndexedTransaction? Find(TransactionId id) => Read(() =>
    {
        if (_pending.Find(id.Value) is { } pending) return Describe(pending);
        return _reader.Falling(IndexEntry.Of(id.Value, IndexEntry.LocationOf(0, isAddress: false)), _pending.First)
            .Select(Describe)
            .FirstOrDefault(found => found?.Id == id);
    });

    /// <inheritdoc/>
    public HistoryPage ReadHistory(Address address, int limit, bool newestFirst = true, HistoryCursor? after = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, IChainIndex.MaxPage);
        return Read(() =>
        {
            ImmutableArray<IndexedTransaction> found =
            [
                .. NumbersOf(address, newestFirst, after).Select(Describe).OfType<IndexedTransaction>().Take(limit + 1),
            ];
            return found.Length > limit
                ? new HistoryPage(found[..limit], new HistoryCursor(found[limit - 1].Height, found[limit - 1].Position))
                : new HistoryPage(found, null);
        });
    }

    /// <summary>Writes what was taken in, and closes the file.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            try
            {
                if (!_isBroken && _pending.Blocks.Count > 0) Write(FlushPending);
            }
            catch (LedgerFileException)
            {
                // The blocks give it back.
            }

            _isDisposed = true;
            _file.Dispose();
        }
    }

    private static SqliteChainIndex OpenOnce(string path, BlockId chain, int flushAt)
    {
        var file = LedgerFile.Open(path, IndexSchema.Kind, new FileTuning());
        try
        {
            return new SqliteChainIndex(file, chain, flushAt);
        }
        catch (Exception exception)
        {
            file.Dispose();
            throw exception switch
            {
                SqlException failure => file.Explain(failure),
                InvalidDataException damage => new LedgerFileException(LedgerFileFault.Damaged, $"The index '{file.Path}' is damaged: {damage.Message}", damage),
                _ => exception,
            };
        }
    }

    /// <summary>Numbers are never used again, so that what leads to a block that was taken out leads nowhere.</summary>
    private long NextNumber()
    {
        long next = Math.Max(_runs.Below, _lastWritten?.Below ?? 0);
        return (next + SummaryTable.PerRow - 1) / SummaryTable.PerRow * SummaryTable.PerRow;
    }

    private void FlushPending()
    {
        _summaries.Write(_pending.First, _pending.Summaries);
        foreach (IndexedBlock block in _pending.Blocks) _blocks.Write(block);
        IndexEntry[] entries = _pending.MakeEntries();
        if (entries.Length > 0) _runs.Add(WriteRun(entries), []);
        _compaction.Work(entries.Length);
        _lastWritten = _pending.Blocks[^1];
        _pending.Restart(NextNumber());
    }

    private Run WriteRun(ReadOnlySpan<IndexEntry> entries)
    {
        long id = _runs.NewId();
        List<IndexEntry> keys = [];
        for (; !entries.IsEmpty; entries = entries[Math.Min(ChunkTable.PerChunk, entries.Length)..])
        {
            _runs.Chunks.Write(id, keys.Count, entries[..Math.Min(ChunkTable.PerChunk, entries.Length)]);
            keys.Add(entries[0]);
        }

        return new Run(id, 0, _pending.First, _pending.Blocks[^1].Below, keys);
    }

    private IEnumerable<long> NumbersOf(Address address, bool newestFirst, HistoryCursor? after)
    {
        if (address.IsRoot) return [];
        IndexEntry key = IndexEntry.Of(Sha3_256.Hash(address.Value.ToArray()), IndexEntry.LocationOf(0, isAddress: true));
        List<long> pending = _pending.FindAll(address.Value);
        if (newestFirst)
        {
            long below = after is { } end ? NumberFrom(end) : long.MaxValue >> 1;
            pending.Reverse();
            return pending.Where(number => number < below).Concat(_reader.Falling(key, Math.Min(below, _pending.First)));
        }

        long from = after is { } start ? NumberFrom(start with { Position = start.Position + 1 }) : 0;
        return _reader.Rising(key, from).Concat(pending.Where(number => number >= from));
    }

    /// <summary>Returns the number of the first transaction at or after a place.</summary>
    private long NumberFrom(HistoryCursor place)
    {
        IndexedBlock? block = _pending.Blocks.LastOrDefault(block => block.Height <= place.Height) ?? _blocks.AtOrBelow(place.Height);
        if (block is null) return 0;
        return block.Height < place.Height ? block.Below : block.First + Math.Clamp(place.Position, 0, block.Transactions);
    }

    /// <summary>Returns what a number leads to, or <c>null</c> when its block was taken out.</summary>
    private IndexedTransaction? Describe(long number)
    {
        bool isPending = number >= _pending.First;
        if ((isPending ? _pending.Holding(number) : _blocks.Holding(number)) is not { } block) return null;
        TransactionSummary summary = isPending ? _pending.Summary(number) : _summaries.Read(number);
        return new IndexedTransaction(
            new TransactionId(summary.Id),
            block.Id,
            block.Height,
            (int)(number - block.First),
            new Address(summary.Sender),
            new Address(summary.Receiver),
            summary.Amount,
            summary.Fee);
    }

    private void ThrowUnlessUsable()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_isBroken) throw new LedgerFileException(LedgerFileFault.Failed, $"The index '{Path}' could not be written before; it must be closed.");
    }

    private void Write(Action write)
    {
        try
        {
            _file.Write(write);
        }
        catch (Exception exception)
        {
            _isBroken = true;
            _file.MarkBroken();
            RollBack();
            throw exception switch
            {
                SqlException failure => _file.Explain(failure),
                InvalidDataException damage => Outdate(damage),
                _ => exception,
            };
        }
    }

    private T Read<T>(Func<T> read)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            try
            {
                return read();
            }
            catch (SqlException failure)
            {
                throw _file.Explain(failure);
            }
            catch (InvalidDataException damage)
            {
                throw Outdate(damage);
            }
        }
    }

    private void RollBack()
    {
        try
        {
            _file.Database.Rollback();
        }
        catch (SqlException)
        {
            // What failed first is what is reported.
        }
    }

    private LedgerFileException Outdate(InvalidDataException damage)
    {
        _isBroken = true;
        _file.Outdate();
        return new LedgerFileException(LedgerFileFault.Damaged, $"The index '{Path}' is damaged and will be made anew when it is opened next. {damage.Message}", damage);
    }
}
