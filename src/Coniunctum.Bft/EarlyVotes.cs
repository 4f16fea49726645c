using System.Collections.Immutable;
using Coniunctum.Crypto;

namespace Coniunctum.Bft;

/// <summary>Votes of the next height, until it begins: of one validator's those of the highest round, one of each kind.</summary>
internal sealed class EarlyVotes
{
    private readonly Dictionary<(Address Sender, BftMessageKind Kind), BftMessage> _votes = [];

    /// <summary>Keeps a vote whose signature was verified.</summary>
    public void Keep(BftMessage vote)
    {
        if (!_votes.TryGetValue((vote.Sender, vote.Kind), out BftMessage? kept) || kept.Round < vote.Round) _votes[(vote.Sender, vote.Kind)] = vote;
    }

    /// <summary>Returns what has waited for a height that begins, of those who belong to its validators, and forgets all.</summary>
    public ImmutableArray<BftMessage> Take(ulong height, ValidatorSet validators)
    {
        ImmutableArray<BftMessage> votes = [.. _votes.Values.Where(vote => vote.Height == height && validators.IndexOf(vote.Sender) >= 0)];
        _votes.Clear();
        return votes;
    }
}
