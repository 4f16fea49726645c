using Coniunctum.Crypto;
using Coniunctum.P2P.Tests.Support;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;
using Coniunctum.P2P.Wire.Protocol;

namespace Coniunctum.P2P.Tests.Wire.Protocol;

/// <summary>
/// Every kind, known or not, on every sort of channel, in every state: each has an outcome, and it is the one that the rules of
/// docs/PROTOCOL.md give, which are written out here once more.
/// </summary>
public sealed class MessagesTimesStatesTests
{
    private const byte OwnChannel = 1;
    private const byte PeerChannel = 9;

    private static readonly byte[] s_channels = [0, PeerChannel, 10, 64, 65, 255];

    private static readonly Hash256 s_chain = Sha3_256.Hash("a chain"u8);

    private static readonly string[] s_ofConnection = ["Hello", "Bye", "Ping", "Pong", "GetAddresses", "Addresses", "Shut", "NewAddresses"];

    private static readonly Dictionary<string, string> s_answers = new()
    {
        ["Pong"] = "Ping", ["Addresses"] = "GetAddresses", ["Headers"] = "GetHeaders", ["Sides"] = "GetSides", ["Block"] = "GetBlocks",
        ["Missing"] = "GetBlocks", ["Certificates"] = "GetCertificates", ["Parts"] = "GetParts", ["Transactions"] = "GetTransactions",
        ["Submitted"] = "Submit", ["Proof"] = "GetProof", ["Inclusion"] = "GetInclusion", ["Ancestry"] = "GetAncestry",
        ["Manifest"] = "GetManifest", ["Shard"] = "GetShard",
    };

    private static readonly Dictionary<MessageKind, WireMessage> s_samples =
        MessageSamples.Types.Select(type => MessageSamples.Draw(type, new Random(1))).ToDictionary(message => message.Kind);

    /// <summary>Every state that can be reached: a side that has said nothing has opened nothing.</summary>
    public static IEnumerable<TestCaseData> States =>
        from phase in (string[])["silent", "heard", "greeted", "said Bye", "heard Bye"]
        from ledger in (string[])["none", "ours", "theirs", "open", "shut by us", "shut by them", "over"]
        from isAsked in (bool[])[false, true]
        from isNewer in (bool[])[false, true]
        where phase != "silent" || (ledger == "none" && !isAsked && !isNewer)
        where phase != "heard" || (ledger is "none" or "theirs" && !isAsked)
        select new TestCaseData(phase, ledger, isAsked, isNewer);

    [TestCaseSource(nameof(States))]
    public void Outcome_OfEveryMessage_IsTheOneOfTheRules(string phase, string ledger, bool isAsked, bool isNewer)
    {
        int outcomes = 0;
        Conversation unchanged = InState(phase, ledger, isAsked, isNewer);
        for (int kind = 0; kind < 0x0600; kind++)
        {
            foreach (byte channel in s_channels)
            {
                // Which ledger is shut is known when the message is whole: its header alone is taken.
                string expected = Expected(phase, ledger, isAsked, isNewer, channel, (ushort)kind);
                Admission admission = unchanged.Admit(channel, (ushort)kind);
                string found = Describe(admission);
                if (found != (expected == "ShutAlready" ? "Take" : expected)) Assert.Fail($"kind {kind:x4} on channel {channel}: {found}, expected {expected}");
                if (admission.Verdict != AdmissionVerdict.Refuse && admission.MaxBytes <= 0) Assert.Fail($"kind {kind:x4} on channel {channel} may have no byte");
                outcomes++;
                if (!Enum.IsDefined((MessageKind)kind) || kind == 0) continue;
                found = Describe(InState(phase, ledger, isAsked, isNewer).Receive(channel, SampleOf((MessageKind)kind, ledger)));
                if (found != expected) Assert.Fail($"kind {kind:x4} on channel {channel}, whole: {found}, expected {expected}");
            }
        }

        Assert.That(outcomes, Is.EqualTo(0x0600 * 6));
    }

    private static string Expected(string phase, string ledger, bool isAsked, bool isNewer, byte channel, ushort number)
    {
        string? kind = number == 0 ? null : Enum.GetName((MessageKind)number);
        if (phase == "heard Bye") return "AfterBye";
        if (phase == "said Bye") return "PassOver";
        if (phase == "silent" && kind is not ("Hello" or "Bye")) return "BeforeHello";
        if (channel > 64) return "NoChannel";
        if (kind is null) return isNewer ? "PassOver" : "UnknownKind";
        if (channel == 0 != s_ofConnection.Contains(kind)) return "WrongChannel";
        bool hasLink = ledger is not ("none" or "over");
        switch (kind)
        {
            case "Hello": return phase == "silent" ? "Take" : "SecondHello";
            case "Bye" or "NewAddresses": return "Take";
            case "Shut": return !hasLink ? "NothingToShut" : ledger == "shut by them" ? "ShutAlready" : "Take";
            case "GetAddresses" when isAsked: return "AskedAgain";
            case "Open": return channel == PeerChannel && hasLink && ledger != "ours" ? "OpenAlready" : "Take";
        }

        if (channel != 0)
        {
            if (channel != PeerChannel || ledger is not ("open" or "shut by us")) return "NotOpen";
            if (ledger == "shut by us") return "PassOver";
        }

        if (s_answers.ContainsKey(kind)) return isAsked ? "Take" : "Unasked";
        return s_answers.ContainsValue(kind) && isAsked ? "TooMuchAsked" : "Take";
    }

    private static string Describe(Admission admission) => admission.Verdict switch
    {
        AdmissionVerdict.Refuse => admission.Fault.ToString(),
        AdmissionVerdict.Unchecked => "undefined",
        _ => admission.Verdict.ToString(),
    };

    /// <summary>A conversation in a state, where asked with every question of both sides outstanding.</summary>
    private static Conversation InState(string phase, string ledger, bool isAsked, bool isNewer)
    {
        var conversation = new Conversation(0);
        if (phase == "silent") return conversation;
        Take(0, ConversationTests.NewHello((ushort)(isNewer ? 1 : 0)));
        if (phase != "heard") Send(0, ConversationTests.NewHello());

        if (ledger is not ("none" or "theirs")) Send(OwnChannel, ConversationTests.NewOpen(s_chain));
        if (ledger is not ("none" or "ours")) Take(PeerChannel, ConversationTests.NewOpen(s_chain));
        if (isAsked) AskAll(conversation, ledger is not ("none" or "ours" or "theirs"));
        if (ledger is "shut by us" or "over") Send(0, ConversationTests.NewShut(s_chain));
        if (ledger is "shut by them" or "over") Take(0, ConversationTests.NewShut(s_chain));

        if (phase == "said Bye") Send(0, new Bye(ByeReason.Stopping, ""));
        if (phase == "heard Bye") Take(0, new Bye(ByeReason.Stopping, ""));
        return conversation;

        void Send(byte channel, WireMessage message) => SendTo(conversation, channel, message);
        void Take(byte channel, WireMessage message) => TakeFrom(conversation, channel, message);
    }

    private static void SendTo(Conversation conversation, byte channel, WireMessage message)
    {
        if (!conversation.TrySend(channel, message)) Assert.Fail($"{message.Kind} should be sent");
    }

    private static void TakeFrom(Conversation conversation, byte channel, WireMessage message)
    {
        if (conversation.Receive(channel, message).Verdict != AdmissionVerdict.Take) Assert.Fail($"{message.Kind} should be taken");
    }

    private static void AskAll(Conversation conversation, bool isOpen)
    {
        foreach (KindRule rule in KindTable.All.Where(rule => rule.Turn == MessageTurn.Request && (isOpen || rule.Scope == MessageScope.Connection)))
        {
            bool isOfLedger = rule.Scope == MessageScope.Ledger;
            WireMessage message = SampleOf(rule.Kind, "");
            for (int asked = 0; asked < rule.MaxOutstanding; asked += message.Units)
            {
                SendTo(conversation, isOfLedger ? OwnChannel : (byte)0, message);
                TakeFrom(conversation, isOfLedger ? PeerChannel : (byte)0, message);
            }
        }
    }

    private static WireMessage SampleOf(MessageKind kind, string ledger) => kind switch
    {
        // Of one unit each, so that answers fit their questions.
        MessageKind.GetBlocks => new GetBlocks(ConversationTests.Hashes(1)),
        MessageKind.Missing => new Missing(ConversationTests.Hashes(1)),
        MessageKind.GetCertificates => new GetCertificates(ConversationTests.Hashes(1)),
        MessageKind.Certificates => new Certificates([null]),
        MessageKind.GetTransactions => new GetTransactions(ConversationTests.Hashes(1)),
        MessageKind.Transactions => new Transactions([null]),
        // Another chain where the first one is open: a chain is not opened on two channels.
        MessageKind.Open => ConversationTests.NewOpen(ledger is "none" or "ours" or "over" ? s_chain : Hash256.Zero),
        MessageKind.Shut => ConversationTests.NewShut(s_chain),
        _ => s_samples[kind],
    };
}
