using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Testing.Tests.Support;

namespace Coniunctum.Testing.Tests;

[CancelAfter(60_000)]
public sealed class TestLedgerTests
{
    // What tests elsewhere may have written down.
    private const string FirstAddress = "69d1d2a060353b4a3be7941b27ce333d65e71d10c70d64e0817e694f74620ce0";

    private static readonly TestLedgerOptions s_manual = new() { AutoMine = false };

    private static readonly TestLedgerOptions s_notary = new() { Profile = Profiles.Development with { Name = "notary", Applications = [new Notary()] } };

    [Test]
    public async Task Example_OfThePage_PaysAndMines()
    {
        await using TestLedger ledger = await TestLedger.StartAsync();
        TestAccount alice = ledger.Accounts[0], bob = ledger.Accounts[1];
        await ledger.PayAsync(alice, bob.Address, 5);
        await ledger.MineAsync(10);
        Assert.That((ledger.Balance(bob.Address), ledger.Host.Tip.Header.Height), Is.EqualTo((1_000_000_005UL, 11UL)));
    }

    [Test]
    public async Task Options_OfThePage_HaveAnApplicationAndNoBlockByItself()
    {
        await using TestLedger ledger = await TestLedger.StartAsync(new TestLedgerOptions
        {
            Profile = Profiles.Development with { Applications = [new Notary()] },
            AutoMine = false,
        });
        Assert.That((await ledger.CallAsync(ledger.Accounts[0], Notary.Number, "a contract"u8.ToArray())).Height, Is.EqualTo(1));
    }

    [Test]
    public async Task Accounts_AreTheSameEachTime_AndOwnWhatTheOptionsSay(CancellationToken cancellation)
    {
        await using TestLedger ledger = await TestLedger.StartAsync(new TestLedgerOptions { Balance = 7, Seed = 1 }, cancellation);
        await using TestLedger other = await TestLedger.StartAsync(cancellation: cancellation);
        Assert.That(ledger.Accounts.Select(account => account.Address), Is.EqualTo(other.Accounts.Select(account => account.Address)).And.Unique);
        Assert.That(ledger.Accounts, Has.Count.EqualTo(10));
        Assert.That(ledger.Accounts[0].Address.ToString(), Is.EqualTo(FirstAddress));
        Assert.That(ledger.Accounts.Select(account => ledger.Balance(account.Address)), Is.All.EqualTo(7));
        Assert.That(ledger.Accounts[2].ToString(), Is.EqualTo("account 3"));
    }

    [Test]
    public async Task SameCalls_MakeTheSameChain_AndAnotherSeedAnother([Values] bool autoMine, CancellationToken cancellation)
    {
        var options = new TestLedgerOptions { AutoMine = autoMine };
        BlockId first = await RunAsync(options, cancellation), second = await RunAsync(options, cancellation);
        Assert.That(second, Is.EqualTo(first));
        Assert.That(await RunAsync(options with { Seed = 1 }, cancellation), Is.Not.EqualTo(first));
    }

    [Test]
    public async Task Transfer_WhileTheTestMines_WaitsForItsBlock(CancellationToken cancellation)
    {
        await using TestLedger ledger = await TestLedger.StartAsync(s_manual with { FinalAtOnce = false }, cancellation);
        Transaction transfer = Transfer.Sign(ledger.Accounts[0].Key, Shop.Address, 5, ledger.Context);
        Assert.That((await ledger.SubmitAsync(transfer, cancellation)).IsValid, Is.True);
        Task<Confirmation> confirmed = ledger.SubmitAndConfirmAsync(transfer, confirmations: 3, cancellation);
        await ledger.Host.WaitUntilSettledAsync(cancellation);
        Assert.That((ledger.Host.Tip.Header.Height, ledger.Host.Pool.Count), Is.EqualTo((0UL, 1)));
        Assert.That(ledger.Host.ReadView().Status.Production.State, Is.EqualTo(ProductionState.WaitsForOthers));

        await ledger.MineAsync(2, cancellation);
        Assert.That((ledger.Balance(Shop.Address), confirmed.IsCompleted), Is.EqualTo((5UL, false)), "two blocks are not three");
        await ledger.MineAsync(1, cancellation);
        Assert.That((await confirmed).Height, Is.EqualTo(1));
    }

    [Test]
    public async Task AutoMine_SwitchedOn_TakesWhatWaits(CancellationToken cancellation)
    {
        await using TestLedger ledger = await TestLedger.StartAsync(s_manual, cancellation);
        Transaction transfer = Transfer.Sign(ledger.Accounts[0].Key, Shop.Address, 5, ledger.Context);
        await ledger.SubmitAsync(transfer, cancellation);
        ledger.AutoMine = true;
        Assert.That((await ledger.SubmitAndConfirmAsync(transfer, cancellation: cancellation)).Height, Is.EqualTo(1));
        Assert.That(ledger.Host.Tip.Header.Height, Is.EqualTo(1), "nothing is mined for nothing");
    }

    [Test]
    public async Task Call_ThatTheApplicationRefuses_SaysWhy_InEitherMode([Values] bool autoMine, CancellationToken cancellation)
    {
        await using TestLedger ledger = await TestLedger.StartAsync(s_notary with { AutoMine = autoMine }, cancellation);
        Confirmation first = await ledger.CallAsync(ledger.Accounts[0], Notary.Number, "a contract"u8.ToArray(), cancellation: cancellation);
        Confirmation again = await ledger.CallAsync(ledger.Accounts[1], Notary.Number, "a contract"u8.ToArray(), cancellation: cancellation);
        Assert.That((first.Refusal, again.Refusal, again.Height), Is.EqualTo(((string?)null, "it was noted before", 2UL)));
        Assert.That(ledger.EntryOf(Notary.Number, "a contract"u8).Span[^1], Is.EqualTo(1));
    }

    [Test]
    public async Task Confirm_WhatARuleKeepsOut_Throws_AndWaitsForNothing([Values] bool autoMine, CancellationToken cancellation)
    {
        await using TestLedger ledger = await TestLedger.StartAsync(new TestLedgerOptions { Balance = 10, AutoMine = autoMine }, cancellation);
        TransactionRejectedException? tooMuch = await Assert.ThrowsAsync<TransactionRejectedException>(() => ledger.PayAsync(ledger.Accounts[0], Shop.Address, 11, cancellation: cancellation));
        Assert.That(tooMuch!.Admission.RuleName, Is.EqualTo(nameof(BlockRule.BalanceInsufficient)));
    }

    [Test]
    public async Task Advance_MovesTheLedgersClock_AndItsBlocksTime(CancellationToken cancellation)
    {
        var start = new DateTimeOffset(2030, 5, 1, 12, 0, 0, TimeSpan.Zero);
        await using TestLedger ledger = await TestLedger.StartAsync(new TestLedgerOptions { Start = start }, cancellation);
        Assert.That(ledger.Host.Tip.Header.Timestamp, Is.EqualTo(Timestamp.From(start)), "genesis is made at the start");
        ledger.Advance(TimeSpan.FromDays(1));
        Assert.That((await ledger.MineAsync(1, cancellation)).Header.Timestamp, Is.EqualTo(Timestamp.From(start.AddDays(1))));
    }

    [Test]
    public async Task Mine_ABlockThatTheLedgerRefuses_SaysWhy(CancellationToken cancellation)
    {
        await using TestLedger ledger = await TestLedger.StartAsync(
            new TestLedgerOptions { Profile = Profiles.Development with { Signatures = new UnsignedScheme(Profiles.Development.Signatures) } }, cancellation);
        InvalidOperationException? refused = await Assert.ThrowsAsync<InvalidOperationException>(() => ledger.MineAsync(1, cancellation));
        Assert.That(refused!.Message, Does.StartWith("No block can be made: SealInvalid"));
    }

    [Test]
    public async Task Revert_RestoresBlocksClockModeAndPool_AgainAndAgain(CancellationToken cancellation)
    {
        await using TestLedger ledger = await TestLedger.StartAsync(cancellation: cancellation);
        await ledger.PayAsync(ledger.Accounts[0], Shop.Address, 5, cancellation: cancellation);
        TestSnapshot snapshot = ledger.TakeSnapshot();
        for (int round = 0; round < 3; round++)
        {
            await ledger.PayAsync(ledger.Accounts[1], Shop.Address, 6, cancellation: cancellation);
            ledger.AutoMine = false;
            ledger.Advance(TimeSpan.FromHours(1));
            await ledger.SubmitAsync(Transfer.Sign(ledger.Accounts[2].Key, Shop.Address, 7, ledger.Context), cancellation);

            await ledger.RevertAsync(snapshot, cancellation);
            Assert.That((ledger.Host.Tip.Id, ledger.Balance(Shop.Address), ledger.Host.Pool.Count), Is.EqualTo((snapshot.Ledger.Block, 5UL, 0)));
            Assert.That((ledger.Clock.GetUtcNow(), ledger.AutoMine), Is.EqualTo((snapshot.Time, true)));
        }

        Assert.That((await ledger.PayAsync(ledger.Accounts[0], Shop.Address, 1, cancellation: cancellation)).Height, Is.EqualTo(2));
    }

    [Test]
    public async Task Reorganize_UndoesBlocks_AndTakesTheirTransactionsAnew(CancellationToken cancellation)
    {
        await using TestLedger ledger = await TestLedger.StartAsync(s_manual with { FinalAtOnce = false }, cancellation);
        await ledger.MineAsync(2, cancellation);
        Confirmation paid = await ledger.PayAsync(ledger.Accounts[0], Shop.Address, 5, cancellation: cancellation);
        await ledger.MineAsync(1, cancellation);
        HashedBlock tip = ledger.Host.Tip;

        HashedBlock better = await ledger.ReorganizeAsync(2, cancellation);
        Assert.That((better.Header.Height, ledger.Balance(Shop.Address), paid.IsFinal), Is.EqualTo((5UL, 5UL, false)));
        Assert.That(ledger.Host.Chain.ConfirmationsOf(paid.Block), Is.Zero);
        Assert.That((await ledger.SubmitAndConfirmAsync(FindPayment(ledger), cancellation: cancellation)).Height, Is.EqualTo(3), "it stands in the first new block");
        Assert.That(await ReadAsync(ledger, tip.Id, 5, cancellation), Is.EqualTo(new[] { -4L, -3, 3, 4, 5 }));
        Assert.That(() => ledger.ReorganizeAsync(6, cancellation), Throws.InvalidOperationException.With.Message.Contains("5 blocks"));
    }

    [Test]
    public async Task Reorganize_OfBlocksThatAreFinal_IsRefused(CancellationToken cancellation)
    {
        await using TestLedger ledger = await TestLedger.StartAsync(cancellation: cancellation);
        Assert.That((await ledger.PayAsync(ledger.Accounts[0], Shop.Address, 5, cancellation: cancellation)).IsFinal, Is.True);
        Assert.That(() => ledger.ReorganizeAsync(1, cancellation), Throws.InvalidOperationException.With.Message.Contains(nameof(TestLedgerOptions.FinalAtOnce)));
    }

    [Test]
    public async Task Calls_FromManyThreads_AreDoneOneAfterAnother(CancellationToken cancellation)
    {
        await using TestLedger ledger = await TestLedger.StartAsync(s_manual with { FinalAtOnce = false }, cancellation);
        TestSnapshot genesis = ledger.TakeSnapshot();
        await ledger.MineAsync(8, cancellation);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run<Task>(
            () => i % 2 == 0 ? ledger.MineAsync(3, cancellation) : ledger.ReorganizeAsync(2, cancellation), cancellation).Unwrap()));
        Assert.That(ledger.Host.Tip.Header.Height, Is.EqualTo(8 + (4 * 3) + 4));
        await ledger.RevertAsync(genesis, cancellation);
        Assert.That(ledger.Host.Tip.Header.Height, Is.Zero);
    }

    [Test]
    public async Task Ledger_ThatHasEnded_LeavesNoOneWaiting(CancellationToken cancellation)
    {
        TestLedger ledger = await TestLedger.StartAsync(s_manual, cancellation);
        await ledger.DisposeAsync();
        Assert.That(() => ledger.MineAsync(1, cancellation), Throws.InstanceOf<ObjectDisposedException>());

        var store = new MemoryChainStore();
        await using (TestLedger kept = await TestLedger.StartAsync(new TestLedgerOptions { Configure = builder => builder.UseStore(new FullStore(store)) }, cancellation))
        {
            Assert.That(() => kept.MineAsync(1, cancellation), Throws.InstanceOf<LedgerHaltedException>());
            Assert.That(() => kept.MineAsync(1, cancellation), Throws.InstanceOf<LedgerHaltedException>(), "later calls do not wait either");
        }
    }

    [Test]
    public async Task Cancellation_EndsMining_AndTheLedgerGoesOn(CancellationToken cancellation)
    {
        await using TestLedger ledger = await TestLedger.StartAsync(s_manual, cancellation);
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<HashedBlock> mining = ledger.MineAsync(TestLedger.MaxBlocks, cancelled.Token);
        await cancelled.CancelAsync();
        Assert.That(() => mining, Throws.InstanceOf<OperationCanceledException>());
        HashedBlock tip = await ledger.MineAsync(1, cancellation);
        await ledger.Host.WaitUntilSettledAsync(cancellation);
        Assert.That(ledger.Host.Tip.Id, Is.EqualTo(tip.Id), "what was asked for before is not made any more");
    }

    [Test]
    public async Task Arguments_OutOfRange_AreNamed(CancellationToken cancellation)
    {
        await using TestLedger ledger = await TestLedger.StartAsync(cancellation: cancellation);
        Assert.That(() => ledger.MineAsync(0, cancellation), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => ledger.MineAsync(100_001, cancellation), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => ledger.Advance(TimeSpan.FromTicks(-1)), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => TestLedger.StartAsync(new TestLedgerOptions { Profile = Profiles.Int32Coin, Balance = 1 }, cancellation), Throws.ArgumentException);
    }

    [Test]
    public async Task Store_KeepsTheLedger_AndTheNextOneGoesOn(CancellationToken cancellation)
    {
        var store = new MemoryChainStore();
        var options = new TestLedgerOptions { Configure = builder => builder.UseStore(store) };
        await using (TestLedger ledger = await TestLedger.StartAsync(options, cancellation))
        {
            await ledger.PayAsync(ledger.Accounts[0], Shop.Address, 5, cancellation: cancellation);
        }

        await using TestLedger again = await TestLedger.StartAsync(options, cancellation);
        Assert.That((again.Balance(Shop.Address), again.Host.Tip.Header.Height), Is.EqualTo((5UL, 1UL)));
    }

    private static async Task<BlockId> RunAsync(TestLedgerOptions options, CancellationToken cancellation)
    {
        await using TestLedger ledger = await TestLedger.StartAsync(options, cancellation);
        for (int i = 0; i < 5; i++)
        {
            await ledger.PayAsync(ledger.Accounts[i], ledger.Accounts[i + 1].Address, 5, fee: 1, cancellation);
            ledger.Advance(TimeSpan.FromSeconds(1));
            await ledger.MineAsync(2, cancellation);
        }

        return ledger.Host.Tip.Id;
    }

    private static Transaction FindPayment(TestLedger ledger) => ledger.Host.Chain.BlockAt(3)!.Transactions[1].Transaction;

    private static async Task<long[]> ReadAsync(TestLedger ledger, BlockId after, int count, CancellationToken cancellation)
    {
        var heights = new List<long>();
        await foreach (LedgerEvent change in ledger.EventsAsync(after, cancellation))
        {
            heights.Add(change is LedgerEvent.Connected ? (long)change.Block.Header.Height : -(long)change.Block.Header.Height);
            if (heights.Count == count) break;
        }

        return [.. heights];
    }

    /// <summary>What it signs is not signed.</summary>
    private sealed class UnsignedScheme(ISignatureScheme inner) : ISignatureScheme
    {
        public string Name => inner.Name;

        public int SignatureSize => inner.SignatureSize;

        public Address AddressOf(in PublicKey key) => inner.AddressOf(key);

        public void Sign(PrivateKey key, in Hash256 digest, Span<byte> signature) => signature[..SignatureSize].Fill(1);

        public SignatureOutcome Recover(in Hash256 digest, ReadOnlySpan<byte> signature, out Address signer) => inner.Recover(digest, signature, out signer);

        public void RecoverMany(ReadOnlySpan<Hash256> digests, ReadOnlySpan<byte> signatures, Span<Address> signers, Span<SignatureOutcome> outcomes) =>
            inner.RecoverMany(digests, signatures, signers, outcomes);
    }

    /// <summary>Takes the genesis, and fails from the first block on.</summary>
    private sealed class FullStore(IChainStore inner) : PassingStore(inner)
    {
        public override void Commit(params ReadOnlySpan<StoreBatch> batches)
        {
            foreach (StoreBatch batch in batches)
            {
                if (Tip is not null && !batch.Connected.IsEmpty) throw new IOException("The disk is full.");
            }

            base.Commit(batches);
        }
    }
}
