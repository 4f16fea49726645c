using Coniunctum.Consensus;
using Coniunctum.Consensus.Chain;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Files;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.Storage;
using Coniunctum.Mining;
using Coniunctum.Tests.Support;
using NUnit.Framework.Constraints;

namespace Coniunctum.Tests;

[TestFixture]
internal sealed class StateImportTests
{
    private readonly PrivateKey _key = PrivateKey.Generate(SystemEntropy.Instance);
    private readonly Address _friend = new(Sha3_256.Hash([7]));
    private ChainProfile _profile = null!;
    private Address _owner;

    [SetUp]
    public void CreateProfile()
    {
        _owner = Profiles.Standard.Signatures.AddressOf(_key.PublicKey);
        _profile = Profiles.Standard with
        {
            Consensus = new ProofOfWork(ProofOfWork.TargetFor(2)),
            RewardMaturity = 3,
            Genesis = Profiles.Standard.Genesis with { Allocations = [new(_owner, 1_000_000)] },
        };
    }

    [OneTimeTearDown]
    public void Dispose() => _key.Dispose();

    [Test]
    public async Task Import_IntoAnEmptyStore_IsTheStateOfThatHeight_AndTheChainGoesOn([Values(0UL, 1UL, 17UL, 30UL)] ulong height)
    {
        (MemoryChainStore original, HashedBlock[] blocks) = await MineAsync(_profile, 30);
        byte[] file = await ExportAsync(_profile, original, height);
        var store = new MemoryChainStore();

        StateImportReport outcome = await ImportAsync(_profile, store, file);

        Assert.That(outcome.Tip, Is.EqualTo(new StoredTip(original.IdAt(height)!.Value, height)));
        Assert.That(outcome.ChainWeight, Is.EqualTo(original.FindHead(outcome.Tip.Id)!.ChainWeight));
        Assert.That((store.Tip, store.Checkpoint), Is.EqualTo(((StoredTip?)outcome.Tip, (StoredTip?)outcome.Tip)));

        // Bodies below the height are not there; headers are.
        await using (LedgerHost opened = await LedgerBuilder.For(_profile).UseStore(new TestStore(store)).StartAsync().Soon())
        {
            for (ulong below = 0; below <= height; below++)
                Assert.That(opened.Chain.HeaderAt(below)!.Value.Id, Is.EqualTo(original.IdAt(below)!.Value));
            Assert.That((opened.Chain.HeaderAt(height + 1), opened.Chain.FindHeader(new BlockId(_friend.Value))), Is.EqualTo(((HeaderView?)null, (HeaderView?)null)));
            if (height > 1) Assert.That(opened.Chain.BlockAt(1), Is.Null);
        }

        // From here on it and one that replayed everything agree on every root, since every block's header names them.
        await using LedgerHost ledger = await LedgerBuilder.For(_profile).UseStore(store).StartAsync().Soon();
        foreach (HashedBlock block in blocks.Skip((int)height)) Assert.That((await ledger.SubmitBlockAsync(block).Soon()).IsValid, Is.True);
        await ledger.WaitUntilSettledAsync().Soon();
        await using LedgerHost replayed = await LedgerBuilder.For(_profile).UseStore(original).StartAsync().Soon();
        Assert.That(ledger.Tip.Id, Is.EqualTo(replayed.Tip.Id));
        foreach (Address address in new[] { _owner, _friend })
        {
            Assert.That((ledger.Balance(address), ledger.ReadView().SpendableBalance(address)), Is.EqualTo((replayed.Balance(address), replayed.ReadView().SpendableBalance(address))));
        }

        Assert.That(ledger.ReadView().Supply, Is.EqualTo(replayed.ReadView().Supply));
    }

    [Test]
    public async Task Import_ThenTransactionsOfBefore_AreStillUsedAndRewardsStillLocked()
    {
        (MemoryChainStore original, HashedBlock[] blocks) = await MineAsync(_profile, 12);
        var store = new MemoryChainStore();
        await ImportAsync(_profile, store, await ExportAsync(_profile, original));
        await using LedgerHost ledger = await LedgerBuilder.For(_profile).UseStore(store).StartAsync().Soon();
        Transaction spent = blocks[9].Block.Transactions[1];
        Assert.That((await ledger.SubmitAsync(spent).Soon()).Verdict.Rule, Is.EqualTo(BlockRule.TagReused));
        Assert.That(ledger.Balance(_friend) - ledger.ReadView().SpendableBalance(_friend), Is.EqualTo(blocks[^3..].Sum(block => (long)block.Block.Transactions[0].Amount)));
    }

    [Test]
    public async Task Import_ThenAHeavierBranch_TakesOverAboveTheStateAndIsRefusedBelow()
    {
        (MemoryChainStore original, HashedBlock[] blocks) = await MineAsync(_profile, 20);
        var store = new MemoryChainStore();
        await ImportAsync(_profile, store, await ExportAsync(_profile, original, 10));
        await using LedgerHost ledger = await LedgerBuilder.For(_profile).UseStore(store).StartAsync().Soon();
        foreach (HashedBlock block in blocks[10..]) await ledger.SubmitBlockAsync(block).Soon();
        await ledger.WaitUntilSettledAsync().Soon();
        Assert.That(ledger.Tip.Header.Height, Is.EqualTo(20));

        HashedBlock[] branch = Branch(blocks[..10], 12);
        foreach (HashedBlock block in branch) await ledger.SubmitBlockAsync(block).Soon();
        await ledger.WaitUntilSettledAsync().Soon();
        Assert.That(ledger.Tip.Id, Is.EqualTo(branch[^1].Id), "from the state's own block on everything can be undone");

        HashedBlock[] deeper = Branch(blocks[..9], 20);
        foreach (HashedBlock block in deeper) await ledger.SubmitBlockAsync(block).Soon();
        await ledger.WaitUntilSettledAsync().Soon();
        Assert.That((ledger.Tip.Id, ledger.Halted), Is.EqualTo((branch[^1].Id, (HaltReason?)null)), "what undoes the state's own block was never there");
    }

    [Test]
    public async Task Import_AnyByteChangedOrCut_LeavesAStoreThatDoesNotOpen_AndCanBeRepeated()
    {
        (MemoryChainStore original, _) = await MineAsync(_profile, 6);
        byte[] whole = await ExportAsync(_profile, original);
        var store = new MemoryChainStore();
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] damaged = [.. whole];
            damaged[i] ^= (byte)(1 << (i % 8));
            Assert.That(async () => await ImportAsync(_profile, store, damaged), Throws.TypeOf<InvalidDataException>().Or.TypeOf<StateImportException>(), $"byte {i}");
            Assert.That(async () => await ImportAsync(_profile, store, whole[..i]), Throws.TypeOf<InvalidDataException>().Or.TypeOf<StateImportException>(), $"cut off at {i}");
            Assert.That(store.Checkpoint, Is.Null);
        }

        Assert.That(async () => await LedgerBuilder.For(_profile).UseStore(store).StartAsync(), Throws.TypeOf<LedgerOpenException>().With.Property(nameof(LedgerOpenException.Fault)).EqualTo(LedgerOpenFault.UnfinishedImport));
        await ImportAsync(_profile, store, whole);
        await using LedgerHost ledger = await LedgerBuilder.For(_profile).UseStore(store).StartAsync().Soon();
        Assert.That(ledger.Tip.Header.Height, Is.EqualTo(6));
    }

    [Test]
    public async Task Import_StoppedAnywhere_GoesOnAndWritesNoHeaderTwice()
    {
        (MemoryChainStore original, _) = await MineAsync(_profile, 3_000, withPayments: false);
        byte[] whole = await ExportAsync(_profile, original);
        foreach (int part in new[] { 10, 40, 70, 90, 99 })
        {
            var memory = new MemoryChainStore();
            var cut = new MemoryStream(whole[..(whole.Length * part / 100)]);
            Assert.That(async () => await ImportAsync(_profile, memory, cut.ToArray()), Refused(StateImportFault.Damaged));
            ulong? reached = memory.Tip?.Height;
            Assert.That(memory.ReadRecord("import") is { IsEmpty: false }, Is.EqualTo(reached is not null));
            var written = new List<ulong>();
            var store = new TestStore(memory) { OnCommit = batch => written.AddRange(batch.Connected.Select(block => block.Head.Height)) };
            await ImportAsync(_profile, store, whole);
            ulong first = reached + 1 ?? 0;
            Assert.That(written, Is.EqualTo(Enumerable.Range((int)first, 3_001 - (int)first).Select(height => (ulong)height)), $"{part} %");
            await using LedgerHost ledger = await LedgerBuilder.For(_profile).UseStore(memory).StartAsync().Soon();
            Assert.That(ledger.Tip.Header.Height, Is.EqualTo(3_000));
        }
    }

    [Test]
    public async Task Import_Cancelled_GoesOnWhenItIsCalledAgain()
    {
        (MemoryChainStore original, _) = await MineAsync(_profile, 20);
        byte[] whole = await ExportAsync(_profile, original);
        var store = new MemoryChainStore();
        using var cancellation = new CancellationTokenSource();
        Assert.That(
            async () => await ImportAsync(_profile, store, whole, progress: new Synchronous(_ => cancellation.Cancel()), cancellation: cancellation.Token),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(store.Checkpoint, Is.Null);
        var told = new List<FileProgress>();
        await ImportAsync(_profile, store, whole, progress: new Synchronous(told.Add));
        Assert.That(told, Is.EqualTo(new[] { new FileProgress(20, 20) }));
    }

    [Test]
    public async Task Import_HeaderWithoutProof_IsRefusedByItsRule()
    {
        (MemoryChainStore original, HashedBlock[] blocks) = await MineAsync(_profile, 9);
        byte[] whole = await ExportAsync(_profile, original);

        // The same chain under a rule that asks for twice the work: a file that claims to be of it.
        AssertRefused(await RewriteAsync(whole, (height, head) => height == 5 ? Head(blocks[4], header => header with { Nonce = Unproven(header) }, head) : head), "height 5 is refused: ProofInvalid");
        AssertRefused(await RewriteAsync(whole, (height, head) => height == 4 ? head with { ChainWeight = Work.From(99) } : head), "height 4 is refused: the file says that its chain weighs 99");
        AssertRefused(await RewriteAsync(whole, (height, head) => height == 4 ? head with { RuleState = new byte[] { 1 } } : head), "height 4 is refused");
        AssertRefused(await RewriteAsync(whole, (height, head) => height == 4 ? head with { Header = head.Header[..^1] } : head), "height 4 is refused: it cannot be read");
        AssertRefused(await RewriteAsync(whole, (height, head) => height == 4 ? null : head), "height 4 is refused: HeightWrong");
        AssertRefused(await RewriteAsync(whole, (height, head) => height == 9 ? null : head), "headers to height 8", StateImportFault.Damaged);

        void AssertRefused(byte[] file, string why, StateImportFault fault = StateImportFault.HeaderRefused)
        {
            var store = new MemoryChainStore();
            Assert.That(async () => await ImportAsync(_profile, store, file), Refused(fault, why));
            Assert.That(store.Checkpoint, Is.Null);
        }
    }

    [Test]
    public async Task Import_StateOfAnotherHeight_IsRefused()
    {
        (MemoryChainStore original, _) = await MineAsync(_profile, 9);
        byte[] at9 = await ExportAsync(_profile, original, 9);
        byte[] at8 = await ExportAsync(_profile, original, 8);
        byte[] mixed = await RewriteAsync(at9, slicesOf: at8);
        Assert.That(async () => await ImportAsync(_profile, new MemoryChainStore(), mixed), Refused(StateImportFault.StateRefused, "state is not that after the block at height 9"));
        byte[] otherBlock = await RewriteAsync(at9, blockOf: at8);
        Assert.That(async () => await ImportAsync(_profile, new MemoryChainStore(), otherBlock), Refused(StateImportFault.BlockRefused, "block at height 9 is refused"));
    }

    [Test]
    public async Task Import_OtherChainOrStoreThatHoldsOne_IsRefusedAndLosesNothing()
    {
        (MemoryChainStore original, _) = await MineAsync(_profile, 4);
        byte[] file = await ExportAsync(_profile, original);
        Assert.That(async () => await ImportAsync(_profile, original, file), Refused(StateImportFault.StoreNotEmpty, "holds a chain already, to height 4"));
        Assert.That(original.Tip!.Value.Height, Is.EqualTo(4));
        ChainProfile other = _profile with { RewardMaturity = 4 };
        Assert.That(async () => await ImportAsync(other, new MemoryChainStore(), file), Refused(StateImportFault.OtherChain, "belongs to chain"));
    }

    [Test]
    public async Task Import_FormatWithoutStateRoots_AsksForTrust()
    {
        ChainProfile profile = Profiles.Int32Coin with { Consensus = new ProofOfWork(ProofOfWork.TargetFor(2)), Genesis = new GenesisSpec { Timestamp = default, Allocations = [new(_owner, 100)] } };
        (MemoryChainStore original, HashedBlock[] blocks) = await MineAsync(profile, 8);
        byte[] file = await ExportAsync(profile, original, 5);
        var store = new MemoryChainStore();
        Assert.That(async () => await ImportAsync(profile, store, file), Refused(StateImportFault.NeedsTrust, "no state root"));
        await ImportAsync(profile, store, file, new StateImportOptions { Trust = true });
        await using LedgerHost ledger = await LedgerBuilder.For(profile).UseStore(store).StartAsync().Soon();
        foreach (HashedBlock block in blocks[5..]) await ledger.SubmitBlockAsync(block).Soon();
        await ledger.WaitUntilSettledAsync().Soon();
        Assert.That((ledger.Tip.Id, ledger.ReadView().Supply), Is.EqualTo((blocks[^1].Id, 100UL + (8 * 50))));
    }

    [Test]
    public async Task Import_RuleThatCarriesWhatStatesSay_AsksForTrustAndThenBelievesTheFile()
    {
        ChainProfile profile = _profile with { Consensus = new SupplyRule() };
        (MemoryChainStore original, HashedBlock[] blocks) = await MineAsync(profile, 8);
        byte[] file = await ExportAsync(profile, original, 5);
        var store = new MemoryChainStore();
        Assert.That(async () => await ImportAsync(profile, store, file), Refused(StateImportFault.NeedsTrust, "what the rule supply-rule carries on"));
        await ImportAsync(profile, store, file, new StateImportOptions { Trust = true });
        await using (LedgerHost ledger = await LedgerBuilder.For(profile).UseStore(store).StartAsync().Soon())
        {
            foreach (HashedBlock block in blocks[5..]) await ledger.SubmitBlockAsync(block).Soon();
            await ledger.WaitUntilSettledAsync().Soon();
        }

        for (ulong height = 1; height <= 8; height++)
        {
            BlockId id = original.IdAt(height)!.Value;
            Assert.That(store.FindHead(id)!.RuleState.ToArray(), Is.EqualTo(original.FindHead(id)!.RuleState.ToArray()));
        }
    }

    [TestCase(0)]
    [TestCase(3)]
    [TestCase(5)]
    public async Task Import_HeadWithACertificateThatTheRuleDoesNotKnow_IsRefused(int at)
    {
        (MemoryChainStore original, _) = await MineAsync(_profile, 5, withPayments: false);
        byte[] file = await ExportAsync(_profile, original);
        byte[] forged = await RewriteAsync(file, (height, head) => height == at ? head with { Header = (byte[])[.. head.Header.Span[..^1], 0xC4, 1, 7] } : head);
        Assert.That(async () => await ImportAsync(_profile, new MemoryChainStore(), forged), Refused(StateImportFault.HeaderRefused, Invariant($"height {at} is refused")));
    }

    [Test]
    public async Task Import_DrawnGenesisUnderAnAuthority_ChecksSealsAndGoesOn()
    {
        var original = new MemoryChainStore();
        LedgerBuilder Builder(MemoryChainStore store) => LedgerBuilder.For(Profiles.Development).UseStore(store).UseAuthority(_key);
        using var running = new MemoryStream();
        await using (LedgerHost ledger = await Builder(original).StartAsync().Soon())
        {
            for (int i = 0; i < 5; i++) await ledger.SubmitAndConfirmAsync(Transfer.Sign(_key, _friend, 5, ledger.Context)).Soon();
            await ledger.ExportStateAsync(running).Soon();
        }

        using var stopped = new MemoryStream();
        await Builder(original).ExportStateAsync(stopped).Soon();
        Assert.That(stopped.ToArray(), Is.EqualTo(running.ToArray()), "running or stopped, it is the same file");

        var store = new MemoryChainStore();
        byte[] forged = await RewriteAsync(running.ToArray(), (height, head) => height == 3 ? head with { Header = Flip(head.Header) } : head);
        Assert.That(async () => await Builder(store).ImportStateAsync(await OpenAsync(forged)), Refused(StateImportFault.HeaderRefused, "height 3 is refused: its seal"));
        await Builder(store).ImportStateAsync(await OpenAsync(running.ToArray())).Soon();
        await using LedgerHost imported = await Builder(store).StartAsync().Soon();
        Assert.That(imported.Balance(_friend), Is.EqualTo(25));
        await imported.SubmitAndConfirmAsync(Transfer.Sign(_key, _friend, 5, imported.Context)).Soon();
        Assert.That((imported.Balance(_friend), imported.Tip.Header.Height), Is.EqualTo((30, 6)));
    }

    private static ReadOnlyMemory<byte> Flip(ReadOnlyMemory<byte> header)
    {
        byte[] bytes = header.ToArray();
        bytes[^20] ^= 1;
        return bytes;
    }

    private static ulong Unproven(BlockHeader header)
    {
        for (ulong nonce = 0; ; nonce++)
        {
            if (Profiles.Standard.Format.Digest(header with { Nonce = nonce }) >= header.Target) return nonce;
        }
    }

    private static StateRecord.Head Head(HashedBlock block, Func<BlockHeader, BlockHeader> change, StateRecord.Head head)
    {
        var changed = HashedBlock.Create(new Block { Header = change(block.Header), Transactions = block.Block.Transactions }, Profiles.Standard.Format, default);
        return head with { Header = HeadCodec.Write(changed, Profiles.Standard.Format, default, Work.Zero).Header };
    }

    private static Task<StateFileReader> OpenAsync(byte[] file) => StateFileReader.OpenAsync(new MemoryStream(file));

    private static async Task<byte[]> ExportAsync(ChainProfile profile, MemoryChainStore store, ulong? height = null)
    {
        using var file = new MemoryStream();
        await LedgerBuilder.For(profile).UseStore(store).ExportStateAsync(file, height).Soon();
        return file.ToArray();
    }

    private static async Task<StateImportReport> ImportAsync(
        ChainProfile profile, IChainStore store, byte[] file, StateImportOptions? options = null, IProgress<FileProgress>? progress = null, CancellationToken cancellation = default) =>
        await LedgerBuilder.For(profile).UseStore(store).ImportStateAsync(await OpenAsync(file), options, progress, cancellation).Soon();

    /// <summary>Writes a file again with other content and right checksums.</summary>
    private static async Task<byte[]> RewriteAsync(
        byte[] file, Func<int, StateRecord.Head, StateRecord.Head?>? change = null, byte[]? slicesOf = null, byte[]? blockOf = null)
    {
        (StateFileHead head, List<StateRecord> records) = await RecordsOfAsync(file);
        List<StateRecord> slices = slicesOf is null ? records : (await RecordsOfAsync(slicesOf)).Records;
        List<StateRecord> blocks = blockOf is null ? records : (await RecordsOfAsync(blockOf)).Records;
        var forge = new StateFileForge(head);
        int height = 0;
        foreach (StateRecord.Heads heads in records.OfType<StateRecord.Heads>())
            forge.Add([.. heads.Items.Select(item => change is null ? item : change(height++, item)).OfType<StateRecord.Head>()]);
        foreach (StateRecord.Block block in blocks.OfType<StateRecord.Block>()) forge.Add(block);
        foreach (StateRecord.Slice slice in slices.OfType<StateRecord.Slice>()) forge.Add(slice);
        return forge.End();
    }

    private static EqualConstraint Refused(StateImportFault fault) =>
        Throws.TypeOf<StateImportException>().With.Property(nameof(StateImportException.Fault)).EqualTo(fault);

    private static IResolveConstraint Refused(StateImportFault fault, string why) => Refused(fault).And.Message.Contains(why);

    private static async Task<(StateFileHead Head, List<StateRecord> Records)> RecordsOfAsync(byte[] file)
    {
        StateFileReader reader = await OpenAsync(file);
        var records = new List<StateRecord>();
        while (await reader.ReadAsync() is { } record) records.Add(record);
        return (reader.Head, records);
    }

    private HashedBlock[] Branch(HashedBlock[] from, int length)
    {
        var maker = new BlockMaker(_profile);
        maker.Take(from);
        return [.. Enumerable.Range(0, length).Select(_ => maker.Next(_owner))];
    }

    /// <summary>A chain whose friend mines and whose owner pays, with checkpoints now and then.</summary>
    private async Task<(MemoryChainStore Store, HashedBlock[] Blocks)> MineAsync(ChainProfile profile, int length, bool withPayments = true)
    {
        var maker = new BlockMaker(profile);
        var blocks = new HashedBlock[length];
        for (int i = 0; i < length; i++)
        {
            var context = new TransferContext(profile, maker.Genesis.Id, (ulong)i, SystemEntropy.Instance);
            blocks[i] = maker.Next(_friend, withPayments ? [Transfer.Sign(_key, _friend, (ulong)i + 1, context)] : []);
        }

        var store = new MemoryChainStore();
        await using LedgerHost ledger = await LedgerBuilder.For(profile).UseStore(store).UseChain(new ChainOptions { CheckpointBlocks = 12 }).StartAsync().Soon();
        foreach (HashedBlock block in blocks) await ledger.SubmitBlockAsync(block).Soon();
        await ledger.WaitUntilSettledAsync().Soon();
        Assert.That(ledger.Tip.Id, Is.EqualTo(blocks[^1].Id));
        return (store, blocks);
    }

    private sealed class Synchronous(Action<FileProgress> report) : IProgress<FileProgress>
    {
        public void Report(FileProgress value) => report(value);
    }
}
