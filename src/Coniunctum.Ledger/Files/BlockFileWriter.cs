using System.Collections.Immutable;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Ledger.Files;

/// <summary>Writes the blocks of a stored chain into a file; a file that was left unfinished is continued.</summary>
public static class BlockFileWriter
{
    private const int BlocksAReport = 256;

    /// <summary>
    /// Writes the best chain's blocks from height 1 to the tip. What the file holds of this chain already is kept; from the
    /// first block that is not part of it any more, and behind the first damage, it is written anew.
    /// </summary>
    /// <param name="chain">The stored chain; it must not change meanwhile.</param>
    /// <param name="file">A file that can be read, written and sought; empty, or a file of blocks of this chain. Not disposed.</param>
    /// <param name="limits">The chain's limits.</param>
    /// <param name="note">What readers should find, such as the chain's parameters; a file that is continued keeps its own.</param>
    /// <param name="progress">Receives now and then how far the file reaches.</param>
    /// <param name="cancellation">Stops between two blocks; calling again continues.</param>
    /// <returns>The height up to which the file holds the chain.</returns>
    /// <exception cref="InvalidDataException">The store is empty or lacks a body, or the file is no file of this chain's blocks.</exception>
    public static async Task<ulong> WriteAsync(
        IChainReader chain,
        Stream file,
        LedgerLimits limits,
        ReadOnlyMemory<byte> note = default,
        IProgress<FileProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(file);
        if (note.Length > BlockFile.MaxNoteBytes) throw new ArgumentException($"A note has at most {BlockFile.MaxNoteBytes} bytes, not {note.Length}.", nameof(note));
        BlockId genesis = chain.IdAt(0) ?? throw new InvalidDataException("The store is empty: there is no chain to export.");
        ulong tip = chain.Tip!.Value.Height;
        ulong height = await SkipAsync(chain, genesis, file, limits, note, cancellation).ConfigureAwait(false);
        while (height < tip)
        {
            ImmutableArray<StoredHead> heads = chain.ReadHeads(height + 1, (int)Math.Min(BlocksAReport, tip - height));
            if (heads.IsEmpty) throw new InvalidDataException($"The chain became shorter than height {height + 1} while it was read.");
            foreach (StoredHead head in heads)
            {
                cancellation.ThrowIfCancellationRequested();
                ReadOnlyMemory<byte> encoded = chain.ReadBlock(head.Id)
                    ?? throw new InvalidDataException($"The store has no body of the block at height {head.Height}; it was pruned.");
                await file.WriteAsync(BlockFile.Record(head.Id, encoded.Span), cancellation).ConfigureAwait(false);
                if (++height % BlocksAReport == 0 || height == tip) progress?.Report(new FileProgress(height, tip));
            }
        }

        await file.WriteAsync(BlockFile.End(height), CancellationToken.None).ConfigureAwait(false);
        await file.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        return height;
    }

    /// <summary>Stands the file behind what it holds of the chain already; returns the height that this reaches.</summary>
    private static async Task<ulong> SkipAsync(
        IChainReader chain, BlockId genesis, Stream file, LedgerLimits limits, ReadOnlyMemory<byte> note, CancellationToken cancellation)
    {
        if (file.Length == 0)
        {
            await file.WriteAsync(BlockFile.Head(genesis, note.Span), cancellation).ConfigureAwait(false);
            return 0;
        }

        file.Position = 0;
        BlockFileReader reader = await BlockFileReader.OpenAsync(file, limits, cancellation).ConfigureAwait(false);
        if (reader.Chain != genesis) throw new InvalidDataException($"The file belongs to chain {reader.Chain}, not to {genesis}.");
        ulong height = 0;
        long end = reader.Position;
        try
        {
            while (await reader.ReadAsync(cancellation).ConfigureAwait(false) is { } record && chain.IdAt(height + 1) == record.Id)
            {
                height++;
                end = reader.Position;
            }
        }
        catch (InvalidDataException)
        {
            // Cut off or damaged: what came before stands, and the rest is written anew.
        }

        file.Position = end;
        file.SetLength(end);
        return height;
    }
}
