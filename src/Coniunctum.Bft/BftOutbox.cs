using Coniunctum.Consensus;

namespace Coniunctum.Bft;

/// <summary>What a validator has said at the height under way, and says again to those who may lack it.</summary>
internal sealed class BftOutbox(ProposedBlocks blocks)
{
    private readonly List<BftMessage> _sent = [];

    public void Clear() => _sent.Clear();

    /// <summary>Forgets what was said in the rounds before one.</summary>
    public void ForgetBefore(int round) => _sent.RemoveAll(message => message.Round < round);

    /// <summary>Sends a message of one's own, and remembers it.</summary>
    public void Send(BftMessage message, BftMachine machine, IEffectSink<IProducerEffect> effects)
    {
        _sent.Add(message);
        if (message.Kind == BftMessageKind.Proposal)
            SendProposal(message, machine, effects);
        else
            SendVotes([message], effects);
    }

    /// <summary>
    /// Says again what was said in this round and in the one before: whoever is a round behind may lack it, and no one who can
    /// still need it is further behind. With it go the prevotes on which it has locked there.
    /// </summary>
    public void SendAgain(BftMachine machine, IEffectSink<IProducerEffect> effects)
    {
        SendVotes(_sent.Where(message => message.Kind != BftMessageKind.Proposal), effects);
        SendVotes(machine.LatestPolka, effects);
        // Until enough have voted for it: votes of others, or for nothing, do not show that those who could still vote have it.
        if (_sent.Find(message => message.Kind == BftMessageKind.Proposal && message.Round == machine.Control.Round) is { } proposal
            && !machine.HasPolka(proposal.Round, proposal.Block!.Value))
        {
            SendProposal(proposal, machine, effects);
        }
    }

    private void SendProposal(BftMessage message, BftMachine machine, IEffectSink<IProducerEffect> effects)
    {
        if (blocks.Find(message.Block!.Value) is not { } block) return;
        effects.Emit(new NodeEffect.Send(BftTopics.ProposalTopic, message.Encode(), block));
        if (message.ValidRound >= 0) SendVotes(machine.PrevotesFor(message.ValidRound, message.Block.Value), effects);
    }

    private static void SendVotes(IEnumerable<BftMessage> votes, IEffectSink<IProducerEffect> effects)
    {
        foreach (BftMessage vote in votes) effects.Emit(new NodeEffect.Send(BftTopics.VoteTopic, vote.Encode()));
    }
}
