using System.Text;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Tests.Support;

namespace Coniunctum.Tests;

/// <summary>Profiles that are kept beside the blocks, and chains that a profile with a salt begins.</summary>
public sealed class StoredProfileTests
{
    private static ChainProfile Private { get; } = Profiles.Standard with
    {
        Name = "club",
        Genesis = new GenesisSpec { Timestamp = new Timestamp(1_790_000_000_000), Salt = Sha3_256.Hash([9]), IsDrawn = true, Allocations = [new(new Address(Sha3_256.Hash([1])), 7)] },
    };

    [Test]
    public async Task Read_OfAStoreThatKeepsOne_OpensItsChain()
    {
        using var store = new MemoryChainStore();
        store.Commit(new StoreBatch { Records = [StoredProfile.RecordOf(Private)] });
        BlockId chain;
        await using (LedgerHost first = await LedgerBuilder.For(Private).UseStore(store).StartAsync().Soon()) chain = first.ChainId;

        ProfileOutcome outcome = StoredProfile.Read(store);

        Assert.That(outcome.IsValid, outcome.Message);
        Assert.That((outcome.ChainId, outcome.Profile!.Name), Is.EqualTo((chain, "club")));
        await using LedgerHost again = await LedgerBuilder.For(outcome.Profile).UseStore(store).StartAsync().Soon();
        Assert.That(again.ChainId, Is.EqualTo(chain));
    }

    [Test]
    public void Read_OfAStoreWithoutOne_SaysSo()
    {
        using var store = new MemoryChainStore();
        ProfileOutcome outcome = StoredProfile.Read(store);
        Assert.That((outcome.IsValid, outcome.Fault, outcome.Profile), Is.EqualTo((false, ProfileFault.Missing, (ChainProfile?)null)));
    }

    [Test]
    public void Read_OfBytesThatAreNoProfile_IsRefused([Values("", "coniunctum-profile 1 AAAA", "\u00e9")] string text)
    {
        using var store = new MemoryChainStore();
        store.Commit(new StoreBatch { Records = [new StoreBatch.Record(StoredProfile.RecordName, Encoding.UTF8.GetBytes(text))] });
        Assert.That(StoredProfile.Read(store).Fault, Is.EqualTo(ProfileFault.Malformed));
    }

    [Test]
    public void RecordOf_AGenesisThatIsYetToBeDrawn_Throws() =>
        Assert.That(() => StoredProfile.RecordOf(Profiles.Development), Throws.ArgumentException.With.Message.Contains("draws a genesis of its own"));

    [Test]
    public async Task Start_WithAProfileThatWasDrawn_BeginsThatChain_WhichIsStillOnesOwn()
    {
        await using LedgerHost first = await LedgerBuilder.For(Profiles.Development).StartAsync().Soon();
        await using LedgerHost second = await LedgerBuilder.For(first.Profile).StartAsync().Soon();
        Assert.That(second.ChainId, Is.EqualTo(first.ChainId));
        Assert.That(async () => await second.Development.RevertAsync(second.Development.TakeSnapshot()), Throws.Nothing);
    }

    /// <summary>Such a store was begun by a profile that knew its salt; without it the store's own record is enough.</summary>
    [Test]
    public async Task Start_WithoutTheSalt_GoesOnWithTheChainThatTheStoreHolds()
    {
        using var store = new MemoryChainStore();
        BlockId chain;
        await using (LedgerHost first = await LedgerBuilder.For(Private).UseStore(store).StartAsync().Soon()) chain = first.ChainId;
        ChainProfile undrawn = Private with { Genesis = Private.Genesis with { Salt = default } };
        await using LedgerHost again = await LedgerBuilder.For(undrawn).UseStore(store).StartAsync().Soon();
        Assert.That(again.ChainId, Is.EqualTo(chain));
    }

    [Test]
    public async Task Start_WithAnotherSaltThanTheStoreHolds_IsRefused()
    {
        using var store = new MemoryChainStore();
        await (await LedgerBuilder.For(Private).UseStore(store).StartAsync().Soon()).DisposeAsync();
        ChainProfile other = Private with { Genesis = Private.Genesis with { Salt = Sha3_256.Hash([10]) } };
        Assert.That(async () => await LedgerBuilder.For(other).UseStore(store).StartAsync(), Throws.InstanceOf<OtherChainException>().With.Message.Contains("salt"));
    }
}
