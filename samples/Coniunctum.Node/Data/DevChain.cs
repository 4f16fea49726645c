using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Dev;

namespace Coniunctum.Node.Data;

/// <summary>A development chain that is kept in a store.</summary>
internal static class DevChain
{
    /// <summary>The rules of the chain in a store.</summary>
    /// <exception cref="BadInputException">The store holds no development chain.</exception>
    public static ChainProfile ProfileOf(IChainReader store)
    {
        DevSettings settings = DevSettings.Read(store) ?? throw new BadInputException("The file holds no chain yet.");
        DevAccount[] accounts = DevAccount.Derive(settings.Seed, settings.Base.Signatures);
        try
        {
            return DevProfile.Create(settings, accounts);
        }
        finally
        {
            foreach (DevAccount account in accounts) account.Dispose();
        }
    }
}
