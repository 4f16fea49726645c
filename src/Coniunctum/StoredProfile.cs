using System.Text;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Storage;

namespace Coniunctum;

/// <summary>
/// A chain's profile kept beside its blocks, so that a program can open a store without knowing which chain it holds. The files of
/// <c>coniunctum node</c> and <c>coniunctum dev</c> have one.
/// </summary>
/// <example>
/// <code>
/// SqliteChainStore store = SqliteChainStore.Open("dev-standard.db");
/// ProfileOutcome outcome = StoredProfile.Read(store);
/// if (!outcome.IsValid) throw new InvalidDataException(outcome.Message);
/// await using LedgerHost ledger = await LedgerBuilder.For(outcome.Profile!).UseStore(store).StartAsync();
/// </code>
/// </example>
public static class StoredProfile
{
    /// <summary>The key of the record.</summary>
    public const string RecordName = "ledger/profile";

    /// <summary>Makes the record of a profile, for the commit with which a store's chain begins.</summary>
    /// <param name="profile">A profile whose genesis is known: of a public chain, or with the salt that was drawn.</param>
    /// <exception cref="ArgumentException">Others could not make the same chain out of it; the message says why.</exception>
    public static StoreBatch.Record RecordOf(ChainProfile profile) => new(RecordName, Encoding.ASCII.GetBytes(ProfileFile.Write(profile)));

    /// <summary>Reads the profile of a store's chain.</summary>
    /// <param name="store">The store. What it says may come from anywhere: it is compared with the chain id that it names.</param>
    /// <param name="applications">Applications that this program has, beside those that come with a rule.</param>
    /// <returns>The profile, or what was wrong; <see cref="ProfileFault.Missing"/> where the store keeps none.</returns>
    /// <exception cref="InvalidDataException">The record is damaged.</exception>
    /// <remarks>
    /// Such a profile does not say whose the chain is. Who knows it to be one's own sets <see cref="GenesisSpec.IsDrawn"/>, so that
    /// <see cref="LedgerDevelopment"/> takes blocks back.
    /// </remarks>
    public static ProfileOutcome Read(IChainReader store, params IEnumerable<ILedgerApplication> applications)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(applications);
        return store.ReadRecord(RecordName) is { } record
            ? ProfileFile.Read(Encoding.ASCII.GetString(record.Span), applications)
            : ProfileOutcome.Invalid(ProfileFault.Missing, "The store keeps no profile of its chain: the program that began it kept it elsewhere.");
    }
}
