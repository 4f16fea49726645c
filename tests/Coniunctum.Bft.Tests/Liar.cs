using Coniunctum.Bft.Tests.Exploration;
using Coniunctum.Crypto;

namespace Coniunctum.Bft.Tests;

/// <summary>A validator that says what it likes, and hears everything that the others send as soon as they send it.</summary>
internal sealed class Liar(LiarKind kind, int index, ValidatorSet set, ulong height, Random random, Action<BftMessage, ScheduledValidator, int> tell)
{
    private readonly Dictionary<int, BftMessage> _proposals = [];
    private readonly HashSet<(int Round, BftMessageKind Kind, int To)> _said = [];
    private readonly Dictionary<int, int> _helped = [];

    public int Index => index;

    public Address Address => set[index].Address;

    public bool IsProposerOf(int round) => set.ProposerAt(height, round) == index;

    public void Hear(BftMessage message)
    {
        if (message.Kind == BftMessageKind.Proposal) _proposals[message.Round] = message;
    }

    public void Propose(int round, BlockId block, IEnumerable<ScheduledValidator> to, int validRound = -1)
    {
        var proposal = new BftMessage(BftMessageKind.Proposal, height, round, block, validRound, Address, default);
        foreach (ScheduledValidator other in to)
        {
            if (_said.Add((round, BftMessageKind.Proposal, other.Index))) tell(proposal, other, 1);
        }

        _proposals[round] = proposal;
    }

    public void PrevoteProposalOf(int round, ScheduledValidator to)
    {
        if (_proposals.GetValueOrDefault(round) is { } proposal) Say(BftMessageKind.Prevote, round, proposal.Block, [to]);
    }

    /// <summary>Votes, to each of some once; the first vote of a kind and round is the one that counts there.</summary>
    public void Say(BftMessageKind said, int round, BlockId? block, IEnumerable<ScheduledValidator> to, int ticks = 1)
    {
        foreach (ScheduledValidator other in to)
        {
            if (_said.Add((round, said, other.Index))) tell(new BftMessage(said, height, round, block, -1, Address, default), other, ticks);
        }
    }

    /// <summary>Hinders.</summary>
    public void Lie(int tick, ScheduledValidator[] nodes)
    {
        foreach (int round in nodes.Select(node => node.Machine!.Control.Round).Distinct().ToArray())
        {
            switch (kind)
            {
                case LiarKind.Random:
                    SayAnything(round, nodes);
                    break;
                case LiarKind.Equivocating:
                    Equivocate(round, nodes);
                    break;
                case LiarKind.Misleading:
                    if (IsProposerOf(round)) Propose(round, Actors.Block(1, 251), nodes, random.Next(-1, round));
                    Say(BftMessageKind.Prevote, round, null, nodes);
                    break;
                case LiarKind.OneAtATime:
                    HelpOne(tick, round, nodes);
                    break;
                default:
                    break;
            }
        }
    }

    private void SayAnything(int round, ScheduledValidator[] nodes)
    {
        round = Math.Max(0, round + random.Next(-2, 3));
        var said = (BftMessageKind)random.Next(1, 4);
        bool isProposal = said == BftMessageKind.Proposal;
        int block = random.Next(isProposal ? 0 : -1, 250);
        var lie = new BftMessage(said, height, round, block < 0 ? null : Actors.Block(1, block), isProposal ? random.Next(-1, round) : -1, Address, default);
        foreach (ScheduledValidator other in nodes)
        {
            if (random.Next(2) == 0) tell(lie, other, 1);
        }
    }

    private void Equivocate(int round, ScheduledValidator[] nodes)
    {
        foreach (ScheduledValidator other in nodes)
        {
            if (IsProposerOf(round)) Propose(round, Actors.Block(1, 251 + Array.IndexOf(nodes, other)), [other]);
            Say(BftMessageKind.Prevote, round, Actors.Block(1, 251 + random.Next(3)), [other]);
            Say(BftMessageKind.Precommit, round, Actors.Block(1, 251 + random.Next(3)), [other]);
        }
    }

    private void HelpOne(int tick, int round, ScheduledValidator[] nodes)
    {
        if (IsProposerOf(round)) Propose(round, Actors.Block(1, 251), nodes.Where(_ => random.Next(3) > 0));
        if (!_helped.TryGetValue(round, out int helped))
        {
            int next = set.ProposerAt(height, round + 1);
            ScheduledValidator[] candidates = [.. nodes.Where(node => node.Index != next && node.Machine!.Control is { Step: BftStep.Prevote, Prevoted: not null } control && control.Round == round)];
            if (candidates.Length == 0) return;
            _helped.Add(round, helped = candidates[random.Next(candidates.Length)].Index);
        }

        ScheduledValidator victim = nodes.Single(node => node.Index == helped);
        Say(BftMessageKind.Prevote, round, null, nodes.Where(node => node != victim));
        bool isLastMoment = victim.Timers.TryGetValue(BftStep.Prevote, out (int Round, int Due) timer) && timer.Round == round && timer.Due - tick <= 2;
        if (isLastMoment) PrevoteProposalOf(round, victim);
    }
}
