using Coniunctum.Consensus.Chain;

namespace Coniunctum.Consensus.Node;

/// <summary>
/// Judges messages by the rule's <see cref="ITopicRule"/>, before anyone here takes or passes on one: at the durable tip, signatures
/// included. Two contents of a key are passed on, never a third.
/// </summary>
/// <param name="rule">What judges them; <c>null</c> where the rule has none.</param>
/// <param name="hasProducer">Whether someone here hears a third content, which may count where messages of the others show it.</param>
/// <param name="emit">Takes the questions and the verdicts.</param>
/// <param name="deliver">Takes what is good, for the producer.</param>
/// <exception cref="ArgumentException">The rule's topics are impossible.</exception>
internal sealed class MessageValidator(ITopicRule? rule, bool hasProducer, Action<NodeEffect> emit, Action<ProducerInput.MessageAccepted> deliver)
{
    // As much as the messages that wait for their step.
    private const long Capacity = 16L << 20;

    private readonly Dictionary<string, TopicSpec> _topics = ReadTopics(rule);
    private readonly MessageSignatures _signatures = new(QuotaOf(rule));
    private readonly LaterMessages _later = new(QuotaOf(rule));
    private readonly AcceptedMessages _accepted = new();
    private (HeaderView Header, RuleState State)? _tip;

    /// <summary>Learns the durable tip, and judges what has waited for it.</summary>
    public void MoveTo(HeaderView tip, RuleState state)
    {
        _tip = (tip, state);
        foreach (UnverifiedMessage due in _later.TakeDue(tip.Height)) Judge(due);
        RequestBatch();
    }

    /// <summary>Takes a message of a peer.</summary>
    public void Take(NodeInput.MessageArrived arrived)
    {
        if (_tip is null || !_topics.TryGetValue(arrived.Topic, out TopicSpec? spec))
            Report(arrived, arrived.From, MessageVerdict.Ignored);
        else if (arrived.Content.Length > spec.MaxBytes || arrived.Block?.Encoded.Length > spec.MaxBlockBytes)
            Report(arrived, arrived.From, MessageVerdict.Rejected);
        else if (arrived.Block is { } block && (block.ComputedMerkleRoot != block.Header.MerkleRoot || block.IsMutated))
            // The message may be honest: the block that it names may have come from someone else.
            Report(arrived, arrived.From, MessageVerdict.Ignored);
        else
            Judge(new UnverifiedMessage(arrived));
        RequestBatch();
    }

    /// <summary>Takes answers to a question of this machine's.</summary>
    public void TakeAnswers(NodeInput.SignaturesVerified verified)
    {
        foreach ((UnverifiedMessage message, bool isTrue) in _signatures.TakeAnswers(verified)) Settle(message, isTrue);
        RequestBatch();
    }

    /// <summary>Learns what the producer here has said, which is no news when others pass it on.</summary>
    public void TakeSent(NodeEffect.Send sent)
    {
        if (_tip is not { } tip || !_topics.ContainsKey(sent.Topic)) return;
        TopicJudgement judgement = rule!.Judge(new TopicMessage(sent.Topic, sent.Content, sent.Block), tip.Header, tip.State, new SealClaims());
        if (judgement.Verdict != MessageVerdict.Accepted) return;
        var own = new UnverifiedMessage(new NodeInput.MessageArrived(sent.Topic, default, sent.Content, sent.Block));
        _accepted.TryAdd(sent.Topic, judgement.Key, own.Id);
    }

    private void Judge(UnverifiedMessage message)
    {
        NodeInput.MessageArrived arrived = message.Arrived;
        (HeaderView tip, RuleState state) = _tip!.Value;
        message.Claims = new SealClaims();
        TopicJudgement judgement = rule!.Judge(new TopicMessage(arrived.Topic, arrived.Content, arrived.Block), tip, state, message.Claims);
        message.Key = judgement.Key;
        switch (judgement.Verdict)
        {
            case MessageVerdict.Accepted:
                TakeGood(message);
                break;
            case MessageVerdict.Later when judgement.Height > tip.Height && judgement.Height - tip.Height <= TopicJudgement.MaxAhead:
                Report(arrived, arrived.From, _later.Has(message) ? MessageVerdict.Known : _later.TryKeep(message, judgement.Height) ? MessageVerdict.Later : MessageVerdict.Busy);
                break;
            case MessageVerdict.Rejected:
                Report(arrived, arrived.From, MessageVerdict.Rejected);
                break;
            default:
                Report(arrived, arrived.From, MessageVerdict.Ignored);
                break;
        }
    }

    /// <summary>Takes a message that is good if its signatures are.</summary>
    private void TakeGood(UnverifiedMessage message)
    {
        NodeInput.MessageArrived arrived = message.Arrived;
        if (_accepted.Has(arrived.Topic, message.Key, message.Id))
        {
            Report(arrived, arrived.From, MessageVerdict.Known, message.Key);
            // Its author says it again: the producer may not have been ready for it.
            Deliver(arrived);
        }
        else if (!hasProducer && _accepted.IsFull(arrived.Topic, message.Key))
        {
            Report(arrived, arrived.From, MessageVerdict.Ignored);
        }
        else if (_signatures.Find(message.Id) is { } same)
        {
            if (same.From == arrived.From || same.AlsoFrom.Contains(arrived.From))
                Report(arrived, arrived.From, MessageVerdict.Known);
            else
                same.AlsoFrom.Add(arrived.From);
        }
        else if (message.Claims.Claims.Count == 0)
        {
            Settle(message, isTrue: true);
        }
        else if (!_signatures.TryAdd(message))
        {
            Report(arrived, arrived.From, MessageVerdict.Busy);
        }
    }

    private void Settle(UnverifiedMessage message, bool isTrue)
    {
        NodeInput.MessageArrived arrived = message.Arrived;
        bool isPassedOn = isTrue && _accepted.TryAdd(arrived.Topic, message.Key, message.Id);
        MessageVerdict verdict = isPassedOn ? MessageVerdict.Accepted : isTrue ? MessageVerdict.Ignored : MessageVerdict.Rejected;
        TopicKey? key = isPassedOn ? message.Key : null;
        Report(arrived, arrived.From, verdict, key);
        foreach (PeerId other in message.AlsoFrom) Report(arrived, other, isPassedOn ? MessageVerdict.Known : verdict, key);
        if (isTrue) Deliver(arrived);
    }

    private void Report(NodeInput.MessageArrived arrived, PeerId from, MessageVerdict verdict, TopicKey? key = null) => emit(new NodeEffect.MessageJudged(
        arrived.Topic, key, from, arrived.Content, arrived.Block, verdict, verdict == MessageVerdict.Rejected ? Blame.Copy : Blame.None));

    private void Deliver(NodeInput.MessageArrived arrived) => deliver(new ProducerInput.MessageAccepted(arrived.Topic, arrived.From, arrived.Content, arrived.Block));

    private void RequestBatch()
    {
        if (_signatures.NextBatch() is { } batch) emit(batch);
    }

    private static Dictionary<string, TopicSpec> ReadTopics(ITopicRule? rule)
    {
        var topics = new Dictionary<string, TopicSpec>(StringComparer.Ordinal);
        foreach (TopicSpec spec in rule?.Topics ?? [])
        {
            spec.ThrowIfImpossible();
            if (!topics.TryAdd(spec.Name, spec)) throw new ArgumentException($"Two topics have the name {spec.Name}.", nameof(rule));
        }

        return topics;
    }

    private static SourceQuota QuotaOf(ITopicRule? rule) => new(
        Capacity, ChainParts.PeerSlots, rule?.Topics.Select(spec => UnverifiedMessage.SizeOf(spec.MaxBytes, spec.MaxBlockBytes)).DefaultIfEmpty(1).Max() ?? 1);
}
