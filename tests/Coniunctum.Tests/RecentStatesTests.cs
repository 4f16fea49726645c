using Coniunctum.Consensus;
using Coniunctum.Consensus.Chain;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;
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
    public async Task Take_WhenOver4096TransactionsHaveComeSince_DropsAllButTheNewest()
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseAuthority(_key).StartAsync().Soon();
        var states = ledger.Parts.Runner.Read(node => new RecentStates(node.Chain));
        await PayAsync(ledger);
        await ledger.WaitUntilSettledAsync().Soon();
        HashedBlock tip = ledger.Tip;
        Transaction any = new() { Tag = default, Sender = Address.Root, Receiver = _friend, Amount = 1, Signature = new byte[65] };
        var passed = HashedBlock.Create(new Block { Header = tip.Header, Transactions = [.. Enumerable.Repeat(any, 4_096)] }, ledger.Profile.Format, ledger.ChainId);

        Take(tip);
        Assert.That(states.Find(ledger.ChainId), Is.Not.Null);
        Assert.That(states.Find(tip.Id), Is.Not.Null);

        // A block that was passed over counts as well.
        Take(passed);
        Assert.That(states.Find(ledger.ChainId), Is.Null);
        Assert.That(states.Find(tip.Id), Is.Not.Null);

        void Take(HashedBlock connected) =>
            ledger.Parts.Runner.Do(() => ((INodeListener)states).Take(new NodeEffect.TipMoved([], [connected], tip, RuleState.None, 0, null)));
    }

    [Test]
    public void Take_ATipThatTheNodeHasLeft_IsPassedOver()
    {
        ChainProfile profile = Profiles.Development;
        using var store = new MemoryChainStore();
        ChainCore node = StoredChain.Open(profile, store).Chain;
        var states = new RecentStates(node);
        var other = HashedBlock.Create(
            new Block { Header = node.Tip.Header with { Height = 1, Previous = node.Tip.Id }, Transactions = [] }, profile.Format, node.Genesis.Id);
        ((INodeListener)states).Take(new NodeEffect.TipMoved([], [other], other, node.TipState, 0, null));
        Assert.That(states.Find(other.Id), Is.Null, "the node's state is not the one after that block");
        Assert.That(states.Find(node.Tip.Id), Is.Not.Null);
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
