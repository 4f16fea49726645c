using Coniunctum.Consensus.Pool;
using Coniunctum.Consensus.Tests.Support;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Formats;
using Names;
using static Coniunctum.TestKit.Chains.World;

namespace Coniunctum.Consensus.Tests.Chain;

/// <summary>Calls of applications in the pool, in candidates, and in branches that win and lose.</summary>
public sealed class CallTests
{
    private CostlyApplication _costly = null!;
    private World _world = null!;
    private ChainHarness _node = null!;

    [SetUp]
    public void CreateChain() => Use(new LedgerLimits());

    [Test]
    public void Submit_CallThatIsNotAdmitted_IsRefusedAndSaysWhy()
    {
        Assert.That(_node.Submit(Costly("yes")), Is.EqualTo(Admission.Accepted));
        Admission refused = _node.Submit(Costly("no"));
        Assert.That(refused, Is.EqualTo(Admission.Refused(PoolRule.CallRefused) with { Reason = "not today" }));
        Assert.That((refused.IsValid, refused.IsWaiting, refused.RuleName), Is.EqualTo((false, false, "CallRefused")));
        Assert.That(refused.ToString(), Is.EqualTo("CallRefused: not today"));
        Assert.That(_node.Submit(Costly("throw")).Reason, Is.EqualTo("FormatException: cannot be read"));
        Assert.That(_node.Core.PoolCount, Is.EqualTo(1));
    }

    [Test]
    public void Submit_CallInAnothersName_NeverReachesTheApplication()
    {
        // To ask the application costs work, which no one without the sender's key should make a node do.
        Transaction forged = Costly("yes").WithSignature(PlainSignatures.Sign(Bob, default));
        Assert.That(_node.Submit(forged).Verdict.Rule, Is.EqualTo(BlockRule.SignatureInvalid));
        Assert.That(_costly.Questions, Is.Zero);
        Assert.That(_node.Submit(Costly("yes")), Is.EqualTo(Admission.Accepted));
        Assert.That(_costly.Questions, Is.EqualTo(1));
    }

    [Test]
    public void Submit_PayloadThatIsNoCall_BreaksARule()
    {
        Assert.That(
            _node.Submit(Call(Alice, new AppId(8), [1])),
            Is.EqualTo(Admission.Invalid(Verdict.Invalid(BlockRule.PayloadInvalid, 8UL, "the number of an application that the profile has"))));
        Assert.That(_node.Submit(Call(Alice, CostlyApplication.Number, new byte[4_096])).Verdict.Rule, Is.EqualTo(BlockRule.PayloadInvalid));
        _world = new World(StandardFormat.Instance);
        _node = new ChainHarness(_world);
        Assert.That(
            _node.Submit(Costly("yes")),
            Is.EqualTo(Admission.Invalid(Verdict.Invalid(BlockRule.PayloadInvalid, 7UL, "an empty payload: the profile has no applications"))));
    }

    [Test]
    public void Submit_AdmittedCallThatCannotPay_Waits()
    {
        Assert.That(_node.Submit(Call(Carol, CostlyApplication.Number, "yes"u8, fee: 5), mayWait: true).IsWaiting, Is.True);
        Assert.That(_node.Submit(Call(Carol, CostlyApplication.Number, "no"u8, fee: 5), mayWait: true).Rule, Is.EqualTo(PoolRule.CallRefused));
    }

    [Test]
    public void Candidate_WithMoreCallsThanABlocksWork_LeavesTheRestForTheNext()
    {
        Use(new LedgerLimits { MaxCallWork = 1_500, MaxBlockWork = 2_500 });
        for (ulong fee = 10; fee > 0; fee--) Assert.That(_node.Submit(Costly("yes", fee)), Is.EqualTo(Admission.Accepted));
        Assert.That(_node.Submit(_world.Pay(Alice, Bob, 1)), Is.EqualTo(Admission.Accepted));

        for (int calls = 10; calls > 0; calls -= 2)
        {
            int before = _costly.Calls;
            BlockDraft draft = _node.Candidate();
            Assert.That(_costly.Calls - before, Is.EqualTo(Math.Min(3, calls)), "one that does not fit is enough");
            Assert.That(draft.Transactions.Skip(1).Count(transaction => !transaction.Payload.IsEmpty), Is.EqualTo(2));
            Assert.That(draft.Transactions, Has.Length.EqualTo(calls == 10 ? 4 : 3), "payments need no work");
            Assert.That(_node.Deliver(new Forge(_world).Search(Block(draft))), Is.EqualTo(Verdict.Valid));
        }

        Assert.That(_node.Core.PoolCount, Is.Zero);
    }

    [Test]
    public void Reorganization_OfCalls_LeavesTheWinnersEntriesAndReturnsTheLosersCalls()
    {
        var forge = new Forge(_world);
        Transaction alices = Name(Alice, NameRegistry.Register("atlas", 20));
        Transaction bobs = Name(Bob, NameRegistry.Register("atlas", 5));
        HashedBlock losing = forge.Next(forge.Genesis, [alices]);
        losing = forge.Next(losing, [Name(Alice, NameRegistry.Register("borealis", 20)), bobs]);
        HashedBlock winning = forge.Next(forge.Genesis, [bobs]);
        winning = forge.Next(winning);
        winning = forge.Next(winning);

        _node.DeliverAll(forge.ChainTo(losing));
        Assert.That((Owner("atlas"), Owner("borealis")), Is.EqualTo((Alice, Alice)));
        _node.DeliverAll(forge.ChainTo(winning));
        Assert.That(_node.Core.Tip, Is.SameAs(winning));
        Assert.That((Owner("atlas"), Owner("borealis")), Is.EqualTo((Bob, (Address?)null)));
        Assert.That(_node.Core.PoolCount, Is.EqualTo(2), "Alice's two calls are back");

        // A node that has only ever seen the winner stands where this one does.
        var other = new ChainHarness(_world);
        other.DeliverAll(forge.ChainTo(winning));
        Assert.That(_node.Snapshot, Is.EqualTo(other.Snapshot));

        // Her name is taken now: the call comes into the chain all the same, and pays.
        ulong owned = _node.Core.State.BalanceOf(Alice);
        Assert.That(_node.Deliver(forge.Search(Block(_node.Candidate()))), Is.EqualTo(Verdict.Valid));
        Assert.That((Owner("atlas"), Owner("borealis")), Is.EqualTo((Bob, Alice)));
        Assert.That(_node.Core.State.BalanceOf(Alice), Is.EqualTo(owned - 2));
        Assert.That(_node.Core.PoolCount, Is.Zero);
    }

    private static Block Block(BlockDraft draft)
    {
        BlockDraft whole = draft.WithExtraNonce(0);
        return new Block { Header = whole.Header, Transactions = whole.Transactions };
    }

    private void Use(LedgerLimits limits)
    {
        _costly = new CostlyApplication();
        _world = new World(ProfileOf(StandardFormat.Instance) with { Applications = [new NameRegistry(), _costly], Limits = limits });
        _node = new ChainHarness(_world);
    }

    private Address? Owner(string name) => NameRegistry.Parse(_node.Core.State.EntryOf(NameRegistry.Number, NameRegistry.KeyOf(name)))?.Owner;

    private Transaction Name(Address sender, byte[] data) => Call(sender, NameRegistry.Number, data);

    private Transaction Costly(string data, ulong fee = 1) => Call(Alice, CostlyApplication.Number, System.Text.Encoding.ASCII.GetBytes(data), fee);

    private Transaction Call(Address sender, AppId application, ReadOnlySpan<byte> data, ulong fee = 1) => _world.Sign(new Transaction
    {
        Tag = _world.Tag(),
        Sender = sender,
        Receiver = sender,
        Amount = 0,
        Fee = fee,
        Payload = Ledger.Applications.Call.EncodePayload(application, data),
    });
}
