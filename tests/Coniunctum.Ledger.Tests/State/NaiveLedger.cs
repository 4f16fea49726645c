using System.Numerics;
using Coniunctum.Crypto;

namespace Coniunctum.Ledger.Tests.State;

/// <summary>
/// A ledger without tables, overlays or deltas: every question is answered by looking through the chain's blocks again, and
/// balances by adding up what they moved. Undoing is forgetting the last block.
/// </summary>
internal sealed class NaiveLedger(ChainProfile profile)
{
    private readonly List<Block> _blocks = [];

    // After each block, found from those before it: replaying is remembering.
    private readonly List<Dictionary<Address, BigInteger>> _balances =
    [
        profile.Genesis.Allocations.GroupBy(allocation => allocation.Receiver)
            .ToDictionary(group => group.Key, group => group.Aggregate(BigInteger.Zero, (sum, allocation) => sum + allocation.Amount)),
    ];

    public NaiveLedger(NaiveLedger other, ChainProfile profile)
        : this(profile)
    {
        _blocks.AddRange(other._blocks);
        _balances = [.. other._balances];
    }

    public ulong Height => (ulong)_blocks.Count;

    public BigInteger Supply
    {
        get
        {
            BigInteger supply = profile.Genesis.Allocations.Aggregate(BigInteger.Zero, (sum, allocation) => sum + allocation.Amount);
            for (ulong height = 1; height <= Height; height++) supply += profile.Subsidy.At(height);
            return supply;
        }
    }

    /// <summary>Every tag that a sender other than root has used.</summary>
    public IEnumerable<(Address Sender, TransactionTag Tag)> Tags =>
        _blocks.SelectMany(block => block.Transactions).Select(transaction => (transaction.Sender, transaction.Tag));

    public IReadOnlyDictionary<Address, BigInteger> Balances => _balances[^1];

    public IReadOnlyList<(BlockId Id, BigInteger Work)> History(BlockId genesis) =>
        [(genesis, 0), .. _blocks.Select(block => (block.Id, block.Work))];

    public BigInteger BalanceOf(Address address) => _balances[^1].GetValueOrDefault(address);

    /// <summary>What an address may not spend in blocks of a height: rewards of the last blocks, as many as maturity says.</summary>
    public BigInteger LockedOf(Address address, ulong height)
    {
        BigInteger locked = 0;
        for (int i = 0; i < _blocks.Count; i++)
        {
            if (_blocks[i].Reward.Receiver == address && (ulong)i + 1 + profile.RewardMaturity > height) locked += _blocks[i].Reward.Amount;
        }

        return locked;
    }

    /// <summary>Whether a block of a height finds the tag used, apart from its own transactions.</summary>
    public bool IsTagUsed(Address sender, TransactionTag tag, ulong height)
    {
        if (profile.Format.Traits.TagsExpire && tag.ValidUntil < height) return false;
        if (!profile.Format.Traits.TagsExpire && sender == Address.Root && tag == default) return true; // genesis
        foreach (Block block in _blocks)
        {
            if (!profile.Format.Traits.TagsExpire && sender == Address.Root && block.Reward.Tag == tag) return true;
            foreach (Transaction transaction in block.Transactions)
            {
                if (transaction.Sender == sender && transaction.Tag == tag) return true;
            }
        }

        return false;
    }

    public Draft Begin() => new(this, profile);

    public void Undo()
    {
        _blocks.RemoveAt(_blocks.Count - 1);
        _balances.RemoveAt(_balances.Count - 1);
    }

    /// <summary>The next block, transaction by transaction.</summary>
    public sealed class Draft(NaiveLedger ledger, ChainProfile profile)
    {
        private readonly Dictionary<Address, BigInteger> _balances = new(ledger._balances[^1]);
        private readonly List<Transaction> _transactions = [];
        private Transaction? _reward;

        private ulong Height => ledger.Height + 1;

        public BigInteger RewardAmount =>
            _transactions.Aggregate((BigInteger)profile.Subsidy.At(Height), (sum, transaction) => sum + transaction.Fee);

        /// <summary>Does the transaction, or says which rule forbids it.</summary>
        public BlockRule Add(Transaction transaction)
        {
            if (profile.Format.Traits.TagsExpire)
            {
                BigInteger validUntil = transaction.Tag.ValidUntil;
                if (validUntil < Height || validUntil > (BigInteger)Height + profile.TagWindow) return BlockRule.TagOutsideWindow;
            }

            bool isUsed = ledger.IsTagUsed(transaction.Sender, transaction.Tag, Height)
                || _transactions.Exists(one => one.Sender == transaction.Sender && one.Tag == transaction.Tag);
            if (isUsed) return BlockRule.TagReused;

            // A reward of this very block counts as locked, unless rewards need not mature.
            BigInteger locked = ledger.LockedOf(transaction.Sender, Height);
            if (_reward is { } reward && reward.Receiver == transaction.Sender && profile.RewardMaturity > 0) locked += reward.Amount;
            if (_balances.GetValueOrDefault(transaction.Sender) - locked < (BigInteger)transaction.Amount + transaction.Fee)
                return BlockRule.BalanceInsufficient;
            if (_balances.GetValueOrDefault(transaction.Receiver) == 0 && transaction.Amount < profile.MinimumOpeningPayment)
                return BlockRule.PaymentTooSmall;

            Move(transaction.Sender, -(BigInteger)transaction.Amount - transaction.Fee);
            Move(transaction.Receiver, transaction.Amount);
            _transactions.Add(transaction);
            return BlockRule.None;
        }

        /// <summary>Does the reward, or says which rule forbids it.</summary>
        public BlockRule AddReward(Transaction reward)
        {
            if (reward.Amount != RewardAmount) return BlockRule.RewardAmountWrong;
            if (!profile.Format.Traits.TagsExpire && ledger.IsTagUsed(Address.Root, reward.Tag, Height)) return BlockRule.TagReused;
            Move(reward.Receiver, reward.Amount);
            _reward = reward;
            return BlockRule.None;
        }

        public void Complete(BlockId id, BigInteger work)
        {
            ledger._blocks.Add(new Block(id, work, _reward!, _transactions));
            ledger._balances.Add(_balances);
        }

        private void Move(Address address, BigInteger amount) => _balances[address] = _balances.GetValueOrDefault(address) + amount;
    }

    private sealed record Block(BlockId Id, BigInteger Work, Transaction Reward, List<Transaction> Transactions);
}
