namespace CustomConsensus;

/// <summary>One member. What it has acknowledged it would forget in a crash: a rule for the real world persists that before it speaks.</summary>
internal sealed class RoundRobinProducer(int self, PrivateKey key, Address[] members, ChainProfile profile) : IBlockProducer
{
    private static readonly TimeSpan s_pace = TimeSpan.FromSeconds(1);

    private ulong _height;
    private HashedBlock? _proposal;
    private BlockId? _acknowledged;

    public void Step(IProducerInput input, NodeTime now, IEffectSink<IProducerEffect> effects)
    {
        switch (input)
        {
            case ProducerInput.TipChanged changed:
                (_height, _proposal, _acknowledged) = (changed.Tip.Height + 1, null, null);
                effects.Emit(new NodeEffect.SetTimer(new TimerId("turn"), now.Steady.Plus(s_pace)));
                break;
            case NodeInput.TimerFired when _height % (ulong)members.Length == (ulong)self:
                effects.Emit(_proposal is null ? new ProducerEffect.Prepare(members[self]) : Say("proposal", _proposal, _proposal.Id.Value));
                effects.Emit(new NodeEffect.SetTimer(new TimerId("turn"), now.Steady.Plus(s_pace)));
                break;
            case ProducerInput.Prepared { Candidate: var draft } when draft.Header.Height == _height && _proposal is null:
                draft = draft.WithExtraNonce(0);
                _proposal = draft.Seal(0, Sign(draft.Format.Digest(draft.Header)));
                effects.Emit(Say("proposal", _proposal, _proposal.Id.Value));
                break;
            case ProducerInput.MessageAccepted { Topic: "proposal", Block: { } proposed }:
                effects.Emit(new ProducerEffect.Judge(proposed));
                break;
            case ProducerInput.Judged { Verdict.IsValid: true, Block: var block } when block.Header.Height == _height && (_acknowledged ?? block.Id) == block.Id:
                _acknowledged = block.Id;
                effects.Emit(Say("acknowledgement", block, RoundRobin.AcknowledgementOf(block.Id)));
                break;
            case ProducerInput.MessageAccepted { Topic: "acknowledgement", Content: var certificate, Block: { } block } when block.Id == _proposal?.Id:
                // The chain checks the certificate like anybody else's.
                effects.Emit(new ProducerEffect.Adopt(block.WithCertificate(certificate, profile.Format)));
                break;
            default:
                break;
        }
    }

    private NodeEffect.Send Say(string topic, HashedBlock block, Hash256 digest) => new(topic, (byte[])[(byte)self, .. Sign(digest)], block);

    private byte[] Sign(Hash256 digest)
    {
        byte[] signature = new byte[profile.Signatures.SignatureSize];
        profile.Signatures.Sign(key, digest, signature);
        return signature;
    }
}
