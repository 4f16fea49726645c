using System.Text;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Data;

/// <summary>What chain a ledger's file holds: a network's, whose profile is kept beside the blocks, or a development chain.</summary>
internal static class ChainOfFile
{
    /// <summary>The record of a network's profile.</summary>
    public const string Record = "ledger/profile";

    /// <summary>Takes note of the profile in a file that holds none yet.</summary>
    /// <exception cref="BadInputException">The file holds something else.</exception>
    public static void Begin(IChainStore store, ChainProfile profile)
    {
        if (store.ReadRecord(Record) is not null) return;
        if (store.Tip is not null) throw new BadInputException("The file holds a ledger, but none of a network.");
        store.Commit(new StoreBatch { Records = [new StoreBatch.Record(Record, Encoding.ASCII.GetBytes(ProfileFile.Write(profile)))] });
    }

    /// <summary>The rules of the chain in a store.</summary>
    /// <exception cref="BadInputException">The store holds no chain that this program knows.</exception>
    public static ChainProfile ProfileOf(IChainReader store)
    {
        if (store.ReadRecord(Record) is not { } record) return DevChain.ProfileOf(store);
        ProfileOutcome outcome = ProfileFile.Read(Encoding.ASCII.GetString(record.Span));
        return outcome.Profile ?? throw new BadInputException($"The file's profile: {outcome.Message}");
    }

    /// <summary>Whether a store says which chain it holds or is to hold.</summary>
    public static bool IsBegun(IChainReader store) => store.ReadRecord(Record) is not null || DevSettings.Read(store) is not null;
}
