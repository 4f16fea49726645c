using Coniunctum.Authority;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Mining;
using Coniunctum.Tests.Support;

namespace Coniunctum.Tests;

/// <summary>A ledger whose owner hands it over to another rule.</summary>
public sealed class UpgradeTests
{
    private const ulong Height = 5;

    private static ChainProfile Cheap { get; } = Profiles.Development with
    {
        Consensus = new ProofOfWork(ProofOfWork.TargetFor(1).Value),
        Genesis = new GenesisSpec { Timestamp = new Timestamp(1_700_000_000_000) },
    };

    [Test]
    public async Task Ledger_ThatBeganWithProofOfWork_GoesOnUnderAnAuthority()
    {
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        Address owner = Cheap.Signatures.AddressOf(key.PublicKey);
        var friend = new Address(Sha3_256.Hash("friend"u8));
        var store = new MemoryChainStore();

        BlockId chain;
        await using (LedgerHost before = await LedgerBuilder.For(Cheap).UseStore(new TestStore(store))
            .UseProofOfWork(owner, options: new MiningOptions { LastHeight = Height - 2, EmptyBlockInterval = TimeSpan.Zero }).StartAsync().Soon())
        {
            await Waiting.UntilAsync(() => before.Tip.Header.Height == Height - 2);
            chain = before.ChainId;
        }

        LedgerBuilder builder = LedgerBuilder.For(Cheap).UseStore(new TestStore(store)).UseProofOfWork(owner, options: new MiningOptions { EmptyBlockInterval = TimeSpan.Zero })
            .UseUpgrade(Height, ruleset: 1, new SingleAuthority(owner), profile => new AuthorityProducer(key, profile.Signatures));
        await using LedgerHost ledger = await builder.StartAsync().Soon();
        await Waiting.UntilAsync(() => ledger.Tip.Header.Height >= Height);
        Transaction transfer = Transfer.Sign(key, friend, 5, ledger.Context);
        Confirmation confirmation = await ledger.SubmitAndConfirmAsync(transfer).Soon();

        Assert.That(ledger.ChainId, Is.EqualTo(chain), "it is the same chain");
        Assert.That(confirmation.Height, Is.EqualTo(Height + 1));
        Assert.That(confirmation.IsFinal);
        Assert.That(ledger.Chain.BlockAt(Height - 1)!.Header.Ruleset, Is.Zero);
        Assert.That(ledger.Chain.BlockAt(Height)!.Header.Ruleset, Is.EqualTo(1));
        Assert.That(ledger.Tip.Block.Seal.Length, Is.EqualTo(65));
        Assert.That(((ulong[])[1, Height, Height + 1]).Select(ledger.Profile.Consensus.RuleNameAt), Is.EqualTo(new[] { "proof-of-work", "proof-of-work", "authority" }));

        // A ledger whose owner forgot the upgrade goes on below, and says so with everything that it confirms.
        await using LedgerHost behind = await LedgerBuilder.For(Cheap).UseProofOfWork(friend, options: new MiningOptions { WaitsForTransactions = true }).StartAsync().Soon();
        for (ulong height = 1; height <= Height; height++)
        {
            Verdict verdict = await behind.SubmitBlockAsync(ledger.Chain.BlockAt(height)!).Soon();
            Assert.That(verdict.Kind, Is.EqualTo(height < Height ? VerdictKind.Valid : VerdictKind.Refused));
            if (height < Height) await behind.WaitUntilSettledAsync().Soon();
        }

        await Waiting.UntilAsync(() => behind.Chain.UnknownRuleset is not null);
        Assert.That(behind.Halted, Is.Null);
        Assert.That(behind.ReadView().Status.UnknownRuleset, Is.EqualTo(behind.Chain.UnknownRuleset));
        Assert.That(behind.Chain.UnknownRuleset!.Text, Does.Contain("an upgrade may be missing: from height 5 on"));
        Confirmation unsure = await behind.SubmitAndConfirmAsync(Transfer.Sign(key, friend, 7, behind.Context)).Soon();
        Assert.That((unsure.Height, unsure.UnknownRuleset), Is.EqualTo((Height, behind.Chain.UnknownRuleset)));
    }

    [Test]
    public void UseUpgrade_BelowAnEarlierOne_Throws()
    {
        var rule = new SingleAuthority(new Address(Sha3_256.Hash("authority"u8)));
        LedgerBuilder builder = LedgerBuilder.For(Cheap).UseUpgrade(Height, 1, rule);
        Assert.That(() => builder.UseUpgrade(Height, 2, rule), Throws.ArgumentException);
    }
}
