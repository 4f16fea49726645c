using System.Text;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Tests.Execution;
using Coniunctum.Ledger.Tests.Support;
using static Coniunctum.Ledger.Tests.Support.TestChain;
using StandardFormat = Coniunctum.Ledger.Formats.StandardFormat;

namespace Coniunctum.Ledger.Tests.Applications;

/// <summary>What calls do to a chain; accounts open with 5, Alice owns 1,000 and Bob 500.</summary>
public sealed class ApplicationTests
{
    private static readonly AppId First = new(1);
    private static readonly AppId Second = new(2);

    private TestChain _chain = null!;

    [SetUp]
    public void CreateChain() => _chain = ChainOf(new ScriptApplication(1), new ScriptApplication(2));

    [Test]
    public void Execute_AcceptedCall_SetsEntriesAndMovesTheAmount()
    {
        StateDelta delta = _chain.Adopt(_chain.Next(Call("set colour blue\npay ca 30\nset shape round", amount: 100, fee: 7)));

        Assert.That(Value("colour"), Is.EqualTo("blue"));
        Assert.That(Value("shape"), Is.EqualTo("round"));
        Assert.That(_chain.State.BalanceOf(Alice), Is.EqualTo(1_000 - 107));
        Assert.That(_chain.State.BalanceOf(Carol), Is.EqualTo(30));
        Assert.That(_chain.State.BalanceOf(Bob), Is.EqualTo(500 + 70), "the receiver is paid what is left");
        Assert.That(delta.FailedCalls, Is.Empty);
        AssertRoot();
    }

    [TestCase("set colour blue\nrefuse", "as asked")]
    [TestCase("set colour blue\npay ca 30\nnothing", "no outcome")]
    [TestCase("set colour blue\nloop", "more work than 200000")]
    [TestCase("set colour blue\nread", "more work than 200000")]
    [TestCase("set colour blue\nwrite", "more work than 200000")]
    [TestCase("set colour blue\ncharge 4294967295", "more work than 200000")]
    [TestCase("set colour blue\nstubborn loop", "more work than 200000")]
    [TestCase("set colour blue\nstubborn key", "a key of 1000 bytes, more than 64")]
    [TestCase("set colour blue\npay ca 30\nhush", "MuteException: MuteException, whose message cannot be read")]
    [TestCase("set colour blue\npay ca 30\nthrow", "NotSupportedException: a fault of the application")]
    [TestCase("set colour blue\nset *65 x", "a key of 65 bytes, more than 64")]
    [TestCase("set colour *1025", "a value of 1025 bytes, more than 1024")]
    [TestCase("set colour blue\npay ca 101", "cannot pay 101")]
    [TestCase("set colour blue\npay ca 60\npay b0 41", "cannot pay 41")]
    [TestCase("set colour blue\npay ca 4", "cannot pay 4")]
    [TestCase("set colour blue\npay 00 10", "cannot pay 10")]
    [TestCase("set colour blue\npay ca 0", "cannot pay 0")]
    [TestCase("gibberish", "unknown command gibberish")]
    public void Execute_RefusedCall_PaysItsFeeAndChangesNothingElse(string script, string reason)
    {
        Transaction call = Call(script, amount: 100, fee: 7);
        StateDelta delta = _chain.Adopt(_chain.Next(_chain.Payment(Bob, Alice, 10), call));

        Assert.That(delta.FailedCalls, Is.EqualTo(new[] { new FailedCall(2, reason) }));
        Assert.That(delta.Entries, Is.Empty);
        Assert.That(_chain.State.BalanceOf(Alice), Is.EqualTo(1_000 + 10 - 7));
        Assert.That(_chain.State.BalanceOf(Bob), Is.EqualTo(500 - 10));
        Assert.That(_chain.State.BalanceOf(Carol), Is.Zero);
        Assert.That(_chain.State.BalanceOf(Miner), Is.EqualTo(50 + 7));
        Assert.That(_chain.State.IsTagUsed(Alice, call.Tag), Is.True, "it cannot be made to pay twice");
        AssertRoot();
    }

    [Test]
    public void Execute_ValuesAndKeysAtTheLimits_AreSet()
    {
        _chain.Adopt(_chain.Next(Call("set *64 *1024")));
        Assert.That(_chain.State.EntryOf(First, new byte[64]).Length, Is.EqualTo(1_024));
        AssertRoot();
    }

    [Test]
    public void Execute_WhatIsLeftTooSmallForAnAccount_IsRefused()
    {
        StateDelta refused = _chain.Adopt(_chain.Next(Call("pay b0 6", amount: 10, fee: 1, receiver: Carol)));
        Assert.That(refused.FailedCalls, Has.Length.EqualTo(1));
        Assert.That(_chain.State.BalanceOf(Bob), Is.EqualTo(500));

        _chain.Adopt(_chain.Next(Call("pay b0 10", amount: 10, fee: 1, receiver: Carol)));
        Assert.That(_chain.State.BalanceOf(Bob), Is.EqualTo(510), "nothing is left, nothing is opened");
        _chain.Adopt(_chain.Next(Call("pay ca 5\npay ca 1", amount: 10, fee: 1, receiver: Carol)));
        Assert.That(_chain.State.BalanceOf(Carol), Is.EqualTo(10), "the first payment has opened the account");
        Assert.That(_chain.State.BalanceOf(Alice), Is.EqualTo(1_000 - 1 - 11 - 11));
    }

    [Test]
    public void Execute_AnotherApplicationsKeys_AreOutOfReach()
    {
        _chain.Adopt(_chain.Next(Call("set colour blue"), Call("set colour red", Second)));
        _chain.Adopt(_chain.Next(Call("copy colour mine"), Call("delete colour", Second)));

        Assert.That(Value("colour"), Is.EqualTo("blue"));
        Assert.That(Value("mine"), Is.EqualTo("blue"));
        Assert.That(_chain.State.EntryOf(Second, "colour"u8).IsEmpty, Is.True);
        Assert.That(_chain.State.EntryOf(Second, "mine"u8).IsEmpty, Is.True);
        AssertRoot();
    }

    [Test]
    public void Execute_CallsOfOneBlock_SeeEachOther()
    {
        _chain.Adopt(_chain.Next(Call("count"), Call("count\nrefuse"), Call("count"), Call("count\ndelete count\ncount\ncount")));
        Assert.That(_chain.State.EntryOf(First, "count"u8).ToArray(), Is.EqualTo(new byte[] { 2 }));
        AssertRoot();
    }

    [Test]
    public void Apply_ReversedDelta_BringsEveryEntryBack()
    {
        var roots = new Stack<(Hash256 Root, StateDelta Delta)>();
        foreach (string script in new[] { "set a 1\nset b 2", "set a 3\ndelete b", "delete a\nset c *900", "set b 5\nset c 6\ncount" })
        {
            Hash256 before = _chain.State.StateRoot;
            roots.Push((before, _chain.Adopt(_chain.Next(Call(script)))));
        }

        StateOverlay overlay = _chain.Overlay();
        foreach ((Hash256 before, StateDelta delta) in roots)
        {
            Assert.That(StateDelta.Decode(delta.Encode(), out StateDelta? stored).IsValid, Is.True);
            overlay.Apply(stored!.Reverse());
            Assert.That(overlay.StateRoot, Is.EqualTo(before));
        }

        Assert.That(overlay.EntryOf(First, "a"u8).IsEmpty, Is.True);
        StateDelta total = overlay.Total();
        Assert.That(total.Entries, Has.Length.EqualTo(3), "b, c and the count; a is as absent as it was");
        _chain.State.Apply(total);
        Assert.That(_chain.State.Tree.EntryCount, Is.Zero);
        Assert.That(_chain.State.Tree.Root, Is.EqualTo(_chain.State.StateRoot));
    }

    [Test]
    public void HistoryRoot_WhereverItIsRead_IsThatOfTheBlocksHeader()
    {
        _chain = ChainOf(new ScriptApplication(1) { AtBeginning = "history beginning", AtEnd = "history end" });
        for (int i = 0; i < 3; i++)
        {
            HashedBlock block = _chain.Next(Call("history called"));
            _chain.Adopt(block);
            foreach (string key in new[] { "beginning", "called", "end" })
                Assert.That(_chain.State.EntryOf(First, System.Text.Encoding.UTF8.GetBytes(key)).ToArray(), Is.EqualTo(block.Header.HistoryRoot.ToArray()), key);
        }
    }

    [Test]
    public void StateProof_Entries_ArePresentAndAbsent()
    {
        _chain.Adopt(_chain.Next(Call("set colour blue")));
        StateProof present = StateProof.OfEntry(_chain.State, First, "colour"u8);
        Hash256 then = _chain.State.StateRoot;
        _chain.Adopt(_chain.Next(Call("delete colour")));
        StateProof absent = StateProof.OfEntry(_chain.State, First, "colour"u8);

        Assert.That(StateProof.VerifyEntry(present, then, First, "colour"u8, out ReadOnlyMemory<byte> value), Is.EqualTo(ProofOutcome.Present));
        Assert.That(value.ToArray(), Is.EqualTo("blue"u8.ToArray()));
        Assert.That(StateProof.VerifyEntry(absent, _chain.State.StateRoot, First, "colour"u8, out _), Is.EqualTo(ProofOutcome.Absent));
        Assert.That(StateProof.VerifyEntry(present, then, Second, "colour"u8, out _), Is.EqualTo(ProofOutcome.Invalid));
        Assert.That(StateProof.VerifyEntry(present, _chain.State.StateRoot, First, "colour"u8, out _), Is.EqualTo(ProofOutcome.Invalid));
    }

    [TestCase(typeof(OutOfMemoryException))]
    [TestCase(typeof(InsufficientExecutionStackException))]
    [TestCase(typeof(FileNotFoundException))]
    [TestCase(typeof(TypeInitializationException))]
    [TestCase(typeof(MissingMethodException))]
    public void Execute_FaultOfTheMachine_ComesOutAndTheBlockCanBeDropped(Type fault)
    {
        Hash256 root = _chain.State.StateRoot;
        StateOverlay overlay = _chain.Overlay();
        var execution = new BlockExecution(_chain.Profile, overlay);
        Assert.That(execution.Apply(Call("set a 1")), Is.EqualTo(Verdict.Valid));
        Assert.That(() => execution.Apply(Call($"set b 1\nfault {fault.FullName}", amount: 5)), Throws.TypeOf(fault));
        Assert.That(overlay.EntryOf(First, "b"u8).IsEmpty, Is.True);
        execution.Drop();

        Assert.That(overlay.EntryOf(First, "a"u8).IsEmpty, Is.True);
        Assert.That(overlay.BalanceOf(Alice), Is.EqualTo(1_000));
        Assert.That(overlay.Total().After.StateRoot, Is.EqualTo(root));
    }

    [TestCase("read")]
    [TestCase("stubborn read")]
    [TestCase("pay ca 5")]
    public void Execute_FaultOfTheLedger_ComesOutWhateverTheApplicationCatches(string script)
    {
        // The tip moves under the overlay, which no caller of the ledger may do: what is looked up then throws.
        StateOverlay overlay = _chain.Overlay();
        var execution = new BlockExecution(_chain.Profile, overlay);
        execution.Expect([new HashedTransaction(Call("nothing"), default, default, 200)]);
        _chain.Adopt(_chain.Next());
        Assert.That(
            () => execution.Apply(Call(script, amount: 5, validUntil: 1)),
            Throws.InvalidOperationException.With.Message.Contains("tip has moved"));
    }

    [Test]
    public void Context_AfterItsMethodHasReturned_IsRefused()
    {
        var keeper = new ScriptApplication(1);
        _chain = ChainOf(keeper);
        StateDelta delta = _chain.Adopt(_chain.Next(Call("keep\nset a 1"), Call("kept")));
        Assert.That(delta.FailedCalls.Single().Index, Is.EqualTo(2));
        Assert.That(delta.FailedCalls.Single().Reason, Does.StartWith("InvalidOperationException"));
        Assert.That(() => keeper.Kept!.Get("a"u8), Throws.InvalidOperationException);
    }

    [Test]
    [Covers(BlockRule.WorkExceeded)]
    public void Execute_MoreWorkThanABlockMayHold_IsRejected()
    {
        _chain = new TestChain(_chain.Profile with { Limits = new LedgerLimits { MaxCallWork = 1_000, MaxBlockWork = 2_500 } });
        ExecutionCheck.Assert(_chain, _chain.Next(Call("charge 1000"), Call("charge 1000"), Call("charge 500")), Verdict.Valid);
        ExecutionCheck.Assert(
            _chain,
            _chain.Next(Call("charge 1000"), Call("charge 1000"), Call("charge 501")),
            Verdict.Invalid(BlockRule.WorkExceeded, found: 2_501UL, expected: 2_500UL).At(3));

        // What fails has worked too.
        ExecutionCheck.Assert(
            _chain,
            _chain.Next(Call("loop"), Call("loop"), Call("loop")),
            Verdict.Invalid(BlockRule.WorkExceeded, found: 3_000UL, expected: 2_500UL).At(3));
    }

    [Test]
    public void Hooks_RunOnceABlock_AroundItsTransactions()
    {
        _chain = ChainOf(new ScriptApplication(1) { AtBeginning = "height\nset last before", AtEnd = "copy last seen\ncount" });
        _chain.Adopt(_chain.Next(Call("set last call")));
        Assert.That(_chain.State.EntryOf(First, "height"u8).ToArray(), Is.EqualTo(Plain.Be(1UL)));
        Assert.That(Value("seen"), Is.EqualTo("call"));
        StateDelta second = _chain.Adopt(_chain.Next());
        Assert.That(Value("seen"), Is.EqualTo("before"));
        Assert.That(_chain.State.EntryOf(First, "count"u8).ToArray(), Is.EqualTo(new byte[] { 2 }));
        AssertRoot();

        StateOverlay undone = _chain.Overlay();
        undone.Apply(second.Reverse());
        Assert.That(undone.EntryOf(First, "count"u8).ToArray(), Is.EqualTo(new byte[] { 1 }));
    }

    [Test]
    public void Hooks_BeyondWhatIsAllowed_ChangeNothingAndAreTold()
    {
        _chain = ChainOf(
            new ScriptApplication(1) { AtBeginning = "set a 1\nloop", AtEnd = "set b 1\nset *65 x" },
            new ScriptApplication(2, "script/2") { AtBeginning = "set a 1", AtEnd = "set b 1\nthrow" });
        StateDelta delta = _chain.Adopt(_chain.Next(Call("set c 1"), Call("refuse")));

        Assert.That((Value("a"), Value("b"), Value("c")), Is.EqualTo(("", "", "1")));
        Assert.That(_chain.State.EntryOf(Second, "a"u8).IsEmpty, Is.False, "the next application runs all the same");
        Assert.That(_chain.State.EntryOf(Second, "b"u8).IsEmpty, Is.True);
        Assert.That(
            delta.FailedCalls,
            Is.EqualTo(new[]
            {
                new FailedCall(0, "script/1, beginning of the block: more work than 1000000"),
                new FailedCall(0, "script/1, end of the block: a key of 65 bytes, more than 64"),
                new FailedCall(0, "script/2, end of the block: NotSupportedException: a fault of the application"),
                new FailedCall(2, "as asked"),
            }));
        Assert.That(StateDelta.Decode(delta.Encode(), out StateDelta? stored).IsValid, Is.True);
        Assert.That(stored!.FailedCalls, Is.EqualTo(delta.FailedCalls));
    }

    [Test]
    [Covers(BlockRule.PayloadInvalid)]
    public void CheckAlone_PayloadThatIsNoCall_IsRejected()
    {
        Assert.That(Alone(Call("set a 1")), Is.EqualTo(Verdict.Valid));
        Assert.That(Alone(Call("set a 1", amount: 0)), Is.EqualTo(Verdict.Valid), "a call need not bring money");
        Assert.That(
            Alone(Call("set a 1", new AppId(3))),
            Is.EqualTo(Verdict.Invalid(BlockRule.PayloadInvalid, found: 3UL, expected: "the number of an application that the profile has")));
        byte[] good = Call("set a 1").Payload.ToArray();
        foreach (byte[] bad in new byte[][] { [0], [0x90], good[..^1], [.. good, 0], [0x92, 0xcc, 0x01, .. good[2..]] })
            Assert.That(Alone(With(bad)).Rule, Is.EqualTo(BlockRule.PayloadInvalid));
        byte[] longest = Ledger.Applications.Call.EncodePayload(First, new byte[4_096 - 5]);
        Assert.That(longest, Has.Length.EqualTo(4_096));
        Assert.That(Alone(With(longest)), Is.EqualTo(Verdict.Valid));
        Assert.That(
            Alone(With(Ledger.Applications.Call.EncodePayload(First, new byte[4_096 - 4]))),
            Is.EqualTo(Verdict.Invalid(BlockRule.PayloadInvalid, found: 4_097UL, expected: 4_096UL)));

        Verdict Alone(Transaction transaction) => TransactionRules.CheckAlone(new HashedTransaction(transaction, default, default, 200), _chain.Profile);
    }

    [Test]
    public void AskAdmission_ApplicationDecides_ByTheStateAtTheTip()
    {
        Assert.That(Admit("set a 1"), Is.EqualTo(CallOutcome.Done));
        Assert.That(Admit("nonsense"), Is.EqualTo(CallOutcome.Refused("nonsense")));
        Assert.That(Admit("ponder"), Is.EqualTo(CallOutcome.Refused("more work than 200000")));
        Assert.That(Admit("absent"), Is.EqualTo(CallOutcome.Refused("IndexOutOfRangeException: Index was outside the bounds of the array.")));
        Assert.That(Admit("absent a"), Is.EqualTo(CallOutcome.Done));
        _chain.Adopt(_chain.Next(Call("set a 1")));
        Assert.That(Admit("absent a"), Is.EqualTo(CallOutcome.Refused("there is a")));
        Assert.That(TransactionRules.AskAdmission(_chain.Payment(Alice, Bob, 5), _chain.Profile, _chain.State), Is.EqualTo(CallOutcome.Done));
        Assert.That(() => TransactionRules.AskAdmission(With([0x90]), _chain.Profile, _chain.State), Throws.ArgumentException);

        CallOutcome Admit(string script) => TransactionRules.AskAdmission(Call(script), _chain.Profile, _chain.State);
    }

    [Test]
    public void Parameters_Applications_AreCommittedTo()
    {
        ChainProfile bare = ProfileOf(StandardFormat.Instance);
        ChainProfile[] profiles =
        [
            bare,
            _chain.Profile,
            bare with { Applications = [new ScriptApplication(1)] },
            bare with { Applications = [new ScriptApplication(2)] },
            bare with { Applications = [new ScriptApplication(1, "script/2")] },
            .. new[]
            {
                new LedgerLimits { MaxEntryKeyBytes = 65 }, new LedgerLimits { MaxEntryValueBytes = 1_025 }, new LedgerLimits { MaxCallWork = 200_001 },
                new LedgerLimits { MaxBlockWork = 20_000_001 }, new LedgerLimits { MaxHookWork = 1_000_001 },
            }.Select(limits => bare with { Applications = [new ScriptApplication(1)], Limits = limits }),
        ];
        Assert.That(profiles.Select(profile => profile.ComputeCommitment()), Is.Unique);
        Assert.That(
            (bare with { Limits = new LedgerLimits { MaxCallWork = 5 } }).ComputeCommitment(),
            Is.EqualTo(bare.ComputeCommitment()),
            "a chain without applications has none of their limits");
    }

    [Test]
    public void ThrowIfImpossible_UnsoundApplications_Throws()
    {
        ChainProfile bare = ProfileOf(StandardFormat.Instance);
        ChainProfile[] impossible =
        [
            ProfileOf(Int32CoinFormat.Instance) with { Applications = [new ScriptApplication(1)] },
            bare with { Applications = [new ScriptApplication(1), new ScriptApplication(1)] },
            bare with { Applications = [new ScriptApplication(2), new ScriptApplication(1)] },
            bare with { Applications = [new ScriptApplication(1, "")] },
            bare with { Limits = new LedgerLimits { MaxEntryKeyBytes = 0 } },
            bare with { Limits = new LedgerLimits { MaxEntryValueBytes = 65_537 } },
            bare with { Limits = new LedgerLimits { MaxCallWork = 0 } },
            bare with { Limits = new LedgerLimits { MaxBlockWork = 199_999 } },
        ];
        foreach (ChainProfile profile in impossible) Assert.That(profile.ThrowIfImpossible, Throws.ArgumentException);
        Assert.That((bare with { Applications = [new ScriptApplication(0), new ScriptApplication(uint.MaxValue)] }).ThrowIfImpossible, Throws.Nothing);
    }

    [Test]
    public void Steps_RandomCallsDoneAndUndone_EqualAPlainDictionary()
    {
        const int seed = 0xca11;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var model = new Dictionary<string, string>();
        var done = new Stack<(StateDelta Delta, Dictionary<string, string> Before)>();
        for (int step = 0; step < 600; step++)
        {
            if (done.Count > 0 && random.Next(3) == 0)
            {
                (StateDelta delta, model) = done.Pop();
                Assert.That(StateDelta.Decode(delta.Encode(), out StateDelta? stored).IsValid, Is.True);
                _chain.State.Apply(stored!.Reverse());
            }
            else
            {
                var before = new Dictionary<string, string>(model);
                StateOverlay overlay = _chain.Overlay();
                var execution = new BlockExecution(_chain.Profile, overlay);
                for (int i = random.Next(6); i > 0; i--) DrawCall(execution, random, model);
                Assert.That(execution.ApplyReward(_chain.Reward(execution.Fees)), Is.EqualTo(Verdict.Valid));
                StateDelta delta = execution.Complete(new BlockId(Samples.DrawHash(random)), Work.From(1));
                _chain.State.Apply(random.Next(2) == 0 ? delta : overlay.Total());
                done.Push((delta, before));
            }

            foreach (string key in Enumerable.Range(0, 30).Select(i => Invariant($"k{i}")))
                Assert.That(Value(key), Is.EqualTo(model.GetValueOrDefault(key, "")));
            Assert.That(_chain.State.Tree.EntryCount, Is.EqualTo(model.Count));
            if (step % 20 == 0) AssertRoot();
        }
    }

    private void DrawCall(BlockExecution execution, Random random, Dictionary<string, string> model)
    {
        bool isRefused = random.Next(4) == 0;
        var script = new StringBuilder();
        for (int i = random.Next(1, 5); i > 0; i--)
        {
            string key = Invariant($"k{random.Next(30)}");
            string value = new((char)('a' + random.Next(26)), random.Next(1, 60));
            bool isSet = random.Next(3) > 0;
            script.Append(isSet ? $"set {key} {value}\n" : $"delete {key}\n");
            if (isRefused) continue;
            if (isSet)
                model[key] = value;
            else
                model.Remove(key);
        }

        if (isRefused) script.Append("refuse");
        Assert.That(execution.Apply(Call(script.ToString(), fee: 0, validUntil: execution.Height)), Is.EqualTo(Verdict.Valid));
    }

    private static TestChain ChainOf(params ILedgerApplication[] applications) =>
        new(ProfileOf(StandardFormat.Instance) with { Applications = [.. applications] });

    private Transaction Call(string script, AppId? application = null, ulong amount = 0, ulong fee = 1, Address? receiver = null, ulong? validUntil = null)
    {
        Transaction payment = _chain.Payment(Alice, receiver ?? Bob, amount, fee, _chain.Tag(validUntil));
        return With(payment, Ledger.Applications.Call.EncodePayload(application ?? First, System.Text.Encoding.UTF8.GetBytes(script)));
    }

    private Transaction With(byte[] payload) => With(_chain.Payment(Alice, Bob, 5), payload);

    private static Transaction With(Transaction payment, byte[] payload) => new()
    {
        Tag = payment.Tag,
        Sender = payment.Sender,
        Receiver = payment.Receiver,
        Amount = payment.Amount,
        Fee = payment.Fee,
        Payload = payload,
        Signature = payment.Signature,
    };

    private string Value(string key) => System.Text.Encoding.UTF8.GetString(_chain.State.EntryOf(First, System.Text.Encoding.UTF8.GetBytes(key)).Span);

    /// <summary>The state root is that of the accounts and of every entry, hashed anew.</summary>
    private void AssertRoot()
    {
        Plain.RequireSha3();
        var entries = new List<(byte[] Key, byte[] Value)>();
        var cursor = new TreeCursor(_chain.State.Tree);
        while (cursor.MoveNext())
        {
            entries.Add(cursor.Entry is { } entry
                ? (Plain.H([0x01], Plain.Be(entry.App), entry.Name.ToArray()), Plain.H(entry.Value.ToArray()))
                : (Plain.H([0x00], cursor.Account.Owner.Value.ToArray()), Plain.H(Plain.Be(cursor.Account.Balance))));
        }

        Assert.That(_chain.State.StateRoot.ToArray(), Is.EqualTo(NaiveRoot(entries)));
    }

    private static byte[] NaiveRoot(List<(byte[] Key, byte[] Value)> entries) =>
        State.NaiveTrees.StateRoot([.. entries.OrderBy(entry => new Hash256(entry.Key))], 0);
}
