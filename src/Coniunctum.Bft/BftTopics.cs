using System.Buffers.Binary;
using Coniunctum.Consensus;
using Coniunctum.Ledger;

namespace Coniunctum.Bft;

/// <summary>
/// What validators say to each other, as every node of the chain judges it: votes and proposals of the height under way by the set
/// that certifies it, votes of the next height by the set that is known to certify that.
/// </summary>
internal sealed class BftTopics(BlockId chainId, LedgerLimits limits) : ITopicRule
{
    /// <summary>A prevote or a precommit.</summary>
    public const string VoteTopic = "bft.vote";

    /// <summary>A proposal; its block travels beside it.</summary>
    public const string ProposalTopic = "bft.proposal";

    /// <summary>A question or an answer of validators that have started again.</summary>
    public const string StatusTopic = "bft.status";

    /// <summary>A proof that someone lied.</summary>
    public const string EvidenceTopic = "bft.evidence";

    /// <summary>How many rounds ahead proposals are taken, at the next height counted from its first one; others come again when it is their turn.</summary>
    public const int MaxAhead = 2;

    // How far apart validators' heights may be for what one says of its own to matter.
    private const ulong MaxStatusApart = 8;

    // Kinds of keys, behind those of messages.
    private const byte QuestionKind = 4;
    private const byte AnswerKind = 5;
    private const byte EvidenceKind = 6;

    /// <inheritdoc/>
    public IReadOnlyList<TopicSpec> Topics { get; } =
    [
        // Twice the votes of a round of the largest set, all by one peer.
        new(VoteTopic, TopicMode.Latest, BftMessage.MaxEncodedBytes, PerSecond: 4 * ValidatorSet.MaxCount),
        new(ProposalTopic, TopicMode.Latest, BftMessage.MaxEncodedBytes, limits.MaxBlockBytes + limits.MaxSealBytes, PerSecond: 8),
        new(StatusTopic, TopicMode.Latest, BftStatus.MaxEncodedBytes, PerSecond: 2 * ValidatorSet.MaxCount),
        new(EvidenceTopic, TopicMode.Mesh, BftEvidence.MaxEncodedBytes, PerSecond: 16),
    ];

    /// <inheritdoc/>
    public TopicJudgement Judge(in TopicMessage message, in HeaderView tip, RuleState state, SealClaims claims)
    {
        var validators = (BftState)state;
        return message.Topic switch
        {
            VoteTopic => BftMessage.Decode(message.Content) is { Kind: BftMessageKind.Prevote or BftMessageKind.Precommit } vote && message.Block is null
                ? JudgeVote(vote, tip.Height + 1, validators, claims)
                : TopicJudgement.Rejected,
            ProposalTopic => BftMessage.Decode(message.Content) is { Kind: BftMessageKind.Proposal } proposal
                ? JudgeProposal(proposal, message.Block, tip.Height + 1, validators, claims)
                : TopicJudgement.Rejected,
            StatusTopic => BftStatus.Decode(message.Content) is { } status && message.Block is null ? JudgeStatus(status, tip.Height + 1, validators.Current, claims) : TopicJudgement.Rejected,
            EvidenceTopic => BftEvidence.Decode(message.Content) is { } evidence && message.Block is null && evidence.First.Contradicts(evidence.Second)
                ? JudgeEvidence(evidence, validators, claims)
                : TopicJudgement.Rejected,
            _ => TopicJudgement.Ignored,
        };
    }

    private TopicJudgement JudgeVote(BftMessage vote, ulong next, BftState state, SealClaims claims)
    {
        ValidatorSet? validators = vote.Height == next ? state.Current : vote.Height == next + 1 ? state.Next : null;
        if (validators is null || validators.IndexOf(vote.Sender) < 0) return TopicJudgement.Ignored;
        claims.Add(vote.ClaimIn(chainId));
        return TopicJudgement.Accept(KeyOf(vote));
    }

    /// <summary>A proposal of the next height waits: its block can only be judged behind the one that is being decided.</summary>
    private TopicJudgement JudgeProposal(BftMessage proposal, HashedBlock? block, ulong next, BftState state, SealClaims claims)
    {
        bool isEarly = proposal.Height == next + 1;
        if (block is null || (!isEarly && proposal.Height != next) || (isEarly && proposal.Round > MaxAhead)) return TopicJudgement.Ignored;
        if (block.Id != proposal.Block || block.Header.Height != proposal.Height) return TopicJudgement.Rejected;
        // Seal and certificate lie outside of the identity, and the block may have come from someone else.
        if (!block.Block.Seal.IsEmpty || block.Block.Certificate is not null) return TopicJudgement.Ignored;
        ValidatorSet validators = isEarly ? state.Next : state.Current;
        int index = validators.IndexOf(proposal.Sender);
        if (index < 0 || validators.ProposerAt(proposal.Height, proposal.Round) != index) return TopicJudgement.Ignored;
        if (isEarly) return TopicJudgement.Later(next);
        claims.Add(proposal.ClaimIn(chainId));
        return TopicJudgement.Accept(KeyOf(proposal));
    }

    /// <summary>Whoever is further off asks again when it has caught up; what was said long ago would go round for ever.</summary>
    private TopicJudgement JudgeStatus(BftStatus status, ulong next, ValidatorSet validators, SealClaims claims)
    {
        ulong apart = status.Height > next ? status.Height - next : next - status.Height;
        if (apart > MaxStatusApart) return TopicJudgement.Ignored;
        if (validators.IndexOf(status.Asker) < 0 || validators.IndexOf(status.Sender) < 0) return TopicJudgement.Ignored;
        claims.Add(new SignatureClaim(status.Digest(chainId), status.Signature, status.Sender));
        if (status.Sighting is { } seen) claims.Add(seen.ClaimIn(chainId));
        // One thing for each question and height: who catches up asks again at each.
        ulong slot = unchecked(BinaryPrimitives.ReadUInt64BigEndian(status.Challenge.AsSpan()) + status.Height);
        return TopicJudgement.Accept(new TopicKey(slot, status.Sender, status.IsQuestion ? QuestionKind : AnswerKind));
    }

    private TopicJudgement JudgeEvidence(BftEvidence evidence, BftState state, SealClaims claims)
    {
        if (state.Current.IndexOf(evidence.Offender) < 0 && state.Next.IndexOf(evidence.Offender) < 0) return TopicJudgement.Ignored;
        claims.Add(evidence.First.ClaimIn(chainId));
        claims.Add(evidence.Second.ClaimIn(chainId));
        return TopicJudgement.Accept(new TopicKey(evidence.First.Height, evidence.Offender, EvidenceKind));
    }

    /// <summary>A validator says one thing of a kind a round. Heights that do not fit beside a round are of no chain.</summary>
    private static TopicKey KeyOf(BftMessage message) =>
        new(unchecked((message.Height * (BftMessage.MaxRound + 1)) + (ulong)message.Round), message.Sender, (byte)message.Kind);
}
