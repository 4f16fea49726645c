using Coniunctum.Consensus;
using Coniunctum.Consensus.Chain;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Mining;
using Coniunctum.Tests.Support;

namespace Coniunctum.Tests;

/// <summary>What can no longer change, and who hears of it.</summary>
public sealed class FinalityTests
{
    private PrivateKey _key = null!;
    private Address _friend;

    private static ChainProfile Cheap { get; } = Profiles.Development with
    {
        Consensus = new ProofOfWork(ProofOfWork.TargetFor(1).Value),
        Genesis = new GenesisSpec { Timestamp = new Timestamp(1_700_000_000_000) },
    };

    [SetUp]
    public void CreateKeys()
    {
        _key = PrivateKey.Generate(SystemEntropy.Instance);
        _friend = new Address(Sha3_256.Hash("friend"u8));
    }

    [TearDown]
    public void DisposeKeys() => _key.Dispose();

    [Test]
    public async Task Confirmation_OfAFinalBlock_WaitsForNoMore()
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseAuthority(_key).StartAsync().Soon();
        // The authority makes a block on demand only: five more would never come.
        Confirmation confirmation = await ledger.SubmitAndConfirmAsync(Pay(ledger), confirmations: 6).Soon();
        Assert.That((confirmation.Depth, confirmation.IsFinal), Is.EqualTo((1UL, true)));
        Assert.That(ledger.Chain.FinalHeight, Is.EqualTo(1));
    }

    [Test]
    public async Task Events_WithFinality_TellABlockFirst_ThenThatItIsFinal()
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseAuthority(_key).StartAsync().Soon();
        for (int i = 0; i < 3; i++) await ledger.SubmitAndConfirmAsync(Pay(ledger)).Soon();
        HashedBlock[] blocks = [.. Enumerable.Range(1, 3).Select(height => ledger.Chain.BlockAt((ulong)height)!)];

        Assert.That(await ReadAsync(ledger, 4), Is.EqualTo(new LedgerEvent[]
        {
            new LedgerEvent.Connected(blocks[0]), new LedgerEvent.Connected(blocks[1]), new LedgerEvent.Connected(blocks[2]),
            new LedgerEvent.Finalized(blocks[2], blocks[2].Id),
        }));
        Assert.That(await ReadAsync(ledger, 1, blocks[2].Id), Is.EqualTo(new LedgerEvent[] { new LedgerEvent.Finalized(blocks[2], blocks[2].Id) }));
        Assert.That(await ledger.ReadAsync(3), Is.All.InstanceOf<LedgerEvent.Connected>(), "who does not ask does not hear");
    }

    [Test]
    public async Task Reorganization_DeeperThanAllowed_IsRefusedAloud_AndTheOwnerMayAllowMore()
    {
        var longer = new BlockMaker(Cheap);
        HashedBlock[] rival = [.. Enumerable.Range(0, 4).Select(_ => longer.Next(_friend))];
        var store = new Coniunctum.Ledger.Storage.MemoryChainStore();
        await using (LedgerHost ledger = await LedgerBuilder.For(Cheap).UseStore(new TestStore(store)).UseChain(new ChainOptions { MaxReorganization = 2 }).StartAsync().Soon())
        {
            var own = new BlockMaker(Cheap);
            HashedBlock tip = null!;
            for (int i = 0; i < 3; i++) await AcceptAsync(ledger, tip = own.Next(new Address(Sha3_256.Hash("miner"u8))));
            await AcceptAsync(ledger, rival);
            await ledger.WaitUntilSettledAsync().Soon();
            Assert.That(ledger.Tip, Is.SameAs(tip));
            NodeEffect.BranchRefused? refused = ledger.Chain.RefusedBranch;
            Assert.That(refused?.Tip.Id, Is.EqualTo(rival[3].Id));
            Assert.That(refused?.ForkHeight, Is.Zero);
            Assert.That(refused?.Limit, Is.EqualTo("branches that undo no more than 2 blocks"));
        }

        await using LedgerHost again = await LedgerBuilder.For(Cheap).UseStore(new TestStore(store)).StartAsync().Soon();
        await AcceptAsync(again, rival);
        await again.WaitUntilSettledAsync().Soon();
        Assert.That(again.Tip.Id, Is.EqualTo(rival[3].Id));
        Assert.That(again.Chain.RefusedBranch, Is.Null);
    }

    private static async Task AcceptAsync(LedgerHost ledger, params HashedBlock[] blocks)
    {
        foreach (HashedBlock block in blocks) Assert.That(await ledger.SubmitBlockAsync(block).Soon(), Is.EqualTo(Verdict.Valid));
        await ledger.WaitUntilSettledAsync().Soon();
    }

    private static async Task<List<LedgerEvent>> ReadAsync(LedgerHost ledger, int count, BlockId? after = null)
    {
        using var net = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var events = new List<LedgerEvent>();
        await foreach (LedgerEvent change in ledger.Chain.EventsWithFinalityAsync(after, net.Token))
        {
            events.Add(change);
            if (events.Count == count) break;
        }

        return events;
    }

    private Transaction Pay(LedgerHost ledger) => Transfer.Sign(_key, to: _friend, amount: 5, ledger.Context);
}
