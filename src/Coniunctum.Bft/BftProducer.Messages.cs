using Coniunctum.Consensus;
using Coniunctum.Ledger;

namespace Coniunctum.Bft;

/// <summary>What a validator hears and says.</summary>
public sealed partial class BftProducer
{
    /// <summary>Takes a message that the node has judged good.</summary>
    private void TakeMessage(ProducerInput.MessageAccepted message, BftMachine machine)
    {
        switch (message.Topic)
        {
            case BftTopics.VoteTopic:
                Receive(BftMessage.Decode(message.Content)!);
                break;
            case BftTopics.ProposalTopic:
                TakeProposal(BftMessage.Decode(message.Content)!, message.Block!, machine);
                break;
            case BftTopics.StatusTopic when BftStatus.Decode(message.Content)! is var status && status.Sender != _self:
                TakeStatus(status, message.From, machine);
                break;
            case BftTopics.EvidenceTopic:
                Accuse(BftEvidence.Decode(message.Content)!);
                break;
            default:
                break;
        }
    }

    private void TakeProposal(BftMessage proposal, HashedBlock block, BftMachine machine)
    {
        int ahead = proposal.Round - machine.Control.Round;
        if (proposal.Height != machine.Height || ahead is < 0 or > BftTopics.MaxAhead || machine.Book.At(proposal.Round)?.IsContradicted == true) return;
        Learn(block);
        Receive(proposal);
    }

    private void TakeResult(JobResult? result)
    {
        switch (result)
        {
            case BftJobs.Made made when _machine is not null && made.Block.Header.Height == _machine.Height && made.Round == _machine.Control.Round:
                Learn(made.Block);
                Propose(made.Round, made.Block.Id, -1);
                break;
            case BftJobs.Signed { Message: { } message } when MaySign && message.Height == _machine!.Height:
                _outbox.Send(message, _machine, _effects!);
                _machine.Take(message);
                break;
            case BftJobs.Locked { Block: { } block } when block.Header.Height == _machine?.Height:
                Learn(block);
                break;
            case BftJobs.Answered answered:
                _effects!.Emit(new NodeEffect.Send(BftTopics.StatusTopic, answered.Status.Encode(), To: answered.To));
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
        if (message.Height == _machine!.Height)
            _machine.Take(message);
        else if (message.Height == _machine.Height + 1 && message.Kind != BftMessageKind.Proposal)
            _early.Keep(message);
    }

    /// <summary>A message of one's own that one does not remember: the file is old, or someone else has the key.</summary>
    private void ReceiveOwn(BftMessage message)
    {
        _listening?.TakeOwn(message);
        if (_listening is not null || !BftListening.IsBeyond(message, _records.Current.Place)) return;
        _silentThrough = Math.Max(_silentThrough, message.Height + 1);
        if (_machine!.Height <= _silentThrough) Place(_machine.Height, [.. _machine.Book.All]);
        if (_machine.Control.Step == BftStep.Waiting) _machine.Start();
    }

    /// <summary>Has a block judged that may be voted for.</summary>
    private void Learn(HashedBlock block)
    {
        if (!_blocks.TryAdd(block)) return;
        _effects!.Emit(new ProducerEffect.Judge(block));
    }

    private void TakeJudgement(HashedBlock block, Verdict verdict)
    {
        if (block.Header.Height != _machine?.Height || !_blocks.Contains(block.Id)) return;
        // A block that is too early, or that could not be judged now, is judged again when messages are sent again.
        _blocks.TakeVerdict(block.Id, verdict.Kind);
        if (verdict.Kind is VerdictKind.Valid or VerdictKind.Invalid or VerdictKind.Deferred) _machine.TakeJudgement(block.Id, verdict.IsValid);
    }

    private void SendAgain(BftMachine machine)
    {
        if (_listening is not null) Ask();
        foreach (HashedBlock block in _blocks.Unjudged) _effects!.Emit(new ProducerEffect.Judge(block));
        if (!MaySign) return;
        _outbox.SendAgain(machine, _effects!);
    }

    private void Ask() => Start(_jobs.Sign(new BftStatus(_listening!.Challenge, _self, _self, _machine!.Height, _machine.Control.Round, null, default)));

    private void TakeStatus(BftStatus status, PeerId from, BftMachine machine)
    {
        if (!status.IsQuestion)
        {
            if (status.Challenge != _listening?.Challenge) return;
            _listening.Take(status);
            EndListening();
            return;
        }

        BftMessage? seen = _seen.GetValueOrDefault(status.Asker);
        Start(_jobs.Sign(new BftStatus(status.Challenge, status.Asker, _self, machine.Height, machine.Control.Round, seen, default), _answered.IsAskedAgain(status) ? from : default));
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
        if (_records.Current.Height != _machine.Height) return;

        // What was durable but perhaps never sent: the same votes again, since a round of a height has one. Those of the round
        // before too: others may be there still, and cannot leave it without them.
        (BftRecord before, BftRecord record) = (_records.Before, _records.Current);
        if (before.Height == record.Height && before.Control.Round == record.Control.Round - 1) SignAgain(before.Control);
        SignAgain(record.Control);
    }

    private void SignAgain(in RoundState control)
    {
        if (control.Step >= BftStep.Prevote) Sign(BftMessageKind.Prevote, control.Round, control.Prevoted, -1);
        if (control.Step >= BftStep.Precommit) Sign(BftMessageKind.Precommit, control.Round, control.Precommitted, -1);
    }
}
