using System.Text.Json.Nodes;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Files;
using Coniunctum.Ledger.Storage;
using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Data;

/// <summary>Moves blocks between a ledger's file and files of blocks.</summary>
internal static class DbFiles
{
    public static async Task<int> ExportAsync(string data, string path, OutcomeReporter reporter, CancellationToken cancellation)
    {
        using IChainStore store = LedgerFiles.OpenToRead(data);
        LedgerLimits limits = ChainOfFile.ProfileOf(store).Limits;
        if (store.Tip is not { } tip) throw new BadInputException($"The ledger {Quoted.Of(data)} holds no block yet.");
        await using FileStream file = PathInput.OpenFile(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        try
        {
            await BlockFileWriter.WriteAsync(store, file, limits, ChainNote.Of(store), reporter.Progress, cancellation);
            file.Flush(flushToDisk: true);
            DurableFile.FlushName(path);
        }
        catch (InvalidDataException exception)
        {
            throw new BadInputException($"{Quoted.Of(path)} cannot be written: {exception.Message}");
        }

        return reporter.Conclude(
            $"{tip.Height} blocks, to {tip.Id}, are in {Quoted.Of(path)} ({file.Length} bytes).",
            new JsonObject { ["height"] = tip.Height, ["tip"] = tip.Id.ToString(), ["bytes"] = file.Length });
    }

    /// <summary>Takes in a file of blocks or of a state, whichever it is.</summary>
    public static async Task<int> ImportAsync(string data, string path, bool trust, OutcomeReporter reporter, CancellationToken cancellation)
    {
        await using FileStream file = PathInput.OpenFile(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        byte[] start = new byte[8];
        int length = await file.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellation);
        file.Position = 0;
        if (StateFileReader.IsStateFile(start.AsSpan(0, length))) return await DbStates.ImportAsync(data, file, path, trust, reporter, cancellation);
        BlockFileReader reader = await OpenAsync(file, path, cancellation);
        IChainStore store = LedgerFiles.OpenOrCreate(data, reporter.Progress, cancellation);
        ChainProfile profile;
        try
        {
            if (!ChainOfFile.IsBegun(store)) ChainNote.Begin(store, reader.Note.Span);
            profile = ChainOfFile.ProfileOf(store);
        }
        catch
        {
            store.Dispose();
            throw;
        }

        await using LedgerHost ledger = await LedgerBuilder.For(profile).UseStore(store).ReportTo(reporter.Progress).StartAsync(cancellation);
        ImportOutcome outcome;
        try
        {
            outcome = await ledger.ImportAsync(reader, reporter.Progress, cancellation);
        }
        catch (InvalidDataException exception)
        {
            throw new BadInputException($"{Quoted.Of(path)}: {exception.Message} The ledger is at height {ledger.Tip.Header.Height}.");
        }

        HashedBlock tip = ledger.Tip;
        string refused = outcome.Refused is { } refusal ? $" Block {refusal.Id} was refused: {refusal.Reason}." : "";
        return reporter.Conclude(
            Invariant($"{outcome.Added} blocks taken in, {outcome.Known} known before; height {tip.Header.Height}, tip {tip.Id}.{refused}"),
            new JsonObject
            {
                ["added"] = outcome.Added,
                ["known"] = outcome.Known,
                ["height"] = tip.Header.Height,
                ["tip"] = tip.Id.ToString(),
                ["refused"] = outcome.Refused?.Id.ToString(),
                ["reason"] = outcome.Refused?.Reason,
            },
            outcome.Refused is null);
    }

    private static async Task<BlockFileReader> OpenAsync(FileStream file, string path, CancellationToken cancellation)
    {
        try
        {
            return await BlockFileReader.OpenAsync(file, cancellation: cancellation);
        }
        catch (InvalidDataException exception)
        {
            throw new BadInputException($"{Quoted.Of(path)}: {exception.Message}");
        }
    }
}
