using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Data;

/// <summary>What chain a ledger's file holds: one whose profile is kept beside the blocks, or a development chain of before profiles were kept.</summary>
internal static class ChainOfFile
{
    /// <summary>Takes note of the profile in a file that holds none yet.</summary>
    /// <exception cref="BadInputException">The file holds something else.</exception>
    public static void Begin(IChainStore store, ChainProfile profile)
    {
        if (store.ReadRecord(StoredProfile.RecordName) is not null) return;
        if (store.Tip is not null) throw new BadInputException("The file holds a ledger, but none of a network.");
        store.Commit(new StoreBatch { Records = [StoredProfile.RecordOf(profile)] });
    }

    /// <summary>The rules of the chain in a store.</summary>
    /// <exception cref="BadInputException">The store holds no chain that this program knows.</exception>
    public static ChainProfile ProfileOf(IChainReader store)
    {
        ProfileOutcome outcome = StoredProfile.Read(store);
        if (outcome.Fault == ProfileFault.Missing) return DevChain.ProfileOf(store);
        return outcome.Profile ?? throw new BadInputException($"The file's profile: {outcome.Message}");
    }

    /// <summary>Whether a store says which chain it holds or is to hold.</summary>
    public static bool IsBegun(IChainReader store) => store.ReadRecord(StoredProfile.RecordName) is not null || DevSettings.Read(store) is not null;
}
