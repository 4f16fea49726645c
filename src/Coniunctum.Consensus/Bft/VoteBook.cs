namespace Coniunctum.Consensus.Bft;

/// <summary>
/// The messages of one height that a validator has heard; bounded. Of rounds far ahead it only remembers who is in them, of
/// rounds long past nothing.
/// </summary>
internal sealed class VoteBook(ValidatorSet validators)
{
    /// <summary>How many rounds behind the present one are kept.</summary>
    public const int KeptBehind = 32;

    /// <summary>How many rounds ahead of the present one are kept.</summary>
    public const int KeptAhead = 8;

    private readonly SortedDictionary<int, RoundBook> _rounds = [];
    private readonly int[] _latest = [.. Enumerable.Repeat(-1, validators.Count)];
    private int _round;

    /// <summary>The rounds of which something is kept, the latest first.</summary>
    public IEnumerable<KeyValuePair<int, RoundBook>> Rounds => _rounds.Reverse();

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
        if (message.Round < _round - KeptBehind || message.Round > _round + KeptAhead) return isLater;
        if (!_rounds.TryGetValue(message.Round, out RoundBook? book)) _rounds.Add(message.Round, book = new RoundBook(validators));
        return message.Kind == BftMessageKind.Proposal
            ? book.TryAddProposal(message, out earlier)
            : book.Of(message.Kind).TryAdd(message, index, out earlier);
    }

    /// <summary>Returns whether a message would change nothing.</summary>
    public bool Has(BftMessage message, int index) => _rounds.TryGetValue(message.Round, out RoundBook? book)
        ? message.Kind != BftMessageKind.Proposal && book.Of(message.Kind).Has(index, message.Block)
        : message.Round <= _latest[index];

    /// <summary>All messages that are kept.</summary>
    public IEnumerable<BftMessage> All => _rounds.Values.SelectMany(book =>
        (book.Proposal is { } proposal ? new[] { proposal } : []).Concat(book.Prevotes.All).Concat(book.Precommits.All));

    /// <summary>Returns what was heard of a round, or <c>null</c>.</summary>
    public RoundBook? At(int round) => _rounds.GetValueOrDefault(round);

    /// <summary>Goes on to a later round: what lies too far behind is forgotten, but for one round.</summary>
    public void MoveTo(int round, int kept)
    {
        _round = round;
        foreach (int old in _rounds.Keys.Where(old => old < round - KeptBehind && old != kept).ToArray()) _rounds.Remove(old);
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
}
