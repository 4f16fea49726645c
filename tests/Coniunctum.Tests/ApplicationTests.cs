using Coniunctum.Consensus;
using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;
using Coniunctum.Tests.Support;
using Names;

namespace Coniunctum.Tests;

/// <summary>Applications of a running ledger: what whoever embeds one meets.</summary>
public sealed class ApplicationTests
{
    private static readonly ChainProfile s_profile = Profiles.Development with { Applications = [new NameRegistry(), new Faulty()] };

    private PrivateKey _key = null!;
    private Address _owner;

    [SetUp]
    public void CreateKey()
    {
        _key = PrivateKey.Generate(SystemEntropy.Instance);
        _owner = s_profile.Signatures.AddressOf(_key.PublicKey);
    }

    [TearDown]
    public void DisposeKey() => _key.Dispose();

    [Test]
    public async Task Call_DoneOrRefused_SaysSoInItsConfirmation()
    {
        await using LedgerHost ledger = await StartAsync();
        Confirmation done = await CallAsync(ledger, NameRegistry.Register("atlas", 5));
        Confirmation refused = await CallAsync(ledger, NameRegistry.Register("atlas", 5));
        Confirmation payment = await ledger.SubmitAndConfirmAsync(Transfer.Sign(_key, _owner, 5, ledger.Context)).Soon();

        Assert.That((done.Refusal, refused.Refusal, payment.Refusal), Is.EqualTo(((string?)null, "the name is taken", (string?)null)));
        Assert.That(ledger.Chain.FailedCallsOf(done.Block), Is.Empty);
        Assert.That(ledger.Chain.FailedCallsOf(refused.Block), Is.EqualTo(new[] { new FailedCall(1, "the name is taken") }));
        Assert.That(ledger.Chain.FailedCallsOf(new BlockId(Sha3_256.Hash([1]))), Is.Null);
        Assert.That(NameRegistry.Parse(Entry(ledger, "atlas")), Is.EqualTo((_owner, 6UL)));
        Assert.That(Entry(ledger, "borealis").IsEmpty, Is.True);
    }

    [Test]
    public async Task Proofs_OfTheTip_AreCheckedByItsHeaderAlone()
    {
        await using LedgerHost ledger = await StartAsync();
        Confirmation call = await CallAsync(ledger, NameRegistry.Register("atlas", 5));
        ProofAtTip present = ledger.ReadView().ProveEntry(NameRegistry.Number, NameRegistry.KeyOf("atlas"));
        ProofAtTip absent = ledger.ReadView().ProveEntry(NameRegistry.Number, NameRegistry.KeyOf("borealis"));
        ProofAtTip balance = ledger.ReadView().ProveBalance(_owner);
        Assert.That(new[] { present, absent, balance }.Select(proof => proof.Block.Id), Is.All.EqualTo(call.Block));
        ulong owned = ledger.Balance(_owner);
        Hash256 root = present.Block.Header.StateRoot;
        await ledger.DisposeAsync();

        Assert.That(Outcome(present, "atlas"), Is.EqualTo(ProofOutcome.Present));
        Assert.That(Outcome(absent, "borealis"), Is.EqualTo(ProofOutcome.Absent));
        Assert.That(Outcome(absent, "atlas"), Is.EqualTo(ProofOutcome.Invalid));
        Assert.That(StateProof.VerifyBalance(balance.Proof, root, _owner, out ulong proven), Is.EqualTo(ProofOutcome.Present));
        Assert.That(proven, Is.EqualTo(owned));

        ProofOutcome Outcome(ProofAtTip proof, string name)
        {
            Assert.That(StateProof.Decode(proof.Proof.Encode(), s_profile.Limits, out StateProof? read).IsValid, Is.True);
            return StateProof.VerifyEntry(read!, root, NameRegistry.Number, NameRegistry.KeyOf(name), out _);
        }
    }

    [Test]
    public async Task Submit_CallThatIsNotAdmitted_IsRejectedWithItsReason()
    {
        await using LedgerHost ledger = await StartAsync();
        Transaction call = Transfer.SignCall(_key, NameRegistry.Number, [1, 2, 3], ledger.Context);
        Assert.That(await ledger.SubmitAsync(call).Soon(), Is.EqualTo(Admission.Refused(PoolRule.CallRefused) with { Reason = "no call of this registry" }));
        Assert.That(
            async () => await ledger.SubmitAndConfirmAsync(call),
            Throws.TypeOf<TransactionRejectedException>().With.Message.Contains("no call of this registry"));
        Assert.That(() => Transfer.SignCall(_key, new AppId(3), [], ledger.Context), Throws.ArgumentException);
        Assert.That(() => Transfer.SignCall(_key, NameRegistry.Number, new byte[4_096], ledger.Context), Throws.ArgumentException.With.Message.Contains("PayloadInvalid"));
    }

    [Test]
    public async Task Call_WhoseCodeThrows_IsRefusedAndTheLedgerGoesOn()
    {
        await using LedgerHost ledger = await StartAsync();
        Confirmation thrown = await CallAsync(ledger, "throw"u8.ToArray(), Faulty.Number);
        Assert.That(thrown.Refusal, Is.EqualTo("NotSupportedException: on purpose"));
        Confirmation next = await CallAsync(ledger, NameRegistry.Register("atlas", 5));
        Assert.That((next.Refusal, ledger.Halted), Is.EqualTo(((string?)null, (HaltReason?)null)));
    }

    [Test]
    public async Task Call_ThatMeetsAFaultOfTheMachine_HaltsTheLedger()
    {
        await using LedgerHost ledger = await StartAsync();
        Assert.That(async () => await CallAsync(ledger, "memory"u8.ToArray(), Faulty.Number), Throws.TypeOf<LedgerHaltedException>());
        Assert.That(ledger.Halted!.Text, Does.Contain("no stack"));
        Assert.That(ledger.Tip.Header.Height, Is.Zero, "no block holds it");
    }

    [Test]
    public async Task Restart_WithEntries_FindsThemAndUndoesThemStill()
    {
        // A store that outlives the ledgers which dispose it.
        var memory = new MemoryChainStore();
        Confirmation refused;
        string before;
        await using (LedgerHost first = await StartAsync(new TestStore(memory)))
        {
            await CallAsync(first, NameRegistry.Register("atlas", 3));
            refused = await CallAsync(first, NameRegistry.Register("atlas", 3));
            before = Convert.ToHexString(Entry(first, "atlas").Span);
        }

        await using LedgerHost second = await StartAsync(new TestStore(memory));
        Assert.That(Convert.ToHexString(Entry(second, "atlas").Span), Is.EqualTo(before));
        Assert.That(second.Chain.FailedCallsOf(refused.Block), Is.EqualTo(new[] { new FailedCall(1, "the name is taken") }));
        while (second.Tip.Header.Height < 5) await CallAsync(second, NameRegistry.Register($"other{second.Tip.Header.Height}", 100));
        Assert.That(Entry(second, "atlas").IsEmpty, Is.True, "it has ended on its height");
    }

    [Test]
    public async Task Index_OfBlocksWithCalls_IsTheSameWhenItIsRebuilt()
    {
        var memory = new MemoryChainStore();
        List<TransactionId> calls = [];
        var index = new MemoryChainIndex();
        await using (LedgerHost first = await StartAsync(new TestStore(memory), index))
        {
            foreach (string name in new[] { "atlas", "atlas", "borealis" }) calls.Add((await CallAsync(first, NameRegistry.Register(name, 3))).Transaction);
            await Waiting.UntilAsync(() => index.Tip?.Height == first.Tip.Header.Height);
        }

        // The index lives beside the chain: a new one begins at genesis and reads the blocks again.
        var rebuilt = new MemoryChainIndex();
        await using LedgerHost second = await StartAsync(new TestStore(memory), rebuilt);
        await Waiting.UntilAsync(() => rebuilt.Tip?.Height == second.Tip.Header.Height);
        foreach (TransactionId call in calls)
        {
            Assert.That(rebuilt.Find(call)?.Sender, Is.EqualTo(_owner));
            Assert.That(rebuilt.Find(call), Is.EqualTo(index.Find(call)));
        }

        Assert.That(rebuilt.ReadHistory(_owner, 10).Transactions, Is.EqualTo(index.ReadHistory(_owner, 10).Transactions));
        Assert.That(rebuilt.ReadHistory(_owner, 10).Transactions, Has.Length.GreaterThanOrEqualTo(3));
    }

    private static ReadOnlyMemory<byte> Entry(LedgerHost ledger, string name) => ledger.EntryOf(NameRegistry.Number, NameRegistry.KeyOf(name));

    private Task<Confirmation> CallAsync(LedgerHost ledger, byte[] data, AppId? application = null) =>
        ledger.SubmitAndConfirmAsync(Transfer.SignCall(_key, application ?? NameRegistry.Number, data, ledger.Context, fee: 1)).Soon();

    private Task<LedgerHost> StartAsync(IChainStore? store = null, IChainIndex? index = null)
    {
        LedgerBuilder builder = LedgerBuilder.For(s_profile).UseAuthority(_key);
        if (store is not null) builder.UseStore(store);
        if (index is not null) builder.UseIndex(_ => index);
        return builder.StartAsync().Soon();
    }

    private sealed class Faulty : ILedgerApplication
    {
        public static readonly AppId Number = new(2);

        public AppId Id => Number;

        public string Name => "faulty/1";

        public CallOutcome Execute(Call call, ApplicationContext state) => throw (call.Data.Span.SequenceEqual("throw"u8)
            ? new NotSupportedException("on purpose")
            : new InsufficientExecutionStackException("no stack"));
    }
}
