using Coniunctum.Consensus.Node;

namespace Coniunctum.TestKit.Chains;

/// <summary>What a node makes of messages before its producer hears them; signatures are verified at once.</summary>
internal sealed class JudgedMessages
{
    private readonly ISignatureScheme _scheme;
    private readonly Queue<NodeEffect.VerifySignatures> _asked = new();
    private readonly List<ProducerInput.MessageAccepted> _delivered = [];
    private readonly MessageValidator _validator;

    public JudgedMessages(ITopicRule rule, ISignatureScheme scheme, bool hasProducer = true)
    {
        _scheme = scheme;
        _validator = new MessageValidator(rule, hasProducer, Note, _delivered.Add);
    }

    /// <summary>The verdicts so far.</summary>
    public List<NodeEffect.MessageJudged> Verdicts { get; } = [];

    /// <summary>How many signatures were verified.</summary>
    public int Verified { get; private set; }

    /// <summary>Moves the tip, and returns what the producer hears of messages that waited for it.</summary>
    public ProducerInput.MessageAccepted[] MoveTo(HeaderView tip, RuleState state)
    {
        _validator.MoveTo(tip, state);
        return Answer();
    }

    /// <summary>Takes a message, and returns what the producer hears of it.</summary>
    public ProducerInput.MessageAccepted[] Take(NodeInput.MessageArrived arrived)
    {
        _validator.Take(arrived);
        return Answer();
    }

    /// <summary>Takes a message whose signatures are verified when the next <see cref="Take"/> or <see cref="Answer"/> comes.</summary>
    public void Begin(NodeInput.MessageArrived arrived) => _validator.Take(arrived);

    /// <summary>Learns what the producer here has said.</summary>
    public void Say(NodeEffect.Send sent) => _validator.TakeSent(sent);

    public ProducerInput.MessageAccepted[] Answer()
    {
        while (_asked.TryDequeue(out NodeEffect.VerifySignatures? asked))
        {
            Verified += asked.Claims.Length;
            _validator.TakeAnswers(new NodeInput.SignaturesVerified(asked.Job, SignatureVerifier.Recover(_scheme, asked.Claims.AsSpan())));
        }

        ProducerInput.MessageAccepted[] delivered = [.. _delivered];
        _delivered.Clear();
        return delivered;
    }

    private void Note(NodeEffect effect)
    {
        if (effect is NodeEffect.VerifySignatures verify)
            _asked.Enqueue(verify);
        else
            Verdicts.Add((NodeEffect.MessageJudged)effect);
    }
}
