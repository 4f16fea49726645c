using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Ledger;

namespace Coniunctum.Bft;

/// <summary>What a validator hears and says.</summary>
public sealed partial class BftProducer
{
    private void TakeMessage(ProducerInput.Message message, BftMachine machine)
    {
        switch (message.Topic)
        {
            case BftWire.VotesTopic:
                TakeVotes(BftWire.ReadVotes(message.Content), machine);
                break;
            case BftWire.ProposalTopic:
                if (BftWire.ReadProposal(message.Content, _profile.Limits) is { } read) TakeProposal(read.Proposal, read.Block, machine);
                break;
            case BftWire.StatusTopic:
                if (BftStatus.TryDecode(message.Content) is { } status && IsOfInterest(status)) Check(_jobs.Check(status));
                break;
            case BftWire.EvidenceTopic:
                if (BftEvidence.Decode(message.Content) is { } evidence && _evidence.Wants(evidence) && _validators!.IndexOf(evidence.Offender) >= 0)
                    Check(_jobs.Check(evidence));
                break;
            default:
                break;
        }
    }

    /// <summary>Has the signatures of votes checked that say something new; those of the next height wait for it.</summary>
    private void TakeVotes(ImmutableArray<BftMessage> votes, BftMachine machine)
    {
        ImmutableArray<BftMessage>.Builder news = ImmutableArray.CreateBuilder<BftMessage>();
        foreach (BftMessage vote in votes)
        {
            int index = _validators!.IndexOf(vote.Sender);
            if (index < 0) continue;
            if (vote.Height == machine.Height + 1)
                _early[(vote.Sender, vote.Kind)] = vote;
            else if (vote.Height == machine.Height && !machine.Book.Has(vote, index))
                news.Add(vote);
        }

        if (news.Count > 0) Check(_jobs.Check(news.DrainToImmutable()));
    }

    private void TakeProposal(BftMessage proposal, ReadOnlyMemory<byte> block, BftMachine machine)
    {
        int index = _validators!.IndexOf(proposal.Sender);
        if (index < 0) return;
        if (proposal.Height == machine.Height + 1 && _earlyProposal is null) _earlyProposal = (proposal, block);
        if (proposal.Height != machine.Height || _validators.ProposerAt(proposal.Height, proposal.Round) != index) return;
        int ahead = proposal.Round - machine.Control.Round;
        bool isKnown = machine.Book.At(proposal.Round) is { } round
            && (round.IsContradicted || (round.Proposal?.Block == proposal.Block && _blocks.ContainsKey(proposal.Block!.Value)));
        if (ahead is >= 0 and <= MaxAhead && !isKnown) Check(_jobs.Check(proposal, block));
    }

    private bool IsOfInterest(BftStatus status) => status.Sender != _self && (status.IsQuestion
        ? _validators!.IndexOf(status.Asker) >= 0
        : status.Challenge == _listening?.Challenge);

    private void TakeResult(JobResult? result)
    {
        switch (result)
        {
            case BftJobs.Made made when _machine is not null && made.Block.Header.Height == _machine.Height && made.Round == _machine.Control.Round:
                Learn(made.Block);
                Propose(made.Round, made.Block.Id, -1);
                break;
            case BftJobs.Signed { Message: { } message } when MaySign && message.Height == _machine!.Height:
                _sent.Add(message);
                Send(message);
                _machine.Take(message);
                break;
            case BftJobs.CheckedVotes checkedVotes:
                foreach (BftMessage vote in checkedVotes.Votes) Receive(vote);
                break;
            case BftJobs.Proposed { Block: { } block } proposed when block.Header.Height == _machine?.Height:
                Learn(block);
                if (proposed.Proposal is { } proposal) Receive(proposal);
                break;
            case BftJobs.Answered answered:
                _effects!.Emit(new ProducerEffect.Send(BftWire.StatusTopic, answered.Status.Encode()));
                break;
            case BftJobs.Asked { Status: { } status } when _machine is not null:
                TakeStatus(status, _machine);
                break;
            case BftJobs.Accused accused:
                Accuse(accused.Evidence);
                break;
            default:
                break;
        }
    }

    /// <summary>Takes a message whose signature was verified.</summary>
    private void Receive(BftMessage message)
    {
        if (message.Sender == _self) ReceiveOwn(message);
        if (!_seen.TryGetValue(message.Sender, out BftMessage? seen) || BftListening.IsBeyond(message, (seen.Height, seen.Round, seen.Kind)))
            _seen[message.Sender] = message;
        if (message.Height == _machine!.Height) _machine.Take(message);
    }

    /// <summary>A message of one's own that one does not remember: the file is old, or somebody else has the key.</summary>
    private void ReceiveOwn(BftMessage message)
    {
        _listening?.TakeOwn(message);
        if (_listening is not null || !BftListening.IsBeyond(message, _record.Place)) return;
        _silentThrough = Math.Max(_silentThrough, message.Height + 1);
        if (_machine!.Height <= _silentThrough) Place(_machine.Height, [.. _machine.Book.All]);
        if (_machine.Control.Step == BftStep.Waiting) _machine.Start();
    }

    /// <summary>Has a block judged that may be voted for.</summary>
    private void Learn(HashedBlock block)
    {
        if (_blocks.Count >= MaxBlocks || !_blocks.TryAdd(block.Id, block)) return;
        _unjudged.Add(block.Id);
        _effects!.Emit(new ProducerEffect.Judge(block));
    }

    private void TakeJudgement(HashedBlock block, Verdict verdict)
    {
        if (block.Header.Height != _machine?.Height || !_blocks.ContainsKey(block.Id)) return;
        // A block that is too early, or that could not be judged now, is judged again when messages are sent again.
        if (verdict.Kind is VerdictKind.Valid or VerdictKind.Invalid) _unjudged.Remove(block.Id);
        if (verdict.Kind == VerdictKind.Invalid) _invalid.Add(block.Id);
        if (verdict.Kind is VerdictKind.Valid or VerdictKind.Invalid or VerdictKind.Deferred) _machine.TakeJudgement(block.Id, verdict.IsValid);
    }

    private void Send(BftMessage message)
    {
        if (message.Kind != BftMessageKind.Proposal)
        {
            _effects!.Emit(new ProducerEffect.Send(BftWire.VotesTopic, BftWire.Votes([message])));
            return;
        }

        if (!_blocks.TryGetValue(message.Block!.Value, out HashedBlock? block)) return;
        _effects!.Emit(new ProducerEffect.Send(BftWire.ProposalTopic, BftWire.Proposal(message, block.Encoded)));
        if (message.ValidRound >= 0) SendVotes(_machine!.PrevotesFor(message.ValidRound, message.Block.Value));
    }

    private void SendVotes(IEnumerable<BftMessage> votes)
    {
        BftMessage[] said = [.. votes];
        if (said.Length > 0) _effects!.Emit(new ProducerEffect.Send(BftWire.VotesTopic, BftWire.Votes(said)));
    }

    /// <summary>
    /// Says again what was said in this round and in the one before: whoever is a round behind may lack it, and nobody who can
    /// still need it is further behind. With it go the prevotes on which it has locked there.
    /// </summary>
    private void SendAgain(BftMachine machine)
    {
        if (_listening is not null) Ask();
        foreach (BlockId block in _unjudged) _effects!.Emit(new ProducerEffect.Judge(_blocks[block]));
        if (!MaySign) return;
        SendVotes(_sent.Where(message => message.Kind != BftMessageKind.Proposal));
        SendVotes(machine.LatestPolka);
        // Until enough have voted for it: votes of others, or for nothing, do not show that those who could still vote have it.
        if (_sent.Find(message => message.Kind == BftMessageKind.Proposal && message.Round == machine.Control.Round) is { } proposal
            && !machine.HasPolka(proposal.Round, proposal.Block!.Value))
        {
            Send(proposal);
        }
    }

    private void Ask() => Start(_jobs.Sign(new BftStatus(_listening!.Challenge, _self, _self, _machine!.Height, _machine.Control.Round, null, default)));

    private void TakeStatus(BftStatus status, BftMachine machine)
    {
        if (!status.IsQuestion)
        {
            _listening?.Take(status);
            EndListening();
            return;
        }

        BftMessage? seen = _seen.GetValueOrDefault(status.Asker);
        Start(_jobs.Sign(new BftStatus(status.Challenge, status.Asker, _self, machine.Height, machine.Control.Round, seen, default)));
    }

    /// <summary>Begins to take part, once enough was heard.</summary>
    private void EndListening()
    {
        if (_listening is null || _machine is null || !_listening.IsOver(_validators!, _machine.Height, out ulong silentThrough)) return;
        _listening = null;
        _silentThrough = silentThrough;
        if (!MaySign) return;

        bool hasBegun = _machine.Control.Step != BftStep.Waiting;
        Place(_machine.Height, [.. _machine.Book.All]);
        RoundState control = _machine.Control;
        if (hasBegun || control.Step != BftStep.Waiting) _machine.Start();
        if (_record.Height != _machine.Height) return;

        // What was durable but perhaps never sent: the same votes again, since a round of a height has one. Those of the round
        // before too: others may be there still, and cannot leave it without them.
        if (_before.Height == _record.Height && _before.Control.Round == _record.Control.Round - 1) SignAgain(_before.Control);
        SignAgain(_record.Control);
    }

    private void SignAgain(in RoundState control)
    {
        if (control.Step >= BftStep.Prevote) Sign(BftMessageKind.Prevote, control.Round, control.Prevoted, -1);
        if (control.Step >= BftStep.Precommit) Sign(BftMessageKind.Precommit, control.Round, control.Precommitted, -1);
    }
}
