using Coniunctum.Consensus;
using Coniunctum.Authority;
using Coniunctum.Bft;
using Coniunctum.Crypto;
using Coniunctum.Tests.Support;

namespace Coniunctum.Tests;

/// <summary>What the owner of a ledger is informed that does not go on because of others.</summary>
public sealed class ProductionStatusTests
{
    [Test]
    public async Task ReadStatus_OfTwoSignersOneOfWhichIsSilent_SaysWhoIsMissing()
    {
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        var silent = new Address(Sha3_256.Hash("silent"u8));
        var rule = new ProofOfAuthority([Profiles.Development.Signatures.AddressOf(key.PublicKey), silent], TimeSpan.FromMilliseconds(1));
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development)
            .Use(rule, profile => new ProofOfAuthorityProducer(rule, key, profile.Signatures, new AuthorityOptions { Wiggle = TimeSpan.FromMilliseconds(1) }))
            .StartAsync().Soon();
        await Waiting.UntilAsync(() => ledger.ReadView().Status.Production.State == ProductionState.WaitsForOthers);
        LedgerStatus status = ledger.ReadView().Status;
        Assert.That(status.Tip.Header.Height, Is.EqualTo(1));
        Assert.That(status.Production.Awaited, Is.EqualTo(new[] { silent }));
        Assert.That(status.Production.Reason, Does.StartWith(Invariant($"block 2 must be sealed by {silent}")));
    }

    [Test]
    public async Task ReadStatus_OfValidatorsOfWhomTooManyAreSilent_SaysWhoIsMissing()
    {
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        var silent = new Address(Sha3_256.Hash("silent"u8));
        var rule = new BftConsensus(ValidatorSet.Of(Profiles.Development.Signatures.AddressOf(key.PublicKey), silent));
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development)
            .Use(rule, profile => new BftProducer(rule, key, profile, SystemEntropy.Instance))
            .StartAsync().Soon();
        await Waiting.UntilAsync(() => ledger.ReadView().Status.Production.State == ProductionState.WaitsForOthers);
        Assert.That(ledger.ReadView().Status.Production.Awaited, Is.EqualTo(new[] { silent }));
    }
}
