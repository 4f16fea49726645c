using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.P2P.Tests.Support;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;
using Coniunctum.P2P.Wire.Protocol;

namespace Coniunctum.P2P.Tests.Wire.Protocol;

public sealed class ConversationTests
{
    private static readonly Hash256 s_chain = Sha3_256.Hash("a chain"u8);
    private static readonly Hash256 s_other = Sha3_256.Hash("another chain"u8);

    [Test]
    public void Receive_AnythingBeforeHello_IsRefused()
    {
        var conversation = new Conversation(0);
        Assert.That(conversation.Receive(0, new Ping(1)).Fault, Is.EqualTo(ProtocolFault.BeforeHello));
        Assert.That(conversation.Receive(1, NewOpen(s_chain)).Fault, Is.EqualTo(ProtocolFault.BeforeHello));
        Assert.That(conversation.Receive(0, NewHello()).Verdict, Is.EqualTo(AdmissionVerdict.Take));
        Assert.That(conversation.Receive(0, NewHello()).Fault, Is.EqualTo(ProtocolFault.SecondHello));
        Assert.That(conversation.Receive(0, new Ping(1)).Verdict, Is.EqualTo(AdmissionVerdict.Take));
    }

    [Test]
    public void Receive_ByeBeforeHello_IsTaken_AndNothingBehindIt()
    {
        var conversation = new Conversation(0);
        Assert.That(conversation.Receive(0, new Bye(ByeReason.NotAllowed, "")).Verdict, Is.EqualTo(AdmissionVerdict.Take));
        Assert.That(conversation.Receive(0, NewHello()).Fault, Is.EqualTo(ProtocolFault.AfterBye));
    }

    [Test]
    public void Receive_AnAnswerWithoutAQuestion_IsAFault()
    {
        Conversation conversation = Connected();
        Assert.That(conversation.Receive(0, new Pong(1)).Fault, Is.EqualTo(ProtocolFault.Unasked));
        Assert.That(conversation.TrySend(0, new Ping(1)), Is.True);
        Assert.That(conversation.TrySend(0, new Ping(2)), Is.False, "one at a time");
        Assert.That(conversation.Receive(0, new Pong(1)).Verdict, Is.EqualTo(AdmissionVerdict.Take));
        Assert.That(conversation.Receive(0, new Pong(1)).Fault, Is.EqualTo(ProtocolFault.Unasked));
        Assert.That(conversation.TrySend(0, new Ping(2)), Is.True);
    }

    [Test]
    public void GetAddresses_IsAskedOnce_EvenWhenItWasAnswered()
    {
        Conversation conversation = Connected();
        Assert.That(conversation.Receive(0, new GetAddresses()).Verdict, Is.EqualTo(AdmissionVerdict.Take));
        Assert.That(conversation.TrySend(0, new Addresses([])), Is.True);
        Assert.That(conversation.TrySend(0, new Addresses([])), Is.False, "nobody asks any more");
        Assert.That(conversation.Receive(0, new GetAddresses()).Fault, Is.EqualTo(ProtocolFault.AskedAgain));
    }

    [Test]
    public void GetBlocks_AreCountedByBlocks_AndAnsweredInParts()
    {
        Conversation conversation = Connected(withLedger: true);
        Assert.That(conversation.TrySend(1, new GetBlocks(Hashes(10))), Is.True);
        Assert.That(conversation.TrySend(1, new GetBlocks(Hashes(7))), Is.False);
        Assert.That(conversation.TrySend(1, new GetBlocks(Hashes(6))), Is.True);
        Assert.That(conversation.Receive(9, new Block(new byte[1])).Verdict, Is.EqualTo(AdmissionVerdict.Take));
        Assert.That(conversation.TrySend(1, new GetBlocks(Hashes(2))), Is.False);
        Assert.That(conversation.TrySend(1, new GetBlocks(Hashes(1))), Is.True);
        Assert.That(conversation.Receive(9, new Missing(Hashes(15))).Verdict, Is.EqualTo(AdmissionVerdict.Take));
        Assert.That(conversation.Receive(9, new Missing(Hashes(2))).Fault, Is.EqualTo(ProtocolFault.WrongCount));
        Assert.That(conversation.Receive(9, new Block(new byte[1])).Verdict, Is.EqualTo(AdmissionVerdict.Take));
        Assert.That(conversation.Receive(9, new Block(new byte[1])).Fault, Is.EqualTo(ProtocolFault.Unasked));
    }

    [Test]
    public void GetTransactions_IsAnsweredWhole_TheOldestFirst()
    {
        Conversation conversation = Connected(withLedger: true);
        Assert.That(conversation.TrySend(1, new GetTransactions(Hashes(60))), Is.True);
        Assert.That(conversation.TrySend(1, new GetTransactions(Hashes(41))), Is.False);
        Assert.That(conversation.TrySend(1, new GetTransactions(Hashes(40))), Is.True);
        Assert.That(conversation.Receive(9, new Transactions(Nothing(40))).Fault, Is.EqualTo(ProtocolFault.WrongCount));
        Assert.That(conversation.Receive(9, new Transactions(Nothing(60))).Verdict, Is.EqualTo(AdmissionVerdict.Take));
        Assert.That(conversation.Receive(9, new Transactions(Nothing(40))).Verdict, Is.EqualTo(AdmissionVerdict.Take));
    }

    [Test]
    public void Receive_MoreQuestionsThanMayBeOutstanding_IsAFault()
    {
        Conversation conversation = Connected(withLedger: true);
        Assert.That(conversation.Receive(9, new GetBlocks(Hashes(16))).Verdict, Is.EqualTo(AdmissionVerdict.Take));
        Assert.That(conversation.Receive(9, new GetBlocks(Hashes(1))).Fault, Is.EqualTo(ProtocolFault.TooMuchAsked));
        Assert.That(conversation.TrySend(1, new Missing(Hashes(1))), Is.True);
        Assert.That(conversation.Receive(9, new GetBlocks(Hashes(2))).Fault, Is.EqualTo(ProtocolFault.TooMuchAsked));
        Assert.That(conversation.Receive(9, new GetBlocks(Hashes(1))).Verdict, Is.EqualTo(AdmissionVerdict.Take));
    }

    [Test]
    public void Ledger_IsOpen_WhenBothHaveOpenedIt()
    {
        Conversation conversation = Connected();
        Assert.That(conversation.TrySend(1, NewOpen(s_chain)), Is.True);
        Assert.That(conversation.TrySend(1, new GetSides(1)), Is.False, "the other side has not opened it");
        Assert.That(conversation.Receive(9, new GetSides(1)).Fault, Is.EqualTo(ProtocolFault.NotOpen));
        Assert.That(conversation.Receive(9, NewOpen(s_chain)).Verdict, Is.EqualTo(AdmissionVerdict.Take));
        Assert.That(conversation.TrySend(1, new GetSides(1)), Is.True);
        Assert.That(conversation.Receive(9, new Sides([])).Verdict, Is.EqualTo(AdmissionVerdict.Take));
        Assert.That(conversation.Receive(9, NewOpen(s_other)).Fault, Is.EqualTo(ProtocolFault.OpenAlready), "the channel");
        Assert.That(conversation.Receive(10, NewOpen(s_chain)).Fault, Is.EqualTo(ProtocolFault.OpenAlready), "the chain");
        Assert.That(conversation.Receive(64, NewOpen(s_other)).Verdict, Is.EqualTo(AdmissionVerdict.Take));
        Assert.That(conversation.Receive(64, new GetSides(1)).Fault, Is.EqualTo(ProtocolFault.NotOpen), "this side has not opened it");
        Assert.That(conversation.Receive(65, NewOpen(s_other)).Fault, Is.EqualTo(ProtocolFault.NoChannel));
    }

    [Test]
    public void Shut_UntilTheOtherSideSaysItToo_PassesItsMessagesOver()
    {
        Conversation conversation = Connected(withLedger: true);
        Assert.That(conversation.TrySend(0, NewShut(s_chain)), Is.True);
        Assert.That(conversation.TrySend(0, NewShut(s_chain)), Is.False);
        Assert.That(conversation.Receive(9, new GetSides(1)).Verdict, Is.EqualTo(AdmissionVerdict.PassOver));
        Assert.That(conversation.Receive(9, new Block(new byte[1])).Verdict, Is.EqualTo(AdmissionVerdict.PassOver), "an answer that is under way");
        Assert.That(conversation.TrySend(1, new GetSides(1)), Is.False);
        Assert.That(conversation.TrySend(1, NewOpen(s_chain)), Is.False);
        Assert.That(conversation.Receive(0, NewShut(s_chain)).Verdict, Is.EqualTo(AdmissionVerdict.Take));
        Assert.That(conversation.Links, Is.Empty);
        Assert.That(conversation.Receive(9, new GetSides(1)).Fault, Is.EqualTo(ProtocolFault.NotOpen));
        Assert.That(conversation.TrySend(1, NewOpen(s_chain)), Is.True);
    }

    [Test]
    public void Shut_ByTheOtherSide_ItsChannelIsSilentFromThenOn()
    {
        Conversation conversation = Connected(withLedger: true);
        Assert.That(conversation.Receive(0, NewShut(s_chain)).Verdict, Is.EqualTo(AdmissionVerdict.Take));
        Assert.That(conversation.Receive(9, new GetSides(1)).Fault, Is.EqualTo(ProtocolFault.NotOpen));
        Assert.That(conversation.Receive(0, NewShut(s_chain)).Fault, Is.EqualTo(ProtocolFault.ShutAlready));
        Assert.That(conversation.Receive(0, NewShut(s_other)).Fault, Is.EqualTo(ProtocolFault.NothingToShut));
        Assert.That(conversation.TrySend(0, NewShut(s_chain)), Is.True);
        Assert.That(conversation.Links, Is.Empty);
    }

    [Test]
    public void Receive_AKindOfANewerMinor_IsPassedOver_OfTheSameOneRefused()
    {
        Conversation newer = Connected(peerMinor: 1);
        Assert.That(newer.Admit(0, 0x04f0), Is.EqualTo(new Admission(AdmissionVerdict.PassOver, ProtocolFault.None, 262_144)));
        Assert.That(newer.Admit(7, 0x01f0).Verdict, Is.EqualTo(AdmissionVerdict.PassOver));
        Assert.That(Connected(peerMinor: 0).Admit(0, 0x04f0).Fault, Is.EqualTo(ProtocolFault.UnknownKind));
    }

    [Test]
    public void Send_WhatMayNeverBeSentSo_Throws()
    {
        var conversation = new Conversation(0);
        Assert.That(() => conversation.TrySend(0, new Ping(1)), Throws.InvalidOperationException);
        Assert.That(conversation.TrySend(0, NewHello()), Is.True);
        Assert.That(() => conversation.TrySend(0, NewHello()), Throws.InvalidOperationException);
        Assert.That(() => conversation.TrySend(1, new Ping(1)), Throws.InvalidOperationException);
        Assert.That(() => conversation.TrySend(65, NewOpen(s_chain)), Throws.InvalidOperationException);
        Assert.That(() => conversation.TrySend(0, new GetSides(1)), Throws.InvalidOperationException);
        Assert.That(conversation.TrySend(0, new Bye(ByeReason.Stopping, "")), Is.True);
        Assert.That(() => conversation.TrySend(0, new Ping(1)), Throws.InvalidOperationException);
    }

    /// <summary>
    /// What one side's conversation lets be sent, the other side's takes, however messages cross. Otherwise an honest node would be
    /// thrown out for a matter of timing.
    /// </summary>
    [Test]
    public void TwoSides_ThatSayWhatTheyMay_NeverFindAFault()
    {
        int passedOver = 0;
        int taken = 0;
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            (Conversation Conversation, Queue<(byte Channel, WireMessage Message)> Inbox)[] sides = [(new Conversation(0), new()), (new Conversation(0), new())];
            for (int step = 0; step < 400; step++)
            {
                int at = random.Next(2);
                (Conversation own, Queue<(byte, WireMessage)> inbox) = sides[at];
                if (random.Next(2) == 0 && inbox.TryDequeue(out (byte Channel, WireMessage Message) next))
                {
                    Admission admission = own.Receive(next.Channel, next.Message);
                    Assert.That(admission.Fault, Is.EqualTo(ProtocolFault.None), $"seed {seed}, step {step}: {next}");
                    Assert.That(admission.Verdict, Is.Not.EqualTo(AdmissionVerdict.Unchecked));
                    if (admission.Verdict == AdmissionVerdict.Take) taken++;
                    else passedOver++;
                    continue;
                }

                (byte channel, WireMessage message) = own.HasSaidHello ? Draw(random) : ((byte)0, NewHello());
                if (own.TrySend(channel, message)) sides[1 - at].Inbox.Enqueue((channel, message));
            }
        }

        TestContext.Out.WriteLine(Invariant($"taken {taken}, passed over {passedOver}"));
        Assert.That(taken, Is.GreaterThan(10_000));
        Assert.That(passedOver, Is.GreaterThan(100));
    }

    internal static Hello NewHello(ushort minor = 0) => new(1, minor, 7, TestKeys.Public(3), [], NodeRoles.Full);

    internal static Open NewOpen(Hash256 chain) => new(chain, 0, 0, 0, Hash256.Zero, Hash256.Zero, null);

    internal static Shut NewShut(Hash256 chain) => new(chain, ShutReason.Stopping, "");

    internal static ImmutableArray<Hash256> Hashes(int count) => [.. Enumerable.Repeat(Hash256.Zero, count)];

    private static ImmutableArray<ReadOnlyMemory<byte>?> Nothing(int count) => [.. Enumerable.Repeat((ReadOnlyMemory<byte>?)null, count)];

    private static (byte Channel, WireMessage Message) Draw(Random random)
    {
        Hash256 chain = random.Next(2) == 0 ? s_chain : s_other;
        byte channel = (byte)random.Next(1, 4);
        int count = random.Next(1, 16);
        return random.Next(24) switch
        {
            0 or 1 or 2 or 3 or 4 or 5 => (channel, NewOpen(chain)),
            6 => (0, NewShut(chain)),
            7 => (0, new Ping(1)),
            8 => (0, new Pong(1)),
            9 => (0, new GetAddresses()),
            10 => (0, new Addresses([])),
            11 => (0, new NewAddresses([])),
            12 => (channel, new GetBlocks(Hashes(count))),
            13 or 14 or 15 => (channel, new Block(new byte[1])),
            16 => (channel, new Missing(Hashes(count))),
            17 => (channel, new GetTransactions(Hashes(count))),
            18 or 19 => (channel, new Transactions(Nothing(count))),
            20 => (channel, new GetSides(1)),
            21 => (channel, new Sides([])),
            22 => (channel, new Publish("t", new byte[1], null)),
            _ => (channel, new GetShard(1, 1)),
        };
    }

    private static Conversation Connected(bool withLedger = false, ushort peerMinor = 0)
    {
        var conversation = new Conversation(0);
        Assert.That(conversation.TrySend(0, NewHello()), Is.True);
        Assert.That(conversation.Receive(0, NewHello(peerMinor)).Verdict, Is.EqualTo(AdmissionVerdict.Take));
        if (!withLedger) return conversation;
        Assert.That(conversation.TrySend(1, NewOpen(s_chain)), Is.True);
        Assert.That(conversation.Receive(9, NewOpen(s_chain)).Verdict, Is.EqualTo(AdmissionVerdict.Take));
        return conversation;
    }
}
