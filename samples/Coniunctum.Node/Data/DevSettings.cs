using System.Text.Json;
using System.Text.Json.Serialization;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Mining;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Dev;

namespace Coniunctum.Node.Data;

/// <summary>What a development chain was started with, kept beside its blocks: going on with it needs the same again.</summary>
/// <param name="Profile">The name of the profile whose rules it has.</param>
/// <param name="Seed">What its accounts follow from.</param>
/// <param name="Grant">What each account owned at the start, in base units.</param>
/// <param name="BlockTime">The mean time between blocks.</param>
/// <param name="ExpectedHashes">Hashes that the first blocks take on average, and all where headers carry no time.</param>
internal sealed record DevSettings(string Profile, ulong Seed, ulong Grant, TimeSpan BlockTime, ulong ExpectedHashes)
{
    /// <summary>The key of the record.</summary>
    public const string RecordName = "dev";

    [JsonIgnore]
    public ChainProfile Base => DevProfile.Bases.FirstOrDefault(known => known.Name.Equals(Profile, StringComparison.Ordinal))
        ?? throw new BadInputException($"The file's chain has the profile {Profile}, which this version does not know.");

    [JsonIgnore]
    public Hash256 Target => ProofOfWork.TargetFor(ExpectedHashes);

    /// <summary>They may come from a file that someone else wrote.</summary>
    private bool IsPossible =>
        Profile is not null
        && Grant >= DevProfile.LeastGrant && Grant <= DevProfile.MostGrant(Base)
        && BlockTime >= Inputs.ShortestBlockTime && BlockTime <= Inputs.LongestBlockTime
        && ulong.IsPow2(ExpectedHashes);

    /// <summary>Returns what the store's chain was started with, or <c>null</c> in an empty store.</summary>
    /// <exception cref="BadInputException">The store holds a chain that is no development chain.</exception>
    public static DevSettings? Read(IChainReader store)
    {
        if (store.ReadRecord(RecordName) is not { } json)
        {
            return store.Tip is null && store.ReadRecord(StoredProfile.RecordName) is null
                ? null
                : throw new BadInputException("The file holds a ledger, but no development chain.");
        }

        try
        {
            return JsonSerializer.Deserialize(json.Span, RecordsJson.Default.DevSettings) is { } settings && settings.IsPossible
                ? settings
                : throw new BadInputException("The file's settings lack a profile or a target, or are none that a chain can have.");
        }
        catch (JsonException exception)
        {
            throw new BadInputException($"The file's settings cannot be read: {exception.Message}");
        }
    }

    /// <summary>What is kept of them.</summary>
    [JsonIgnore]
    public StoreBatch.Record Record => new(RecordName, JsonSerializer.SerializeToUtf8Bytes(this, RecordsJson.Default.DevSettings));

    /// <summary>Refuses to go on with another chain than the one that was asked for.</summary>
    /// <exception cref="BadInputException">A requested setting differs from what the chain has.</exception>
    public void ThrowUnlessAsked(RequestedSettings requested)
    {
        Compare("--profile", requested.Base?.Name, Profile);
        Compare("--seed", requested.Seed, Seed);
        Compare("--grant", requested.Grant, Grant);
        Compare("--block-time", requested.BlockTime, BlockTime);

        static void Compare<T>(string option, T? wished, object has)
        {
            if (wished is null || wished.Equals(has)) return;
            throw new BadInputException(
                $"{option}: the chain in the file has {has}, not {wished}. Name another file with --data, or leave nothing behind with --ephemeral.");
        }
    }
}
