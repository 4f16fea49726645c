using Coniunctum.Consensus.ForkChoice;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.Storage;
using Coniunctum.Mining;
using Coniunctum.Tests.Support;

namespace Coniunctum.Tests;

/// <summary>Undoing the last blocks of a store that no ledger has open.</summary>
public sealed class StoreRewindTests
{
    private const ulong Height = 12;
    private const ulong Checkpoint = 8;

    private static readonly Address s_owner = Address.Parse(new string('7', 64));
    private static readonly ChainProfile s_profile = Profiles.Development with
    {
        Consensus = new ProofOfWork(ProofOfWork.TargetFor(4)) { ForkChoice = ForkChoiceRule.Ghost },
        Genesis = Profiles.Development.Genesis with { IsDrawn = false, Allocations = [new(s_owner, 1_000)] },
    };

    private readonly List<HashedBlock> _blocks = [];
    private MemoryChainStore _store = null!;

    private LedgerBuilder Builder => LedgerBuilder.For(s_profile).UseStore(_store).FollowOthers();

    [SetUp]
    public async Task MakeChainAsync()
    {
        _store = new MemoryChainStore();
        _blocks.Clear();
        var maker = new BlockMaker(s_profile);
        for (ulong height = 1; height <= Height; height++) _blocks.Add(maker.Next(s_owner));
        await FollowAsync(0);
        ReadOnlyMemory<byte>[] slices = [.. StateCheckpoint.Write(await Builder.ReadStateAsync(Checkpoint))];
        for (int i = 0; i < slices.Length; i++) _store.Commit(new StoreBatch { Slice = new CheckpointSlice(_blocks[(int)Checkpoint - 1].Id, Checkpoint, i, slices[i], i == slices.Length - 1) });
    }

    [TearDown]
    public void Dispose() => _store.Dispose();

    [Test]
    public async Task Rewind_ToAnyHeight_OpensThere_AndTheSameBlocksLeadBackToTheSameState([Values(11UL, 6UL, 3UL, 0UL)] ulong height)
    {
        Hash256 before = (await Builder.ReadStateAsync()).ComputeDigest();
        Hash256 there = (await Builder.ReadStateAsync(height)).ComputeDigest();
        StoredTip tip = await Builder.RewindAsync(height);
        Assert.That((tip, _store.Tip), Is.EqualTo((new StoredTip(_store.IdAt(height)!.Value, height), (StoredTip?)tip)));
        Assert.That((await Builder.ReadStateAsync()).ComputeDigest(), Is.EqualTo(there));
        await FollowAsync((int)height);
        Assert.That((_store.Tip!.Value.Id, (await Builder.ReadStateAsync()).ComputeDigest()), Is.EqualTo((_blocks[^1].Id, before)));
    }

    [Test]
    public async Task Rewind_ForgetsWhatLiesBesideTheChainAboveTheHeight_WhichWouldBringItBack()
    {
        foreach (HashedBlock block in (HashedBlock[])[_blocks[2], _blocks[8]])
        {
            StoredHead head = _store.FindHead(block.Id)!;
            _store.Commit(new StoreBatch { Sides = [new StoredSide(block.Id, block.Header.Height, head.Header, 1, BlockRule.None)] });
        }

        await Builder.RewindAsync(6);
        Assert.That(_store.ReadSides(0, ulong.MaxValue).Select(side => side.Height), Is.EqualTo(new ulong[] { 3 }));
        await using LedgerHost ledger = await Builder.StartAsync().Soon();
        await ledger.WaitUntilSettledAsync().Soon();
        Assert.That(ledger.Tip.Id, Is.EqualTo(_blocks[5].Id));
    }

    [Test]
    public async Task Rewind_ToTheTip_IsNothing_AndAboveItIsRefused()
    {
        Assert.That(await Builder.RewindAsync(Height), Is.EqualTo(_store.Tip));
        Assert.That(() => Builder.RewindAsync(Height + 1), Throws.InvalidOperationException.With.Message.Contains("ends at height 12: there is no block at height 13"));
        Assert.That(() => LedgerBuilder.For(s_profile).UseStore(new MemoryChainStore()).RewindAsync(0), Throws.InvalidOperationException.With.Message.Contains("no block yet"));
    }

    [Test]
    public void Rewind_BelowWhatWasPruned_IsRefusedWithTheReason_AndChangesNothing()
    {
        _store.Commit(new StoreBatch { PruneUndoBelow = Checkpoint });
        Assert.That(() => Builder.RewindAsync(1), Throws.InvalidOperationException.With.Message.Match("at height 1 cannot be had: what undoes the block at height [0-9]+ was pruned"));
        _store.Commit(new StoreBatch { PruneBodiesBelow = Checkpoint });
        Assert.That(() => Builder.RewindAsync(2), Throws.InvalidOperationException.With.Message.Contains("Of the block at height 2 only the header was kept"));
        Assert.That(_store.Tip!.Value.Height, Is.EqualTo(Height));
    }

    [Test]
    public async Task Rewind_OfWhatIsFinal_IsRefusedWithTheReason()
    {
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        var store = new MemoryChainStore();
        await using (LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseStore(store).UseAuthority(key).StartAsync().Soon())
        {
            for (ulong amount = 1; amount <= 3; amount++) await ledger.SubmitAndConfirmAsync(Transfer.Sign(key, s_owner, amount, ledger.Context)).Soon();
        }

        ulong height = store.Tip!.Value.Height;
        Assert.That(
            () => LedgerBuilder.For(Profiles.Development).UseStore(store).UseAuthority(key).RewindAsync(0),
            Throws.InvalidOperationException.With.Message.Contains(Invariant($"final up to height {height} under the rule")));
        Assert.That(store.Tip.Value.Height, Is.EqualTo(height));
    }

    [Test]
    public void Rewind_ThatIsStopped_ChangesNothing()
    {
        Assert.That(() => Builder.RewindAsync(3, cancellation: new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(_store.Tip!.Value.Height, Is.EqualTo(Height));
    }

    [Test]
    public void ReadState_ThatIsNotThere_SaysWhy()
    {
        Assert.That(() => Builder.ReadStateAsync(Height + 1), Throws.TypeOf<InvalidDataException>().With.Message.Contains("There is no block at height 13: the chain ends at height 12"));
        Assert.That(() => LedgerBuilder.For(s_profile).UseStore(new MemoryChainStore()).ReadStateAsync(), Throws.TypeOf<InvalidDataException>().With.Message.Contains("empty"));
    }

    /// <summary>Lets a ledger take the blocks above a height, and stop.</summary>
    private async Task FollowAsync(int height)
    {
        await using LedgerHost ledger = await Builder.StartAsync().Soon();
        foreach (HashedBlock block in _blocks[height..]) Assert.That((await ledger.SubmitBlockAsync(block).Soon()).IsValid, Is.True);
        await ledger.WaitUntilSettledAsync().Soon();
    }
}
