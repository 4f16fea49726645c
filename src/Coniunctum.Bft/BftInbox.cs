using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Bft;

/// <summary>
/// What a validator hears: of each message it is said which job checks it, unless it says nothing new. Messages of the next height
/// wait for it here once their signatures were verified: what anyone could have written takes no one's place.
/// </summary>
internal sealed class BftInbox(BftJobs jobs, LedgerLimits limits, Address self, EvidenceLog evidence, ProposedBlocks blocks)
{
    // Proposals of rounds further ahead come again when it is their turn.
    private const int MaxAhead = 2;

    private readonly Dictionary<(Address Sender, BftMessageKind Kind), BftMessage> _early = [];
    private readonly Dictionary<int, (BftMessage Proposal, HashedBlock Block)> _earlyProposals = [];

    /// <summary>Keeps a vote of the next height whose signature was verified; of one validator's the one of the highest round.</summary>
    public void Keep(BftMessage vote)
    {
        if (!_early.TryGetValue((vote.Sender, vote.Kind), out BftMessage? kept) || kept.Round < vote.Round) _early[(vote.Sender, vote.Kind)] = vote;
    }

    /// <summary>Keeps a proposal of the next height whose signature was verified, one for each of its first rounds.</summary>
    public void Keep(BftMessage proposal, HashedBlock block) => _earlyProposals.TryAdd(proposal.Round, (proposal, block));

    /// <summary>Returns what has waited for a height that begins, of those who belong to its validators, and the proposed blocks; it is forgotten here.</summary>
    public (ImmutableArray<BftMessage> Messages, ImmutableArray<HashedBlock> Blocks) TakeEarly(ulong height, ValidatorSet validators)
    {
        (BftMessage Proposal, HashedBlock Block)[] proposals =
        [
            .. _earlyProposals.Values.Where(early => early.Proposal.Height == height
                && validators.IndexOf(early.Proposal.Sender) is >= 0 and var index && index == validators.ProposerAt(height, early.Proposal.Round)),
        ];
        IEnumerable<BftMessage> votes = _early.Values.Where(vote => vote.Height == height && validators.IndexOf(vote.Sender) >= 0);
        ImmutableArray<BftMessage> messages = [.. proposals.Select(early => early.Proposal), .. votes];
        _early.Clear();
        _earlyProposals.Clear();
        return (messages, [.. proposals.Select(early => early.Block)]);
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
            bool isNews = vote.Height == machine.Height ? !machine.Book.Has(vote, index)
                : vote.Height == machine.Height + 1 && (!_early.TryGetValue((vote.Sender, vote.Kind), out BftMessage? kept) || kept.Round < vote.Round);
            if (isNews) news.Add(vote);
        }

        return news.Count > 0 ? jobs.Check(news.DrainToImmutable()) : null;
    }

    private IProducerJob? TakeProposal(BftMessage proposal, ReadOnlyMemory<byte> block, BftMachine machine, ValidatorSet validators)
    {
        int index = validators.IndexOf(proposal.Sender);
        if (index < 0) return null;
        // The set of the next height is almost always the same; where it is not, the proposal comes again when it is its turn.
        if (proposal.Height == machine.Height + 1)
        {
            bool isWanted = proposal.Round is >= 0 and <= MaxAhead && !_earlyProposals.ContainsKey(proposal.Round) && validators.ProposerAt(proposal.Height, proposal.Round) == index;
            return isWanted ? jobs.Check(proposal, block) : null;
        }

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
