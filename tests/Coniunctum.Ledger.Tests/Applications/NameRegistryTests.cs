using Coniunctum.Crypto;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Tests.Support;
using Names;
using static Coniunctum.Ledger.Tests.Support.TestChain;

namespace Coniunctum.Ledger.Tests.Applications;

/// <summary>The registry of samples/Names.</summary>
public sealed class NameRegistryTests
{
    private TestChain _chain = null!;

    [SetUp]
    public void CreateChain() =>
        _chain = new TestChain(ProfileOf(Coniunctum.Ledger.Formats.StandardFormat.Instance) with { Applications = [new NameRegistry()] });

    [Test]
    public void Source_IsShorterThan100Lines()
    {
        string? folder = TestContext.CurrentContext.TestDirectory;
        while (folder is not null && !Directory.Exists(Path.Combine(folder, "samples"))) folder = Path.GetDirectoryName(folder);
        if (folder is null) Assert.Ignore("The tests run outside of a checkout.");
        Assert.That(File.ReadAllLines(Path.Combine(folder!, "samples", "Names", "NameRegistry.cs")), Has.Length.LessThan(100));
    }

    [Test]
    public void Register_NameHandedOnAndEnded_GoesItsWayAndBack()
    {
        var deltas = new Stack<(Hash256 Root, StateDelta Delta)>();
        Do(Call(Alice, NameRegistry.Register("atlas", 3)), Call(Bob, NameRegistry.Register("atlas", 9)));
        Assert.That(Held("atlas"), Is.EqualTo((Alice, 4UL)));
        Do(Call(Bob, NameRegistry.HandOn("atlas", Bob)));
        Assert.That(Held("atlas"), Is.EqualTo((Alice, 4UL)), "it was not his");
        Do(Call(Alice, NameRegistry.HandOn("atlas", Bob)));
        Assert.That(Held("atlas"), Is.EqualTo((Bob, 4UL)));
        Do(Call(Alice, NameRegistry.Register("atlas", 5)));
        Assert.That(Held("atlas"), Is.EqualTo((Bob, 4UL)), "its last block");
        Do(Call(Alice, NameRegistry.Register("atlas", 5)));
        Assert.That(Held("atlas"), Is.EqualTo((Alice, 10UL)), "it is free again");
        for (int i = 0; i < 6; i++) Do();
        Assert.That(Held("atlas"), Is.Null);
        Assert.That(_chain.State.Tree.EntryCount, Is.Zero, "nothing is left of it");
        StateProof absent = StateProof.OfEntry(_chain.State, NameRegistry.Number, NameRegistry.KeyOf("atlas"));
        Assert.That(
            StateProof.VerifyEntry(absent, _chain.State.StateRoot, NameRegistry.Number, NameRegistry.KeyOf("atlas"), out _),
            Is.EqualTo(ProofOutcome.Absent));

        while (deltas.TryPop(out (Hash256 Root, StateDelta Delta) last))
        {
            _chain.State.Apply(last.Delta.Reverse());
            Assert.That(_chain.State.StateRoot, Is.EqualTo(last.Root));
            Assert.That(_chain.State.Tree.Root, Is.EqualTo(last.Root));
        }

        void Do(params Transaction[] calls) => deltas.Push((_chain.State.StateRoot, _chain.Adopt(_chain.Next(calls))));
    }

    [Test]
    public void Execute_WhatTheRegistryDoesNotKnow_IsRefused()
    {
        byte[][] refused =
        [
            [], [0], NameRegistry.Register("", 5), NameRegistry.Register("Atlas", 5), NameRegistry.Register(new string('a', 33), 5),
            NameRegistry.Register("atlas", NameRegistry.LongestTerm + 1), NameRegistry.HandOn("nobodys", Bob), [.. NameRegistry.Register("atlas", 5), 0],
        ];
        StateDelta delta = _chain.Adopt(_chain.Next([.. refused.Select(data => Call(Alice, data))]));
        Assert.That(delta.FailedCalls, Has.Length.EqualTo(refused.Length));
        Assert.That(_chain.State.BalanceOf(Alice), Is.EqualTo(1_000 - (ulong)refused.Length));
    }

    [Test]
    public void Register_MoreNamesThanMayEndAtOneHeight_AreRefused()
    {
        // 1,024 bytes hold 93 names of ten letters.
        StateDelta delta = _chain.Adopt(_chain.Next([.. Enumerable.Range(0, 100).Select(i => Call(Alice, NameRegistry.Register(Invariant($"atlas{i:00000}"), 5)))]));
        Assert.That(delta.FailedCalls.Select(call => call.Index), Is.EqualTo(Enumerable.Range(94, 7)));
        for (int i = 0; i < 6; i++) _chain.Adopt(_chain.Next());
        Assert.That(_chain.State.Tree.EntryCount, Is.Zero, "all of them end");
    }

    private Transaction Call(Address sender, byte[] data)
    {
        Transaction payment = _chain.Payment(sender, sender, 0, fee: 1);
        return new Transaction
        {
            Tag = payment.Tag,
            Sender = sender,
            Receiver = sender,
            Amount = 0,
            Fee = 1,
            Payload = Ledger.Applications.Call.EncodePayload(NameRegistry.Number, data),
            Signature = payment.Signature,
        };
    }

    private (Address Owner, ulong LastHeight)? Held(string name) => NameRegistry.Parse(_chain.State.EntryOf(NameRegistry.Number, NameRegistry.KeyOf(name)));
}
