namespace Coniunctum.Bft;

/// <summary>
/// The messages of one height that a validator has heard; bounded. Of rounds far ahead it only remembers who is in them. Of
/// rounds long past it keeps those that still count: the round in which its own valid block was, and the rounds that the
/// proposals of this round and of later ones name, without whose prevotes no one could vote for what they propose. That is at
/// most one round for each proposal that is kept, whatever a liar proposes.
/// </summary>
internal sealed class HeightVoteSet(ValidatorSet validators)
{
    /// <summary>How many rounds behind the present one are kept.</summary>
    public const int KeptBehind = 32;

    /// <summary>How many rounds ahead of the present one are kept.</summary>
    public const int KeptAhead = 8;

    private readonly SortedDictionary<int, RoundVotes> _rounds = [];
    private readonly int[] _latest = [.. Enumerable.Repeat(-1, validators.Count)];
    private int _round;
    private int _validRound = -1;

    /// <summary>The rounds of which something is kept, the latest first.</summary>
    public IEnumerable<KeyValuePair<int, RoundVotes>> Rounds => _rounds.Reverse();

    /// <summary>Takes a message of a member.</summary>
    /// <param name="message">The message; its signature was verified.</param>
    /// <param name="index">The place of its sender.</param>
    /// <param name="earlier">Another message that it contradicts, or <c>null</c>.</param>
    /// <returns>Whether it is new and counted.</returns>
    public bool TryAdd(BftMessage message, int index, out BftMessage? earlier)
    {
        earlier = null;
        bool isLater = message.Round > _latest[index];
        if (isLater) _latest[index] = message.Round;
        if (!IsKept(message.Round)) return isLater;
        if (!_rounds.TryGetValue(message.Round, out RoundVotes? book)) _rounds.Add(message.Round, book = new RoundVotes(validators));
        return message.Kind == BftMessageKind.Proposal
            ? book.TryAddProposal(message, out earlier)
            : book.Of(message.Kind).TryAdd(message, index, out earlier);
    }

    /// <summary>Returns whether a message would change nothing.</summary>
    public bool Has(BftMessage message, int index) => IsKept(message.Round)
        ? message.Kind != BftMessageKind.Proposal && At(message.Round) is { } book && book.Of(message.Kind).Has(index, message.Block)
        : message.Round <= _latest[index];

    /// <summary>All messages that are kept.</summary>
    public IEnumerable<BftMessage> All => _rounds.Values.SelectMany(book =>
        (book.Proposal is { } proposal ? new[] { proposal } : []).Concat(book.Prevotes.All).Concat(book.Precommits.All));

    /// <summary>Returns what was heard of a round, or <c>null</c>.</summary>
    public RoundVotes? At(int round) => _rounds.GetValueOrDefault(round);

    /// <summary>Goes on to a later round: what lies too far behind and does not count any more is forgotten.</summary>
    /// <param name="round">The round.</param>
    /// <param name="validRound">The round of the validator's own valid block, or −1.</param>
    public void MoveTo(int round, int validRound)
    {
        (_round, _validRound) = (round, validRound);
        foreach (int old in _rounds.Keys.Where(old => !IsKept(old)).ToArray()) _rounds.Remove(old);
    }

    /// <summary>
    /// Returns the latest round such that members of more than a third of the weight are in it or above, so that an honest one
    /// is; or −1.
    /// </summary>
    public int RoundOfAnHonest()
    {
        int found = -1;
        foreach (int candidate in _latest)
        {
            if (candidate <= found) continue;
            ulong weight = 0;
            for (int i = 0; i < _latest.Length; i++)
            {
                if (_latest[i] >= candidate) weight += validators[i].Weight;
            }

            if (validators.HasHonest(weight)) found = candidate;
        }

        return found;
    }

    private bool IsKept(int round) => round <= _round + KeptAhead
        && (round >= _round - KeptBehind || round == _validRound || _rounds.Any(known => known.Key >= _round && known.Value.Proposal?.ValidRound == round));
}
