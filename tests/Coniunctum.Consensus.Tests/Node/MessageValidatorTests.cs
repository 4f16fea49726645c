using System.Buffers.Binary;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Consensus.Tests.Node;

/// <summary>What becomes of messages: whoever they come from, and whatever their rule says.</summary>
public sealed class MessageValidatorTests : ITopicRule
{
    private const int MaxBytes = 200;

    // Of the sources' reserved shares, written out once more: 8 MiB in 128 parts, a message with 512 bytes beside its own.
    private const int Share = (8 << 20) / 128;

    private static readonly HashedBlock s_block = Ledger.Execution.GenesisBlock.Create(World.ProfileOf(StandardFormat.Instance)).Block;
    private static readonly HashedBlock s_second = HashedBlock.Create(new Block { Header = s_block.Header with { Nonce = 7 }, Transactions = s_block.Block.Transactions, Seal = default }, StandardFormat.Instance, default);
    private static readonly Hash256 s_signed = World.Owner(9).Value;

    private JudgedMessages _node = null!;

    IReadOnlyList<TopicSpec> ITopicRule.Topics { get; } = [new("said", TopicMode.Mesh, MaxBytes), new("shown", TopicMode.Mesh, MaxBytes, MaxBlockBytes: 1 << 16)];

    [SetUp]
    public void Create() => Use(hasProducer: true);

    [Test]
    public void Take_OfEveryMessage_HasItsVerdict_AndTheProducerHearsWhatIsGood()
    {
        HashedBlock other = HashedBlock.Create(new Block { Header = s_block.Header with { MerkleRoot = s_signed }, Transactions = s_block.Block.Transactions, Seal = default }, StandardFormat.Instance, default);
        (string Name, NodeInput.MessageArrived Message, MessageVerdict Verdict, Blame Blame)[] table =
        [
            ("good", Said(1), MessageVerdict.Accepted, Blame.None),
            ("the same again", Said(1), MessageVerdict.Known, Blame.None),
            ("without a signature to verify", Said(2, what: 'f'), MessageVerdict.Accepted, Blame.None),
            ("a false signature", Said(3, isTrue: false), MessageVerdict.Rejected, Blame.Copy),
            ("what the rule ignores", Said(4, what: 'i'), MessageVerdict.Ignored, Blame.None),
            ("what the rule rejects", Said(5, what: 'r'), MessageVerdict.Rejected, Blame.Copy),
            ("what is too early", Said(6, what: 'l'), MessageVerdict.Later, Blame.None),
            ("the same too early again", Said(6, what: 'l'), MessageVerdict.Known, Blame.None),
            ("what is put off to the present", Said(6, what: 'p'), MessageVerdict.Ignored, Blame.None),
            ("no topic of the rule's", Said(7) with { Topic = "sung" }, MessageVerdict.Ignored, Blame.None),
            ("too long", Said(8) with { Content = new byte[MaxBytes + 1] }, MessageVerdict.Rejected, Blame.Copy),
            ("with a block where none goes along", Said(9) with { Block = s_block }, MessageVerdict.Rejected, Blame.Copy),
            ("with a block", Said(10) with { Topic = "shown", Block = s_block }, MessageVerdict.Accepted, Blame.None),
            ("with a body of another block", Said(11) with { Topic = "shown", Block = other }, MessageVerdict.Ignored, Blame.None),
        ];
        foreach ((string name, NodeInput.MessageArrived message, MessageVerdict verdict, Blame blame) in table)
        {
            ProducerInput.MessageAccepted[] heard = _node.Take(message);
            NodeEffect.MessageJudged judged = _node.Verdicts[^1];
            Assert.That((judged.Verdict, judged.Blame, judged.From), Is.EqualTo((verdict, blame, message.From)), name);
            Assert.That(judged.Key is not null, Is.EqualTo(verdict is MessageVerdict.Accepted || name is "the same again"), name);
            Assert.That(heard, Has.Length.EqualTo(judged.Key is null ? 0 : 1), name);
        }

        Assert.That(_node.Verdicts, Has.Count.EqualTo(table.Length), "each is answered once");
        Assert.That(table.Select(row => row.Verdict).Distinct(), Is.EquivalentTo(Enum.GetValues<MessageVerdict>().Except([MessageVerdict.None, MessageVerdict.Busy])), "Busy has its own tests");
    }

    [Test]
    public void Take_BeforeTheNodeHasATip_IsIgnored()
    {
        _node = new JudgedMessages(this, new PlainSignatures());
        Assert.That(_node.Take(Said(1)), Is.Empty);
        Assert.That(_node.Verdicts.Single().Verdict, Is.EqualTo(MessageVerdict.Ignored));
    }

    [Test]
    public void Take_WhileSignaturesAreBeingVerified_LetsTheProducerHearNothing()
    {
        _node.Begin(Said(1));
        _node.Begin(Said(2, isTrue: false));
        Assert.That(_node.Verdicts, Is.Empty);
        ProducerInput.MessageAccepted[] heard = _node.Answer();
        Assert.That(heard.Select(message => NumberOf(message.Content)), Is.EqualTo(new[] { 1 }), "and never the one with a false signature");
    }

    /// <summary>An equivocation travels as evidence. Whoever has a producer hears a third content, since what others show may count it.</summary>
    [Test]
    public void Contents_OfOneKey_ArePassedOnTwice_NeverAThirdTime([Values] bool hasProducer)
    {
        Use(hasProducer);
        int heard = 0;
        for (int number = 1; number <= 5; number++) heard += _node.Take(Said(number, slot: 7)).Length;
        Assert.That(_node.Verdicts.Select(judged => judged.Verdict), Is.EqualTo(new[]
        {
            MessageVerdict.Accepted, MessageVerdict.Accepted, MessageVerdict.Ignored, MessageVerdict.Ignored, MessageVerdict.Ignored,
        }));
        Assert.That(heard, Is.EqualTo(hasProducer ? 5 : 2));
        // Of those that were being verified at the same time, too.
        for (int number = 1; number <= 5; number++) _node.Begin(Said(number, slot: 8));
        _node.Answer();
        Assert.That(_node.Verdicts.Skip(5).Count(judged => judged.Verdict == MessageVerdict.Accepted), Is.EqualTo(2));
        Assert.That(_node.Verdicts.Where(judged => judged.Blame != Blame.None), Is.Empty);
    }

    [Test]
    public void Content_OfManySources_IsVerifiedOnce_AndEachIsAnswered()
    {
        _node.Begin(Said(1, from: 9));
        for (int from = 1; from <= 5; from++) _node.Begin(Said(2, from: from));
        _node.Begin(Said(2, from: 1));
        _node.Answer();
        Assert.That(_node.Verified, Is.EqualTo(2));
        Assert.That(_node.Verdicts.Where(judged => NumberOf(judged.Content) == 2).Select(judged => (judged.From.Value, judged.Verdict)), Is.EqualTo(new[]
        {
            (1L, MessageVerdict.Known), (1L, MessageVerdict.Accepted), (2L, MessageVerdict.Known), (3L, MessageVerdict.Known), (4L, MessageVerdict.Known), (5L, MessageVerdict.Known),
        }));
    }

    [Test]
    public void Content_ThatWasSaidHere_IsNoNewsWhenItComesBack()
    {
        NodeInput.MessageArrived own = Said(1);
        _node.Say(new NodeEffect.Send(own.Topic, own.Content));
        Assert.That(_node.Take(own), Has.Length.EqualTo(1));
        Assert.That(_node.Verdicts.Single().Verdict, Is.EqualTo(MessageVerdict.Known));
        Assert.That(_node.Verified, Is.Zero);
    }

    [Test]
    public void Flood_OfOneSource_LeavesAnothersMessagesWithinItsShare([Values] bool isTrue)
    {
        // One batch is under way: what comes meanwhile waits.
        _node.Begin(Said(0));
        for (int number = 1; number <= 20_000; number++) _node.Begin(Said(number, isTrue: isTrue));
        int share = Share / (MaxBytes + 512);
        for (int number = 1; number <= share; number++) _node.Begin(Said(1_000_000 + number, from: 2));
        Assert.That(_node.Verdicts.Select(judged => (judged.From.Value, judged.Verdict)).Distinct(), Is.EqualTo(new[] { (1L, MessageVerdict.Busy) }));
        Assert.That(_node.Verdicts, Has.Count.GreaterThan(15_000), "what one source may have here is bounded");
        int before = _node.Verdicts.Count;
        ProducerInput.MessageAccepted[] heard = _node.Answer();
        Assert.That(heard.Count(message => message.From.Value == 2), Is.EqualTo(share));
        // They take turns: another's are not behind all of the flood.
        Assert.That(_node.Verdicts.Skip(before).Take((2 * share) + 2).Count(judged => judged.From.Value == 2), Is.GreaterThanOrEqualTo(share));
    }

    /// <summary>What is signed may be about the block: a message is its topic, its content and its block.</summary>
    [Test]
    public void Content_BesideAnotherBlock_IsAnotherMessage([Values] bool isVerifiedAlready)
    {
        NodeInput.MessageArrived good = Shown(1, from: 2, s_block), bad = Shown(1, from: 1, s_second);
        if (isVerifiedAlready) _node.Take(good);
        _node.Begin(bad);
        if (!isVerifiedAlready) _node.Begin(good);
        ProducerInput.MessageAccepted[] heard = _node.Answer();
        Assert.That(_node.Verdicts.Select(judged => (judged.From.Value, judged.Verdict)), Is.EquivalentTo(new[] { (1L, MessageVerdict.Rejected), (2L, MessageVerdict.Accepted) }));
        Assert.That(heard.Select(message => message.Block), Is.EqualTo(isVerifiedAlready ? [] : new[] { s_block }));
    }

    [Test]
    public void TooEarly_ByMoreThanAFewBlocks_IsNotKept()
    {
        for (int number = 1; number <= 100; number++) _node.Take(Said(number, from: number, what: 'h'));
        Assert.That(_node.Verdicts.Select(judged => judged.Verdict), Is.All.EqualTo(MessageVerdict.Ignored));
    }

    [Test]
    public void TooEarly_IsJudgedOnceMore_WhenTheTipHasComeThere()
    {
        Assert.That(_node.Take(Said(1, what: 'l')), Is.Empty);
        Assert.That(_node.Take(Said(2, what: 'l', isTrue: false)), Is.Empty);
        Assert.That(MoveTo(11), Is.Empty);
        ProducerInput.MessageAccepted[] heard = MoveTo(12);
        Assert.That(heard.Select(message => NumberOf(message.Content)), Is.EqualTo(new[] { 1 }));
        Assert.That(_node.Verdicts.Select(judged => (NumberOf(judged.Content), judged.Verdict)), Is.EqualTo(new[]
        {
            (1, MessageVerdict.Later), (2, MessageVerdict.Later), (1, MessageVerdict.Accepted), (2, MessageVerdict.Rejected),
        }));
        Assert.That(MoveTo(13), Is.Empty);
    }

    [Test]
    public void TooEarly_InAFloodOfOneSource_LeavesAnothersWithinItsShare()
    {
        for (int number = 1; number <= 10_000; number++) _node.Take(Said(number, what: 'l'));
        Assert.That(_node.Verdicts[^1].Verdict, Is.EqualTo(MessageVerdict.Busy));
        int share = Share / (MaxBytes + 512);
        for (int number = 1; number <= share; number++)
        {
            _node.Take(Said(number, from: 2, what: 'l'));
            Assert.That(_node.Verdicts[^1].Verdict, Is.EqualTo(MessageVerdict.Later));
            // Said again, it takes no second place.
            _node.Take(Said(number, from: 2, what: 'l'));
            Assert.That(_node.Verdicts[^1].Verdict, Is.EqualTo(MessageVerdict.Known));
        }

        MoveTo(12);
        for (int number = 1; number <= share; number++) Assert.That(_node.Verdicts.Any(judged => judged.From.Value == 2 && judged.Verdict is MessageVerdict.Accepted or MessageVerdict.Known && NumberOf(judged.Content) == number), Is.True);
    }

    [Test]
    public void Topics_ThatNoNetworkCanCarry_AreRefused()
    {
        TopicSpec sound = new("said", TopicMode.Mesh, 1);
        TopicSpec[] impossible =
        [
            sound with { Name = "" }, sound with { Name = new string('x', 33) }, sound with { Name = "größe" }, sound with { Mode = TopicMode.None },
            sound with { MaxBytes = 0 }, sound with { MaxBytes = 65_537 }, sound with { MaxBlockBytes = -1 }, sound with { PerSecond = 0 },
        ];
        foreach (TopicSpec topic in impossible) Assert.That(() => new JudgedMessages(new Named(topic), new PlainSignatures()), Throws.ArgumentException, topic.ToString());
        Assert.That(() => new JudgedMessages(new Named(sound, sound), new PlainSignatures()), Throws.ArgumentException);
        Assert.That(() => new JudgedMessages(new Named(sound), new PlainSignatures()), Throws.Nothing);
    }

    TopicJudgement ITopicRule.Judge(in TopicMessage message, in HeaderView tip, RuleState state, SealClaims claims)
    {
        ReadOnlySpan<byte> content = message.Content.Span;
        char what = (char)content[0];
        if (what == 'l' && tip.Height < 12) return TopicJudgement.Later(12);
        if (what == 'h') return TopicJudgement.Later(ulong.MaxValue);
        if (what == 'p') return TopicJudgement.Later(tip.Height);
        if (what == 'i') return TopicJudgement.Ignored;
        if (what == 'r') return TopicJudgement.Rejected;
        Address author = World.Owner(content[1]);
        if (what != 'f') claims.Add(new SignatureClaim(what == 'b' ? message.Block!.Id.Value : s_signed, message.Content[14..], author));
        return TopicJudgement.Accept(new TopicKey(BinaryPrimitives.ReadUInt64BigEndian(content[2..]), author, 1));
    }

    private void Use(bool hasProducer)
    {
        _node = new JudgedMessages(this, new PlainSignatures(), hasProducer);
        MoveTo(10);
    }

    private ProducerInput.MessageAccepted[] MoveTo(ulong height) =>
        _node.MoveTo(new HeaderView(s_block.Header with { Height = height }, s_block.Id, default), RuleState.None);

    /// <summary>What is done with it, its author, its slot, its number, and a signature, which may be another's.</summary>
    private static NodeInput.MessageArrived Said(int number, int from = 1, char what = 's', bool isTrue = true, int? slot = null)
    {
        var content = new List<byte> { (byte)what, 3 };
        Span<byte> numbers = stackalloc byte[sizeof(ulong) + sizeof(int)];
        BinaryPrimitives.WriteUInt64BigEndian(numbers, (ulong)(slot ?? number));
        BinaryPrimitives.WriteInt32BigEndian(numbers[sizeof(ulong)..], number);
        content.AddRange(numbers);
        content.AddRange(PlainSignatures.Sign(World.Owner((byte)(isTrue ? 3 : 4)), s_signed));
        return new NodeInput.MessageArrived("said", new PeerId(from), content.ToArray());
    }

    /// <summary>Something about the first block, said beside a block.</summary>
    private static NodeInput.MessageArrived Shown(int number, int from, HashedBlock beside)
    {
        byte[] content = Said(number, what: 'b').Content.ToArray();
        PlainSignatures.Sign(World.Owner(3), s_block.Id.Value).CopyTo(content, 14);
        return new NodeInput.MessageArrived("shown", new PeerId(from), content, beside);
    }

    private static int NumberOf(ReadOnlyMemory<byte> content) => BinaryPrimitives.ReadInt32BigEndian(content.Span[10..]);

    private sealed class Named(params TopicSpec[] topics) : ITopicRule
    {
        public IReadOnlyList<TopicSpec> Topics => topics;

        public TopicJudgement Judge(in TopicMessage message, in HeaderView tip, RuleState state, SealClaims claims) => TopicJudgement.Ignored;
    }
}
