using System.Collections.Immutable;
using Coniunctum.Authority;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Mining;
using Coniunctum.Tests.Support;

namespace Coniunctum.Tests;

/// <summary>A store that is opened with another profile says in what the two differ.</summary>
[TestFixture]
internal sealed class StoredParametersTests
{
    private static readonly ChainProfile s_standard = Profiles.Standard with { Consensus = new ProofOfWork(ProofOfWork.TargetFor(2)) };

    private static IEnumerable<TestCaseData> Others
    {
        get
        {
            yield return new TestCaseData(s_standard with { Subsidy = new SubsidySchedule.Constant(7) }, "subsidy").SetName("{m}(subsidy)");
            yield return new TestCaseData(s_standard with { RewardMaturity = 5 }, "reward.maturity").SetName("{m}(maturity)");
            yield return new TestCaseData(s_standard with { AddressPrefix = "other" }, "address.prefix").SetName("{m}(prefix)");
            yield return new TestCaseData(s_standard with { BlockInterval = TimeSpan.FromSeconds(20) }, "block.interval").SetName("{m}(interval)");
            yield return new TestCaseData(s_standard with { Consensus = new SingleAuthority(new Address(Sha3_256.Hash([1]))) }, "consensus").SetName("{m}(rule)");
            yield return new TestCaseData(s_standard with { Genesis = s_standard.Genesis with { Salt = Sha3_256.Hash([2]) } }, "salt").SetName("{m}(salt)");
            yield return new TestCaseData(s_standard with { Genesis = s_standard.Genesis with { Timestamp = new Timestamp(1) } }, "genesis.timestamp").SetName("{m}(timestamp)");
            yield return new TestCaseData(
                s_standard with { Genesis = s_standard.Genesis with { Allocations = [new(new Address(Sha3_256.Hash([3])), 9)] } }, "genesis.allocation").SetName("{m}(allocation)");
        }
    }

    [TestCaseSource(nameof(Others))]
    public async Task Start_WithAnotherProfile_NamesWhatDiffers(ChainProfile other, string name)
    {
        var memory = new MemoryChainStore();
        await (await LedgerBuilder.For(s_standard).UseStore(memory).StartAsync().Soon()).DisposeAsync();
        OtherChainException refusal = await RefusalAsync(other, new TestStore(memory));
        Assert.That(refusal.Differences.Select(difference => difference.Name.Split('.')[0]), Does.Contain(name.Split('.')[0]));
        Assert.That(refusal.Differences.Where(difference => difference.Name.StartsWith(name, StringComparison.Ordinal)), Is.Not.Empty);
        Assert.That(refusal.Message, Does.Contain(refusal.Differences[0].ToString()).And.Contain($"{refusal.Stored}").And.Contain($"{refusal.Expected}"));
    }

    [Test]
    public async Task Start_WithAKeyMadeAnew_NamesTheAuthority()
    {
        // The first steps, twice: the key was not kept.
        using var first = PrivateKey.Generate(SystemEntropy.Instance);
        using var second = PrivateKey.Generate(SystemEntropy.Instance);
        var memory = new MemoryChainStore();
        await (await LedgerBuilder.For(Profiles.Development).UseStore(memory).UseAuthority(first).StartAsync().Soon()).DisposeAsync();
        OtherChainException refusal = await RefusalAsync(LedgerBuilder.For(Profiles.Development).UseStore(new TestStore(memory)).UseAuthority(second));
        Address stored = Profiles.Development.Signatures.AddressOf(first.PublicKey), expected = Profiles.Development.Signatures.AddressOf(second.PublicKey);
        Assert.That(refusal.Differences[0], Is.EqualTo(new ParameterDifference("authority", stored.Value, expected.Value)));
        Assert.That(refusal.Differences.Select(difference => difference.Name), Is.EqualTo(new[] { "authority", "genesis.allocation" }));
        Assert.That(refusal.Message, Does.Contain($"authority is {stored.Value} in the store and {expected.Value} in the profile"));
    }

    [Test]
    public async Task Start_WhereTheStoreDoesNotSay_FallsBackToTheIdentities([Values] bool isDamaged)
    {
        var memory = new MemoryChainStore();
        await (await LedgerBuilder.For(s_standard).UseStore(memory).StartAsync().Soon()).DisposeAsync();
        ReadOnlyMemory<byte>? damaged = isDamaged ? new byte[] { 0xDF } : null;
        var store = new TestStore(memory) { OnReadRecord = (key, record) => key == "parameters" ? damaged : record };
        OtherChainException refusal = await RefusalAsync(s_standard with { RewardMaturity = 5 }, store);
        Assert.That(refusal.Differences, Is.EqualTo(ImmutableArray<ParameterDifference>.Empty));
        Assert.That(refusal.Message, Is.EqualTo($"The store belongs to chain {refusal.Stored}, the profile to chain {refusal.Expected}."));
        Assert.That(store.IsDisposed, Is.True);
    }

    private static Task<OtherChainException> RefusalAsync(ChainProfile profile, IChainStore store) => RefusalAsync(LedgerBuilder.For(profile).UseStore(store));

    private static async Task<OtherChainException> RefusalAsync(LedgerBuilder builder)
    {
        try
        {
            await using LedgerHost ledger = await builder.StartAsync().Soon();
        }
        catch (OtherChainException refusal)
        {
            return refusal;
        }

        throw new AssertionException("The store was opened.");
    }
}
