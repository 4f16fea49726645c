using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.State;
using Coniunctum.Mining;
using Coniunctum.Storage.Sqlite;
using Coniunctum.Tests.Support;

namespace Coniunctum.Tests;

public sealed class LedgerViewTests
{
    private const int Transfers = 60;

    private static readonly ChainProfile s_cheap = Profiles.Development with { Consensus = new ProofOfWork(ProofOfWork.TargetFor(1)) };

    private readonly Address _miner = new(Sha3_256.Hash([8]));

    private readonly Address _friend = new(Sha3_256.Hash([7]));
    private PrivateKey _key = null!;
    private Address _owner;

    [SetUp]
    public void CreateKey()
    {
        _key = PrivateKey.Generate(SystemEntropy.Instance);
        _owner = Profiles.Development.Signatures.AddressOf(_key.PublicKey);
    }

    [TearDown]
    public void DisposeKey() => _key.Dispose();

    [Test]
    public async Task ReadView_WhileBlocksAreMade_AgreesWithItself()
    {
        await using LedgerHost ledger = await StartAsync();
        Task paying = Task.Run(async () =>
        {
            for (int i = 0; i < Transfers; i++) await ledger.SubmitAndConfirmAsync(Transfer.Sign(_key, _friend, 5, ledger.Context)).Soon();
        });
        var heights = new HashSet<ulong>();
        while (!paying.IsCompleted)
        {
            LedgerView view = ledger.ReadView();
            ulong height = view.Tip.Header.Height;
            heights.Add(height);
            Assert.That(view.Status.Tip, Is.SameAs(view.Tip));
            Assert.That((view.Supply, view.Status.Supply), Is.EqualTo((1_000_000_000 + (50 * height), 1_000_000_000 + (50 * height))));
            Assert.That(view.Balance(_friend), Is.EqualTo(5 * height), "one payment a block");
            Assert.That(view.Balance(_owner) + view.Balance(_friend), Is.EqualTo(view.Supply));
            Assert.That(view.SpendableBalance(_owner), Is.LessThanOrEqualTo(view.Balance(_owner)));
            ProofAtTip proof = view.ProveBalance(_owner);
            Assert.That(proof.Block, Is.SameAs(view.Tip));
            Assert.That(StateProof.VerifyBalance(proof.Proof, view.Tip.Header.StateRoot, _owner, out ulong proven), Is.EqualTo(ProofOutcome.Present));
            Assert.That(proven, Is.EqualTo(view.Balance(_owner)));
        }

        await paying;
        Assert.That(heights, Has.Count.GreaterThan(1), "it was read between blocks too");
    }

    [Test]
    public async Task View_ThatIsKept_StaysWhatItWas()
    {
        await using LedgerHost ledger = await StartAsync();
        LedgerView before = ledger.ReadView();
        ProofAtTip proof = before.ProveBalance(_owner);
        for (int i = 0; i < 3; i++) await ledger.SubmitAndConfirmAsync(Transfer.Sign(_key, _friend, 5, ledger.Context)).Soon();

        Assert.That((before.Tip.Header.Height, before.Balance(_friend), before.Balance(_owner)), Is.EqualTo((0UL, 0UL, 1_000_000_000UL)));
        Assert.That(before.ProveBalance(_owner).Proof.Encode(), Is.EqualTo(proof.Proof.Encode()));
        Assert.That(ledger.ReadView().Balance(_friend), Is.EqualTo(15));
    }

    [Test]
    public async Task ReadView_BetweenTwoSteps_IsTheSame()
    {
        await using LedgerHost ledger = await StartAsync();
        await ledger.SubmitAndConfirmAsync(Transfer.Sign(_key, _friend, 5, ledger.Context)).Soon();
        await Waiting.UntilAsync(() => ReferenceEquals(ledger.ReadView(), ledger.ReadView()));
    }

    [Test]
    public async Task ReadView_WhileCommitsAreHeld_ShowsWhatIsDurableAndNoMore()
    {
        using var folder = new TemporaryFolder();
        var store = new HeldStore(SqliteChainStore.Open(folder.PathOf("ledger.db")));
        await using LedgerHost ledger = await LedgerBuilder.For(s_cheap).Allocate(_owner, 100).UseStore(store).FollowOthers().StartAsync().Soon();
        HashedBlock[] blocks = MakeBlocks(ledger, 4);
        store.Hold();
        try
        {
            await ledger.SubmitBlockAsync(blocks[0]).Soon();
            await store.WaitAsync().Soon();
            foreach (HashedBlock block in blocks[1..]) await ledger.SubmitBlockAsync(block).Soon();
            await Waiting.UntilAsync(() => ledger.Parts.Runner.Read(node => node.Chain.Tip.Id) == blocks[3].Id);
            await Task.Run(() => AssertShows(ledger, 0)).Soon();

            store.ReleaseOne();
            await store.WaitAsync().Soon();
            await Waiting.UntilAsync(() => ledger.Tip.Id == blocks[0].Id);
            await Task.Run(() => AssertShows(ledger, 1)).Soon();
        }
        finally
        {
            store.Release();
        }

        await ledger.WaitUntilSettledAsync().Soon();
        AssertShows(ledger, 4);
    }

    [Test]
    public async Task ReadView_AsTheNodeTellsOfABlock_ShowsItAlready()
    {
        await using LedgerHost ledger = await StartAsync();
        var listener = new TipListener(ledger);
        ledger.Parts.Runner.Do(() => ledger.Parts.Runner.Attach(listener));
        for (int i = 0; i < 3; i++) await ledger.SubmitAndConfirmAsync(Transfer.Sign(_key, _friend, 5, ledger.Context)).Soon();
        Assert.That(listener.Views.Select(seen => (seen.Told.Header.Height, seen.View.Tip.Header.Height)), Is.EqualTo(new[] { (1UL, 1UL), (2UL, 2UL), (3UL, 3UL) }));
        Assert.That(listener.Views.Select(seen => seen.View.Balance(_friend)), Is.EqualTo(new[] { 5UL, 10UL, 15UL }));
    }

    [Test]
    public async Task Reads_WhileTheNodeIsBusy_WaitForNothing()
    {
        await using LedgerHost ledger = await StartAsync();
        await ledger.SubmitAndConfirmAsync(Transfer.Sign(_key, _friend, 5, ledger.Context)).Soon();
        await ledger.WaitUntilSettledAsync().Soon();
        using var free = new ManualResetEventSlim();
        TaskCompletionSource isBusy = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task busy = Task.Run(() => ledger.Parts.Runner.Do(() =>
        {
            isBusy.SetResult();
            free.Wait();
        }));
        try
        {
            await isBusy.Task.Soon();
            await Task.Run(() =>
            {
                Assert.That((ledger.Balance(_friend), ledger.Pool.Count, ledger.Tip.Header.Height, ledger.Chain.FinalHeight), Is.EqualTo((5UL, 0, 1UL, 1UL)));
                LedgerView view = ledger.ReadView();
                Assert.That((view.Balance(_friend), view.Status.PoolCount, view.Tip.Header.Height), Is.EqualTo((5UL, 0, 1UL)));
                Assert.That(ledger.Chain.StateAfter(view.Tip.Id)?.BalanceOf(_friend), Is.EqualTo(5));
                Assert.That(ledger.Chain.HeaderAt(0)?.Id, Is.EqualTo(ledger.ChainId));
            }).Soon();
        }
        finally
        {
            free.Set();
        }

        await busy.Soon();
    }

    [Test]
    public async Task ReadView_AfterASubmission_CountsItInThePool()
    {
        // Nothing makes blocks here, so that it stays there.
        await using LedgerHost ledger = await LedgerBuilder.For(s_cheap).Allocate(_owner, 100).FollowOthers().StartAsync().Soon();
        LedgerView before = ledger.ReadView();
        Assert.That((await ledger.SubmitAsync(Transfer.Sign(_key, _friend, 5, ledger.Context)).Soon()).IsValid);
        Assert.That((before.Status.PoolCount, ledger.ReadView().Status.PoolCount, ledger.Pool.Count), Is.EqualTo((0, 1, 1)));
        Assert.That(ledger.ReadView().Status with { PoolCount = 0 }, Is.EqualTo(before.Status), "nothing else has changed");
    }

    [Test]
    public async Task View_OfAFormatWithoutStateRoots_ProvesNothing()
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Int32Coin).StartAsync().Soon();
        Assert.That(() => ledger.ReadView().ProveBalance(_owner), Throws.ArgumentException.With.Message.Contains("int32coin"));
    }

    private Task<LedgerHost> StartAsync() => LedgerBuilder.For(Profiles.Development).UseAuthority(_key).StartAsync().Soon();

    private HashedBlock[] MakeBlocks(LedgerHost ledger, int count)
    {
        var maker = new BlockMaker(ledger.Profile);
        return [.. Enumerable.Range(0, count).Select(height => maker.Next(_miner, Transfer.Sign(
            _key, _friend, 5, new TransferContext(ledger.Profile, ledger.ChainId, (ulong)height, SystemEntropy.Instance))))];
    }

    /// <summary>Every block of <see cref="MakeBlocks"/> pays the friend 5.</summary>
    private void AssertShows(LedgerHost ledger, ulong height)
    {
        LedgerView view = ledger.ReadView();
        Assert.That((view.Tip.Header.Height, ledger.Tip.Id, ledger.Parts.Store.Tip?.Id), Is.EqualTo((height, view.Tip.Id, (BlockId?)view.Tip.Id)));
        Assert.That((view.Balance(_friend), ledger.Balance(_friend), view.Supply), Is.EqualTo((5 * height, 5 * height, ledger.Profile.SupplyAt(height))));
        Assert.That(view.Status.FinalHeight, Is.LessThanOrEqualTo(height));
        StateProof.VerifyBalance(view.ProveBalance(_owner).Proof, view.Tip.Header.StateRoot, _owner, out ulong proven);
        Assert.That((proven, view.Balance(_owner)), Is.EqualTo((100 - (5 * height), 100 - (5 * height))));
        Assert.That(ledger.Chain.StateAfter(view.Tip.Id)?.BalanceOf(_friend), Is.EqualTo(5 * height));
    }

    /// <summary>Reads the view while it is told of each tip.</summary>
    private sealed class TipListener(LedgerHost ledger) : INodeListener
    {
        public List<(HashedBlock Told, LedgerView View)> Views { get; } = [];

        void INodeListener.Take(NodeEffect effect)
        {
            if (effect is NodeEffect.TipMoved moved) Views.Add((moved.Tip, ledger.ReadView()));
        }

        void INodeListener.End(LedgerHaltedException reason)
        {
            // Nothing is left to read.
        }
    }
}
