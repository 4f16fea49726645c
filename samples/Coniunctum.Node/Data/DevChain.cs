using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Mining;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Dev;

namespace Coniunctum.Node.Data;

/// <summary>A development chain that is kept in a store.</summary>
internal static class DevChain
{
    /// <summary>Begins a chain in an empty store: from then on the store says which one it is, also to programs that do not know this one.</summary>
    public static ChainProfile Begin(IChainStore store, DevSettings settings, IEnumerable<DevAccount> accounts, ForeignState? from)
    {
        ChainProfile profile = DevProfile.Create(settings, accounts, from);
        store.Commit(new StoreBatch { Records = [settings.Record, StoredProfile.RecordOf(profile)] });
        return profile;
    }

    /// <summary>The chain in a store, as its owner goes on with it: blocks of one's own chain can be taken back.</summary>
    /// <exception cref="BadInputException">The store holds no chain that can be mined here.</exception>
    public static ChainProfile GoOn(IChainReader store)
    {
        ChainProfile profile = ChainOfFile.ProfileOf(store);
        if (profile.Consensus is not ProofOfWork { Puzzle: Mining.Puzzles.DoubleSha3 })
            throw new BadInputException($"The file's chain follows the rule {profile.Consensus.RuleName} in a way that a development chain does not.");
        return profile with { Genesis = profile.Genesis with { IsDrawn = true } };
    }

    /// <summary>The rules of a chain that was begun before files kept their profile: they follow from the settings.</summary>
    /// <exception cref="BadInputException">The store holds no development chain.</exception>
    public static ChainProfile ProfileOf(IChainReader store)
    {
        DevSettings settings = DevSettings.Read(store) ?? throw new BadInputException("The file holds no chain yet.");
        DevAccount[] accounts = DevAccount.Derive(settings.Seed, settings.Base.Signatures);
        try
        {
            return DevProfile.Undrawn(settings, accounts);
        }
        finally
        {
            foreach (DevAccount account in accounts) account.Dispose();
        }
    }
}
