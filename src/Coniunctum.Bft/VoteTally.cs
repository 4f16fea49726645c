using Coniunctum.Ledger;

namespace Coniunctum.Bft;

/// <summary>The votes of one kind in one round. Whoever votes twice counts once for each block, as in the paper's log of messages.</summary>
internal sealed class VoteTally(ValidatorSet validators)
{
    private readonly BftMessage?[] _firsts = new BftMessage?[validators.Count];
    private readonly List<BftMessage> _others = [];
    private readonly List<(BlockId? Block, ulong Weight)> _sums = [];

    /// <summary>The weight of all who have voted.</summary>
    public ulong Weight { get; private set; }

    /// <summary>Takes a vote.</summary>
    /// <param name="vote">The vote; its signature was verified.</param>
    /// <param name="index">The place of its sender.</param>
    /// <param name="earlier">Another vote of the same sender that it contradicts, or <c>null</c>.</param>
    /// <returns>Whether it is new and counted.</returns>
    public bool TryAdd(BftMessage vote, int index, out BftMessage? earlier)
    {
        earlier = _firsts[index];
        int place = _sums.FindIndex(sum => sum.Block == vote.Block);
        if (earlier is null)
        {
            _firsts[index] = vote;
            Weight += validators[index].Weight;
        }
        else if (earlier.Block == vote.Block)
        {
            earlier = null;
            return false;
        }
        else if (place < 0 || _others.Exists(other => other.Sender == vote.Sender && other.Block == vote.Block))
        {
            // Only a block that someone named at first is worth counting twice for: what one liar can fill is bounded.
            return false;
        }
        else
        {
            _others.Add(vote);
        }

        if (place < 0)
            _sums.Add((vote.Block, validators[index].Weight));
        else
            _sums[place] = (vote.Block, _sums[place].Weight + validators[index].Weight);
        return true;
    }

    /// <summary>Returns the weight of those who voted for a block, or for none.</summary>
    public ulong WeightFor(BlockId? block)
    {
        foreach ((BlockId? voted, ulong weight) in _sums)
        {
            if (voted == block) return weight;
        }

        return 0;
    }

    /// <summary>Finds the block for which more than two thirds voted, if there is one.</summary>
    public bool TryFindQuorum(out BlockId block)
    {
        foreach ((BlockId? voted, ulong weight) in _sums)
        {
            if (voted is { } some && validators.IsQuorum(weight))
            {
                block = some;
                return true;
            }
        }

        block = default;
        return false;
    }

    /// <summary>Returns whether a member's vote for a block, or for none, is counted.</summary>
    public bool Has(int index, BlockId? block) =>
        _firsts[index] is { } first && (first.Block == block || _others.Exists(other => other.Sender == first.Sender && other.Block == block));

    /// <summary>Returns whether a member has voted.</summary>
    public bool HasVoted(int index) => _firsts[index] is not null;

    /// <summary>All votes that are counted.</summary>
    public IEnumerable<BftMessage> All => _firsts.OfType<BftMessage>().Concat(_others);

    /// <summary>Returns the votes for a block, or for none, in the order of the validators.</summary>
    public IEnumerable<BftMessage> VotesFor(BlockId? block)
    {
        for (int i = 0; i < _firsts.Length; i++)
        {
            if (_firsts[i] is not { } first) continue;
            if (first.Block == block)
                yield return first;
            else if (_others.Find(other => other.Sender == first.Sender && other.Block == block) is { } other)
                yield return other;
        }
    }
}
