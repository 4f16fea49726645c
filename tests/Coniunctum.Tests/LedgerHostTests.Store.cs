using Coniunctum.Consensus;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Mining;
using Coniunctum.Tests.Support;

namespace Coniunctum.Tests;

/// <summary>What a ledger does when its store is slow, fails or is damaged, and over a restart.</summary>
public sealed partial class LedgerHostTests
{
    [Test]
    public async Task Restart_OnTheSameStore_IsTheSameChain()
    {
        var memory = new MemoryChainStore();
        LedgerBuilder Builder() => LedgerBuilder.For(Profiles.Development).UseStore(memory).UseAuthority(_key);

        HashedBlock tip;
        BlockId chain;
        Transaction spent;
        await using (LedgerHost ledger = await Builder().StartAsync().Soon())
        {
            spent = Transfer.Sign(_key, _friend, 5, ledger.Context);
            await ledger.SubmitAndConfirmAsync(spent).Soon();
            await ledger.SubmitAndConfirmAsync(Transfer.Sign(_key, _friend, 6, ledger.Context)).Soon();
            (tip, chain) = (ledger.Tip, ledger.ChainId);
        }

        await using (LedgerHost ledger = await Builder().StartAsync().Soon())
        {
            Assert.That(ledger.ChainId, Is.EqualTo(chain), "genesis is drawn once");
            Assert.That(ledger.Tip.Id, Is.EqualTo(tip.Id));
            Assert.That(ledger.Balance(_friend), Is.EqualTo(11));
            Assert.That((await ledger.SubmitAsync(spent).Soon()).Verdict.Rule, Is.EqualTo(BlockRule.TagReused));
            Confirmation next = await ledger.SubmitAndConfirmAsync(Transfer.Sign(_key, _friend, 7, ledger.Context)).Soon();
            Assert.That(next.Height, Is.EqualTo(tip.Header.Height + 1));
            Assert.That(ledger.Balance(_friend), Is.EqualTo(18));
        }
    }

    [Test]
    public async Task Store_ThatIsSlow_GetsTheBlocksThatWaitedAsOneCommit()
    {
        const int Count = 20;
        using var isBusy = new ManualResetEventSlim();
        using var mayGoOn = new ManualResetEventSlim();
        var commits = new List<int>();
        var store = new TestStore
        {
            OnCommits = blocks =>
            {
                commits.Add(blocks);
                isBusy.Set();
                mayGoOn.Wait();
            },
        };
        await using LedgerHost ledger = await LedgerBuilder.For(Cheap).UseStore(store).StartAsync().Soon();
        var maker = new BlockMaker(ledger.Profile);
        HashedBlock[] blocks = [.. Enumerable.Range(0, Count).Select(_ => maker.Next(_miner))];
        await AcceptAsync(ledger, blocks[0]);
        isBusy.Wait();
        await AcceptAsync(ledger, blocks[1..]);
        Assert.That(ledger.Tip.Header.Height, Is.Zero);

        mayGoOn.Set();
        List<LedgerEvent> events = await ledger.ReadAsync(Count);
        Assert.That(events.Select(change => change.Block.Id), Is.EqualTo(blocks.Select(block => block.Id)));
        Assert.That(commits, Is.EqualTo(new[] { 1, Count - 1 }));
    }

    [Test]
    public async Task Store_ThatFails_StopsTheLedgerAndSaysSo()
    {
        var store = new TestStore { OnCommit = batch => { if (batch.Connected[^1].Head.Height == 2) throw new IOException("the disk is full"); } };
        await using LedgerHost ledger = await LedgerBuilder.For(Cheap).UseStore(store).Allocate(_owner, 100).FollowOthers().StartAsync().Soon();
        var maker = new BlockMaker(ledger.Profile);
        HashedBlock[] blocks = [maker.Next(_miner), maker.Next(_miner), maker.Next(_miner)];
        Transaction transfer = Transfer.Sign(_key, _friend, 5, ledger.Context);
        Task<Confirmation> waiting = ledger.SubmitAndConfirmAsync(transfer);
        await UntilPooledAsync(ledger, transfer);
        Assert.That(ledger.Halted, Is.Null);

        // Behind the first one: blocks that wait together are written together.
        await AcceptAsync(ledger, blocks[0]);
        await ledger.ReadAsync(1);
        foreach (HashedBlock block in blocks[1..]) _ = ledger.SubmitBlockAsync(block);

        Assert.That(() => waiting.Soon(), Throws.InstanceOf<LedgerHaltedException>().With.Property(nameof(LedgerHaltedException.Reason)).EqualTo(new HaltReason(HaltCode.StoreFailed, "the disk is full")));
        Assert.That(ledger.Halted, Is.EqualTo(new HaltReason(HaltCode.StoreFailed, "the disk is full")));
        Assert.That(ledger.Tip, Is.SameAs(blocks[0]), "what was acknowledged stands, and nothing more");
        Assert.That(store.Tip!.Value.Height, Is.EqualTo(1));
        Assert.That(() => ledger.SubmitAsync(transfer), Throws.InstanceOf<LedgerHaltedException>());
        Assert.That(() => ledger.SubmitBlockAsync(blocks[2]), Throws.InstanceOf<LedgerHaltedException>());
        Assert.That(async () => await ledger.ReadToEndAsync(after: blocks[0].Id), Throws.InstanceOf<LedgerHaltedException>(), "the stream says why it ends");
        Assert.That((await ledger.ReadAsync(1))[0].Block, Is.SameAs(blocks[0]));
    }

    [Test]
    public async Task Store_ThatFails_EndsJobsToo([Values] bool isSearch)
    {
        var ended = new TaskCompletionSource();
        var store = new TestStore { OnCommit = _ => throw new IOException("the disk is full") };
        await using LedgerHost ledger = await LedgerBuilder.For(Cheap)
            .UseStore(store)
            .Use((ProofOfWork)Cheap.Consensus, _ => new EndlessProducer(ended, isSearch))
            .StartAsync().Soon();
        await ledger.SubmitBlockAsync(new BlockMaker(ledger.Profile).Next(_miner)).Soon();

        await ended.Task.Soon();
        Assert.That(ledger.Halted, Is.EqualTo(new HaltReason(HaltCode.StoreFailed, "the disk is full")));
    }

    [Test]
    public async Task Store_ThatIsDamaged_IsRefusedWithTheReason()
    {
        var memory = new MemoryChainStore();
        HashedBlock tip;
        await using (LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseStore(memory).UseAuthority(_key).StartAsync().Soon())
        {
            await ledger.SubmitAndConfirmAsync(Transfer.Sign(_key, _friend, 5, ledger.Context)).Soon();
            tip = ledger.Tip;
        }

        AssertRefused(new TestStore(memory) { OnReadBlock = (_, _) => null }, "lacks block");
        AssertRefused(new TestStore(memory) { OnReadRecord = (_, _) => null }, "no record of how its genesis was drawn");
        AssertRefused(new TestStore(memory) { OnReadRecord = (_, record) => record!.Value[1..] }, "39 bytes, not 40");
        Assert.That(
            async () => await LedgerBuilder.For(Profiles.Development).UseStore(new TestStore(memory) { OnReadRecord = (_, record) => Flip(record!.Value, 0) }).UseAuthority(_key).StartAsync().Soon(),
            Throws.TypeOf<OtherChainException>().With.Message.Contains("belongs to chain"));
        AssertRefused(new TestStore(memory) { OnReadBlock = (_, block) => block!.Value[..^1] }, "cannot be read");
        // Every byte of the last block counts, though no block builds on it. Its seal ends one byte before the transactions' list.
        for (int i = 0; i < tip.Encoded.Length; i += 7)
        {
            int position = i;
            bool isSeal = tip.Block.Seal.Length > 0 && IsInside(tip.Encoded.Span, tip.Block.Seal.Span, position);
            if (!isSeal) AssertRefused(new TestStore(memory) { OnReadBlock = (_, block) => Flip(block!.Value, position) }, $"{tip.Id}");
        }
    }

    private static ReadOnlyMemory<byte> Flip(ReadOnlyMemory<byte> bytes, int position)
    {
        byte[] flipped = bytes.ToArray();
        flipped[position] ^= 1;
        return flipped;
    }

    private static bool IsInside(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> part, int position)
    {
        int start = whole.IndexOf(part);
        return position >= start && position < start + part.Length;
    }

    private void AssertRefused(TestStore store, string reason)
    {
        Assert.That(
            async () => await LedgerBuilder.For(Profiles.Development).UseStore(store).UseAuthority(_key).StartAsync().Soon(),
            Throws.TypeOf<LedgerOpenException>().With.Property(nameof(LedgerOpenException.Fault)).EqualTo(LedgerOpenFault.Damaged).And.Message.Contains(reason));
        Assert.That(store.IsDisposed, "nobody else could");
    }
}
