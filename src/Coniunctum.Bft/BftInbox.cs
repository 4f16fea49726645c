using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Bft;

/// <summary>
/// What a validator hears: of each message it is said which job checks it, unless it says nothing new. Messages of the next height
/// wait for it.
/// </summary>
internal sealed class BftInbox(BftJobs jobs, LedgerLimits limits, Address self, EvidenceLog evidence, ProposedBlocks blocks)
{
    // Proposals of rounds further ahead come again when it is their turn.
    private const int MaxAhead = 2;

    private readonly Dictionary<(Address Sender, BftMessageKind Kind), BftMessage> _early = [];
    private (BftMessage Proposal, ReadOnlyMemory<byte> Block)? _earlyProposal;

    /// <summary>Returns the jobs that check what has waited for a height that begins.</summary>
    public IEnumerable<IProducerJob> TakeEarly(BftMachine machine, ValidatorSet validators)
    {
        ImmutableArray<BftMessage> votes = [.. _early.Values.Where(message => message.Height == machine.Height)];
        (BftMessage Proposal, ReadOnlyMemory<byte> Block)? proposal = _earlyProposal;
        _early.Clear();
        _earlyProposal = null;
        List<IProducerJob> checks = [];
        if (!votes.IsEmpty) checks.Add(jobs.Check(votes));
        if (proposal is { } early && early.Proposal.Height == machine.Height && TakeProposal(early.Proposal, early.Block, machine, validators) is { } check)
            checks.Add(check);
        return checks;
    }

    /// <summary>Reads a message, and returns the job that checks it, or <c>null</c> where that is not worth it.</summary>
    public IProducerJob? Read(NodeInput.MessageArrived message, BftMachine machine, ValidatorSet validators, BftListening? listening) => message.Topic switch
    {
        BftWire.VotesTopic => TakeVotes(BftWire.ReadVotes(message.Content), machine, validators),
        BftWire.ProposalTopic when BftWire.ReadProposal(message.Content, limits) is { } read => TakeProposal(read.Proposal, read.Block, machine, validators),
        BftWire.StatusTopic when BftStatus.Decode(message.Content) is { } status && IsOfInterest(status, validators, listening) => jobs.Check(status),
        BftWire.EvidenceTopic when BftEvidence.Decode(message.Content) is { } piece && evidence.Wants(piece) && validators.IndexOf(piece.Offender) >= 0 =>
            jobs.Check(piece),
        _ => null,
    };

    /// <summary>Has the signatures of votes checked that say something new.</summary>
    private IProducerJob? TakeVotes(ImmutableArray<BftMessage> votes, BftMachine machine, ValidatorSet validators)
    {
        ImmutableArray<BftMessage>.Builder news = ImmutableArray.CreateBuilder<BftMessage>();
        foreach (BftMessage vote in votes)
        {
            int index = validators.IndexOf(vote.Sender);
            if (index < 0) continue;
            if (vote.Height == machine.Height + 1)
                _early[(vote.Sender, vote.Kind)] = vote;
            else if (vote.Height == machine.Height && !machine.Book.Has(vote, index))
                news.Add(vote);
        }

        return news.Count > 0 ? jobs.Check(news.DrainToImmutable()) : null;
    }

    private IProducerJob? TakeProposal(BftMessage proposal, ReadOnlyMemory<byte> block, BftMachine machine, ValidatorSet validators)
    {
        int index = validators.IndexOf(proposal.Sender);
        if (index < 0) return null;
        if (proposal.Height == machine.Height + 1 && _earlyProposal is null) _earlyProposal = (proposal, block);
        if (proposal.Height != machine.Height || validators.ProposerAt(proposal.Height, proposal.Round) != index) return null;
        int ahead = proposal.Round - machine.Control.Round;
        bool isKnown = machine.Book.At(proposal.Round) is { } round
            && (round.IsContradicted || (round.Proposal?.Block == proposal.Block && blocks.Contains(proposal.Block!.Value)));
        return ahead is >= 0 and <= MaxAhead && !isKnown ? jobs.Check(proposal, block) : null;
    }

    private bool IsOfInterest(BftStatus status, ValidatorSet validators, BftListening? listening) => status.Sender != self && (status.IsQuestion
        ? validators.IndexOf(status.Asker) >= 0
        : status.Challenge == listening?.Challenge);
}
