using Coniunctum.Ledger.Files;
using Coniunctum.Ledger.Storage;

namespace Coniunctum;

/// <summary>Writes the state of a ledger that runs into a file, while it runs.</summary>
public static class StateExport
{
    /// <summary>
    /// Writes the state after a durable block of the best chain, with the headers that lead to it. It is read from the store, and
    /// a second time into memory.
    /// </summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="file">A file that can be read, written and sought; empty, or a file of a state of this chain. Not disposed.</param>
    /// <param name="height">The height; <c>null</c> for that with which an unfinished file was begun, else for the tip's.</param>
    /// <param name="note">What readers should find; a file that is continued keeps its own.</param>
    /// <param name="progress">Receives now and then how far the headers reach.</param>
    /// <param name="cancellation">Stops between two records; calling again continues.</param>
    /// <returns>The block after which the file holds the state.</returns>
    /// <exception cref="InvalidDataException">
    /// What leads to the height was pruned, the chain was reorganized below it meanwhile, or the file is no file of this chain's state.
    /// </exception>
    public static Task<StoredTip> ExportStateAsync(
        this LedgerHost ledger,
        Stream file,
        ulong? height = null,
        ReadOnlyMemory<byte> note = default,
        IProgress<FileProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(ledger);
        return Task.Run(() => StateFileWriter.WriteAsync(ledger.Parts.Store, ledger.Profile, file, height, note, progress, cancellation), cancellation);
    }
}
