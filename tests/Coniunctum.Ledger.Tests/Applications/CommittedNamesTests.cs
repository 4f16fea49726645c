using Coniunctum.Crypto;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Tests.Support;
using Names;
using static Coniunctum.Ledger.Tests.Support.TestChain;

namespace Coniunctum.Ledger.Tests.Applications;

/// <summary>The registry of samples/Names that has Namecoin's rules.</summary>
public sealed class CommittedNamesTests
{
    private const ulong Delay = 3;
    private const ulong Lifetime = 5;

    private static readonly CommittedNames s_registry = new(Delay, Lifetime);
    private static readonly Hash256 s_salt = Sha3_256.Hash("a salt"u8);

    private TestChain _chain = null!;

    [SetUp]
    public void CreateChain() =>
        _chain = new TestChain(ProfileOf(Coniunctum.Ledger.Formats.StandardFormat.Instance) with { Applications = [s_registry] });

    [Test]
    public void Defaults_AreNamecoins() => Assert.That(new CommittedNames().Name, Is.EqualTo("committed-names/1 12 36000"));

    [Test]
    public void FirstUpdate_BeforeTheCommitmentIsOldEnough_IsRefused()
    {
        Do(Alice, CommittedNames.New("atlas", s_salt, Alice));
        for (ulong age = 1; age < Delay; age++) Do(Alice, CommittedNames.FirstUpdate("atlas", s_salt, "a map"), "the commitment is too young before block 4");
        Do(Alice, CommittedNames.FirstUpdate("atlas", s_salt, "a map"));
        Assert.That(Held("atlas"), Is.EqualTo((Alice, "a map", 4 + Lifetime)));
        Do(Alice, CommittedNames.FirstUpdate("atlas", s_salt, "a map"), "there is no commitment of the sender's to that name");
    }

    [Test]
    public void FirstUpdate_ThatOthersHaveSeen_GivesThemNothing()
    {
        Do(Alice, CommittedNames.New("atlas", s_salt, Alice));
        Do(Bob, CommittedNames.New("atlas", s_salt, Alice), "the commitment was noted before");
        Pass(Delay - 2);
        // Bob reads the salt in the pool and is first in the block.
        Do([Call(Bob, CommittedNames.FirstUpdate("atlas", s_salt, "his")), Call(Alice, CommittedNames.FirstUpdate("atlas", s_salt, "hers"))], "there is no commitment of the sender's to that name");
        Assert.That(Held("atlas")?.Owner, Is.EqualTo(Alice));
        Do(Bob, CommittedNames.New("atlas", s_salt, Bob));
        Pass(Delay - 1);
        Do(Bob, CommittedNames.FirstUpdate("atlas", s_salt, "his"), "the name is taken");
    }

    [Test]
    public void Name_ThatIsNotUpdatedInItsLifetime_IsTheNextCommittersAndNotTheFormerOwners()
    {
        Do(Alice, CommittedNames.New("atlas", s_salt, Alice));
        Do(Bob, CommittedNames.New("atlas", s_salt, Bob));
        Pass(Delay - 2);
        Do(Alice, CommittedNames.FirstUpdate("atlas", s_salt, "hers"));
        Pass(Lifetime - 1);
        Do(Bob, CommittedNames.Update("atlas", Bob, "his"), "the name is not the sender's, or has expired");
        Assert.That(Held("atlas")?.Owner, Is.EqualTo(Alice), "its last block");
        Do([Call(Alice, CommittedNames.Update("atlas", Alice, "hers")), Call(Bob, CommittedNames.FirstUpdate("atlas", s_salt, "his"))], "the name is not the sender's, or has expired");
        Assert.That(Held("atlas")?.Owner, Is.EqualTo(Bob));
        Pass(Lifetime + 1);
        Assert.That(Held("atlas"), Is.Null);
    }

    [Test]
    public void Update_RenewsAndHandsOn_AndIsUndone()
    {
        var steps = new Stack<(Hash256 Root, StateDelta Delta)>();
        foreach (byte[] data in (byte[][])
        [
            CommittedNames.New("atlas", s_salt, Alice), [], [], CommittedNames.FirstUpdate("atlas", s_salt, "a map"), CommittedNames.Update("atlas", Alice, "two maps"), CommittedNames.Update("atlas", Bob, ""),
        ])
        {
            steps.Push((_chain.State.StateRoot, _chain.Adopt(_chain.Next(Call(Alice, data)))));
        }

        Assert.That(Held("atlas"), Is.EqualTo((Bob, "", 6 + Lifetime)));
        while (steps.TryPop(out (Hash256 Root, StateDelta Delta) step))
        {
            _chain.State.Apply(step.Delta.Reverse());
            Assert.That(_chain.State.StateRoot, Is.EqualTo(step.Root));
        }
    }

    [Test]
    public void Execute_WhatTheRegistryDoesNotKnow_IsRefused()
    {
        byte[] update = CommittedNames.Update("atlas", Alice, "a map");
        byte[][] bad =
        [
            [], [0], [0x91, 1], update[..^1], [.. update, 0], CommittedNames.Update("", Alice, ""), CommittedNames.Update(new string('a', 64), Alice, ""),
            CommittedNames.Update("atlas", Alice, new string('a', 521)), CommittedNames.Update("atlas", Address.Root, ""),
        ];
        foreach (byte[] data in bad) Do(Alice, data, "no call of this registry");
        Assert.That(_chain.State.Tree.EntryCount, Is.Zero);
    }

    private (Address Owner, string Value, ulong LastHeight)? Held(string name) =>
        s_registry.Parse(_chain.State.EntryOf(CommittedNames.Number, CommittedNames.KeyOf(name)), _chain.State.Height);

    private void Pass(ulong blocks)
    {
        for (ulong i = 0; i < blocks; i++) _chain.Adopt(_chain.Next());
    }

    private void Do(Address sender, byte[] data, string? refusal = null) => Do([Call(sender, data)], refusal);

    private void Do(Transaction[] calls, string? refusal)
    {
        StateDelta delta = _chain.Adopt(_chain.Next(calls));
        Assert.That(delta.FailedCalls.SingleOrDefault().Reason, Is.EqualTo(refusal));
    }

    private Transaction Call(Address sender, byte[] data)
    {
        Transaction payment = _chain.Payment(sender, sender, 0);
        return new Transaction
        {
            Tag = payment.Tag,
            Sender = sender,
            Receiver = sender,
            Amount = 0,
            Payload = Ledger.Applications.Call.EncodePayload(CommittedNames.Number, data),
            Signature = payment.Signature,
        };
    }
}
