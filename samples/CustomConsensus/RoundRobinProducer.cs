namespace CustomConsensus;

/// <summary>
/// One member. It proposes when it is its turn, says so again until the block is part of the chain, and acknowledges one proposal
/// a height. A member that crashes would forget what it acknowledged: a rule for the real world persists that before it speaks.
/// </summary>
internal sealed class RoundRobinProducer(int self, PrivateKey key, Address[] members, ChainProfile profile) : IBlockProducer
{
    private static readonly TimeSpan s_pace = TimeSpan.FromSeconds(1);

    private BlockId _chain;
    private ulong _height;
    private HashedBlock? _proposal;
    private BlockId? _acknowledged;

    public void Step(IProducerInput input, NodeTime now, IEffectSink<IProducerEffect> effects)
    {
        switch (input)
        {
            case NodeInput.Started started:
                _chain = started.ChainId;
                break;
            case ProducerInput.TipChanged changed:
                (_height, _proposal, _acknowledged) = (changed.Tip.Height + 1, null, null);
                effects.Emit(new NodeEffect.SetTimer(new TimerId("turn"), now.Steady.Plus(s_pace)));
                break;
            case NodeInput.TimerFired when _height % (ulong)members.Length == (ulong)self:
                effects.Emit(_proposal is null ? new ProducerEffect.Prepare(members[self]) : new NodeEffect.Send("proposal", _proposal.Encoded));
                effects.Emit(new NodeEffect.SetTimer(new TimerId("turn"), now.Steady.Plus(s_pace)));
                break;
            case ProducerInput.Prepared { Candidate: var draft } when draft.Header.Height == _height && _proposal is null:
                draft = draft.WithExtraNonce(0);
                _proposal = draft.Seal(0, Sign(draft.Format.Digest(draft.Header)));
                effects.Emit(new NodeEffect.Send("proposal", _proposal.Encoded));
                break;
            case NodeInput.MessageArrived { Topic: "proposal", Content: var bytes }:
                HashedBlock.Decode(bytes, profile.Format, profile.Limits, _chain, out HashedBlock? proposed);
                if (proposed is not null) effects.Emit(new ProducerEffect.Judge(proposed));
                break;
            case ProducerInput.Judged { Verdict.IsValid: true, Block: var block } when block.Header.Height == _height && (_acknowledged ?? block.Id) == block.Id:
                _acknowledged = block.Id;
                effects.Emit(new NodeEffect.Send("acknowledgement", (byte[])[(byte)self, .. Sign(RoundRobin.AcknowledgementOf(block.Id))]));
                break;
            case NodeInput.MessageArrived { Topic: "acknowledgement", Content: var bytes } when _proposal is { } mine:
                // The chain checks the certificate like anybody else's.
                effects.Emit(new ProducerEffect.Adopt(mine.WithCertificate(bytes, profile.Format)));
                break;
            default:
                break;
        }
    }

    private byte[] Sign(Hash256 digest)
    {
        byte[] signature = new byte[profile.Signatures.SignatureSize];
        profile.Signatures.Sign(key, digest, signature);
        return signature;
    }
}
