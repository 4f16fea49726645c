using Coniunctum.Consensus;
using Coniunctum.Consensus.Internal;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.State;
using Coniunctum.Tests.Support;

namespace Coniunctum.Tests;

public sealed class RecentStatesTests
{
    private readonly Address _friend = new(Sha3_256.Hash([7]));
    private PrivateKey _key = null!;

    [SetUp]
    public void CreateKey() => _key = PrivateKey.Generate(SystemEntropy.Instance);

    [TearDown]
    public void DisposeKey() => _key.Dispose();

    [Test]
    public async Task StateAfter_TheLast64Tips_ProvesWhatWasSoThen()
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseAuthority(_key).StartAsync().Soon();
        for (int i = 0; i < 70; i++) await PayAsync(ledger);
        await ledger.WaitUntilSettledAsync().Soon();
        for (ulong height = 7; height <= 70; height++)
        {
            HeaderView header = ledger.Chain.HeaderAt(height)!.Value;
            StateReading state = ledger.Chain.StateAfter(header.Id) ?? throw new InvalidOperationException($"No state at height {height}.");
            Assert.That(state.BalanceOf(_friend), Is.EqualTo(height));
            ProofOutcome outcome = StateProof.VerifyBalance(state.ProveBalance(_friend), header.Header.StateRoot, _friend, out ulong proven);
            Assert.That((outcome, proven), Is.EqualTo((ProofOutcome.Present, height)));
        }

        Assert.That(ledger.Chain.StateAfter(ledger.Chain.IdAt(6)!.Value), Is.Null);
        Assert.That(ledger.Chain.StateAfter(ledger.Chain.IdAt(0)!.Value)?.BalanceOf(_friend), Is.EqualTo(0), "a multiple of 4,096");
        Assert.That(ledger.Chain.StateAfter(default), Is.Null);
    }

    [Test]
    public async Task StateAfter_ABlockThatLost_IsNotKept()
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseAuthority(_key).StartAsync().Soon();
        await PayAsync(ledger);
        LedgerSnapshot snapshot = ledger.Development.TakeSnapshot();
        await PayAsync(ledger);
        BlockId lost = ledger.Tip.Id;
        await ledger.WaitUntilSettledAsync().Soon();
        Assert.That(ledger.Chain.StateAfter(lost)?.BalanceOf(_friend), Is.EqualTo(2));
        await ledger.Development.RevertAsync(snapshot).Soon();
        Assert.That(ledger.Chain.StateAfter(lost), Is.Null);
        Assert.That(ledger.Chain.StateAfter(snapshot.Block)?.BalanceOf(_friend), Is.EqualTo(1));
    }

    [Test]
    public async Task StateAfter_AfterARevertAndAnother_KnowsNoBlockThatLost()
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseAuthority(_key).StartAsync().Soon();
        LedgerSnapshot first = ledger.Development.TakeSnapshot();
        await PayAsync(ledger);
        await ledger.WaitUntilSettledAsync().Soon();
        LedgerSnapshot second = ledger.Development.TakeSnapshot();
        await PayAsync(ledger);
        await ledger.WaitUntilSettledAsync().Soon();
        await ledger.Development.RevertAsync(second).Soon();
        Assert.That(ledger.Chain.StateAfter(second.Block), Is.Not.Null);
        await ledger.Development.RevertAsync(first).Soon();
        Assert.That(ledger.Chain.StateAfter(second.Block), Is.Null);
        Assert.That(ledger.Chain.StateAfter(first.Block), Is.Not.Null);
    }

    [Test]
    public async Task Keep_WhenOver4096TransactionsHaveComeSince_DropsAllButTheNewest()
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseAuthority(_key).StartAsync().Soon();
        HashedBlock genesis = ledger.Tip;
        await PayAsync(ledger);
        await ledger.WaitUntilSettledAsync().Soon();
        HashedBlock tip = ledger.Tip;
        OwnedReading first = Take(), second = Take(), third = Take();
        var states = new RecentStates(genesis, first);
        Transaction any = new() { Tag = default, Sender = Address.Root, Receiver = _friend, Amount = 1, Signature = new byte[65] };
        var full = HashedBlock.Create(new Block { Header = tip.Header, Transactions = [.. Enumerable.Repeat(any, 4_096)] }, ledger.Profile.Format, ledger.ChainId);

        states.Keep(Moved(tip), second);
        states.GiveUp();
        Assert.That(states.Find(genesis.Id), Is.Not.Null);
        Assert.That(states.Find(tip.Id), Is.Not.Null);
        states.Keep(Moved(full), third);
        Assert.That(states.Find(genesis.Id), Is.Null);
        Assert.That(states.Find(full.Id), Is.Not.Null);
        states.GiveUp();
        Assert.That(first.TryLook(out _), "handed out before, so that it is the garbage collector's");

        OwnedReading Take() => new(ledger.Parts.Runner.Read(node => node.Chain.TakeReading()));
        static NodeEffect.TipMoved Moved(HashedBlock block) => new([], [block], block, RuleState.None, 0, null);
    }

    [Test]
    public async Task GiveUp_StatesThatAreNotKept_GivesTheirNodesBackWithoutACollection()
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseAuthority(_key).StartAsync().Soon();
        HashedBlock tip = ledger.Tip;
        OwnedReading[] readings = [.. Enumerable.Range(0, 70).Select(_ => new OwnedReading(ledger.Parts.Runner.Read(node => node.Chain.TakeReading())))];
        var states = new RecentStates(tip, readings[0]);
        for (ulong height = 1; height < 70; height++)
        {
            var block = HashedBlock.Create(new Block { Header = tip.Header with { Height = height }, Transactions = [] }, ledger.Profile.Format, ledger.ChainId);
            states.Keep(new NodeEffect.TipMoved([], [block], block, RuleState.None, 0, null), readings[height]);
            Assert.That(readings.Take((int)height - 64).Skip(1).All(reading => !reading.TryLook(out _)), "before the last step");
            Assert.That(readings[height].TryLook(out OwnedReading.Look look));
            look.Dispose();
            states.GiveUp();
        }

        // The 64 newest, and genesis at a multiple of 4,096.
        Assert.That(readings.Select((reading, i) => (IsKept: reading.TryGive(out _), i)).Where(found => !found.IsKept).Select(found => found.i), Is.EqualTo(Enumerable.Range(1, 5)));
    }

    [Test]
    public async Task ProveAncestry_AnyTwoBlocks_IsShownByTheHeaderAlone()
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseAuthority(_key).StartAsync().Soon();
        for (int i = 0; i < 17; i++) await PayAsync(ledger);
        for (ulong descendant = 0; descendant <= 17; descendant++)
        {
            HeaderView header = ledger.Chain.HeaderAt(descendant)!.Value;
            for (ulong ancestor = 0; ancestor <= 17; ancestor++)
            {
                ProofOfAncestry? proof = ledger.Chain.ProveAncestry(header.Id, ancestor);
                Assert.That(proof is null, Is.EqualTo(ancestor >= descendant));
                if (proof is null) continue;
                Assert.That((proof.Ancestor, proof.Height, proof.Verify(header.Header)), Is.EqualTo((ledger.Chain.IdAt(ancestor)!.Value, ancestor, true)));
                Assert.That(proof.Verify(ledger.Chain.HeaderAt(descendant - 1)!.Value.Header), Is.False);
            }
        }

        Assert.That(ledger.Chain.ProveAncestry(default, 0), Is.Null);
    }

    private async Task PayAsync(LedgerHost ledger) => await ledger.SubmitAndConfirmAsync(Transfer.Sign(_key, _friend, 1, ledger.Context)).Soon();
}
