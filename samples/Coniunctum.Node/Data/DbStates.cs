using System.Globalization;
using System.Text.Json.Nodes;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger.Files;
using Coniunctum.Ledger.Storage;
using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Data;

/// <summary>Moves the state at a height between a ledger's file and files of states.</summary>
internal static class DbStates
{
    public static async Task<int> ExportAsync(string data, string path, ulong? height, OutcomeReporter reporter, CancellationToken cancellation)
    {
        using IChainStore store = LedgerFiles.OpenToRead(data);
        LedgerBuilder builder = LedgerBuilder.For(ChainOfFile.ProfileOf(store)).UseStore(store);
        if (store.Tip is null) throw new BadInputException($"The ledger {Quoted.Of(data)} holds no block yet.");
        await using FileStream file = PathInput.OpenFile(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        StoredTip tip;
        try
        {
            tip = await builder.ExportStateAsync(file, height, ChainNote.Of(store), reporter.Progress, cancellation);
            file.Flush(flushToDisk: true);
            DurableFile.FlushName(path);
        }
        catch (InvalidDataException exception)
        {
            throw new BadInputException($"{Quoted.Of(path)} cannot be written: {exception.Message}");
        }

        return reporter.Conclude(
            $"The state at height {tip.Height}, after {tip.Id}, is in {Quoted.Of(path)} ({file.Length} bytes). It holds the ledger's tag key: give it to whom you would give the ledger.",
            new JsonObject { ["height"] = tip.Height, ["tip"] = tip.Id.ToString(), ["bytes"] = file.Length });
    }

    public static async Task<int> ImportAsync(string data, FileStream file, string path, bool trust, OutcomeReporter reporter, CancellationToken cancellation)
    {
        bool isNew = !File.Exists(data);
        StateImportReport outcome;
        try
        {
            StateFileReader reader = await StateFileReader.OpenAsync(file, cancellation: cancellation);
            using IChainStore store = LedgerFiles.OpenOrCreate(data, reporter.Progress, cancellation);
            if (!ChainOfFile.IsBegun(store)) ChainNote.Begin(store, reader.Head.Note.Span);
            LedgerBuilder builder = LedgerBuilder.For(ChainOfFile.ProfileOf(store)).UseStore(store);
            outcome = await builder.ImportStateAsync(reader, new StateImportOptions { Trust = trust }, reporter.Progress, cancellation);
        }
        catch (LedgerOpenException) when (isNew)
        {
            File.Delete(data);
            throw;
        }
        catch (Exception exception) when (exception is StateImportException or InvalidDataException or BadInputException)
        {
            if (isNew) File.Delete(data);
            string hint = exception is StateImportException { Fault: StateImportFault.NeedsTrust } ? " Option --trust does." : "";
            throw new BadInputException($"{Quoted.Of(path)}: {exception.Message}{hint}");
        }

        return reporter.Conclude(
            Invariant($"The state at height {outcome.Tip.Height}, after {outcome.Tip.Id}, was taken in: {outcome.AccountCount} accounts with {outcome.Supply} base units, a chain of weight {outcome.ChainWeight}. ")
                + "Compare that block with what others say.",
            new JsonObject
            {
                ["height"] = outcome.Tip.Height,
                ["tip"] = outcome.Tip.Id.ToString(),
                ["weight"] = outcome.ChainWeight.ToString(),
                ["accounts"] = outcome.AccountCount,
                ["supply"] = outcome.Supply.ToString(CultureInfo.InvariantCulture),
            });
    }
}
