namespace Coniunctum.Bft;

/// <summary>The messages of one round that a validator has heard.</summary>
internal sealed class RoundVotes(ValidatorSet validators)
{
    private BftMessage? _other;

    /// <summary>What the round's proposer proposed first, or <c>null</c>.</summary>
    public BftMessage? Proposal { get; private set; }

    /// <summary>Whether the round's proposer has proposed two things; no third one is of interest.</summary>
    public bool IsContradicted => _other is not null;

    /// <summary>The prevotes.</summary>
    public VoteTally Prevotes { get; } = new(validators);

    /// <summary>The precommits.</summary>
    public VoteTally Precommits { get; } = new(validators);

    /// <summary>The votes of a kind.</summary>
    public VoteTally Of(BftMessageKind kind) => kind == BftMessageKind.Prevote ? Prevotes : Precommits;

    /// <summary>Takes a proposal of the round's proposer: the first one counts, a second one accuses.</summary>
    public bool TryAddProposal(BftMessage proposal, out BftMessage? earlier)
    {
        earlier = null;
        if (Proposal is null)
        {
            Proposal = proposal;
            return true;
        }

        if (_other is not null || !Proposal.Contradicts(proposal)) return false;
        _other = proposal;
        earlier = Proposal;
        return true;
    }
}
