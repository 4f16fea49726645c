using Coniunctum.Crypto;

namespace Coniunctum.Consensus.Tests.Support;

/// <summary>The rules of balances written down a second time, plainly: replayed from genesis, never undone.</summary>
internal sealed class NaiveLedger
{
    private readonly ChainProfile _profile;
    private readonly Dictionary<Address, ulong> _balances = [];
    private readonly HashSet<(Address Sender, TransactionTag Tag)> _tags = [];
    private readonly Dictionary<ulong, (Address Receiver, ulong Amount)> _rewards = [];

    private NaiveLedger(ChainProfile profile)
    {
        _profile = profile;
        foreach (GenesisSpec.Allocation allocation in profile.Genesis.Allocations)
            _balances[allocation.Receiver] = BalanceOf(allocation.Receiver) + allocation.Amount;
    }

    public ulong Height { get; private set; }

    public IReadOnlyDictionary<Address, ulong> Balances => _balances;

    public UInt128 Supply => _balances.Values.Aggregate(UInt128.Zero, (sum, balance) => sum + balance);

    /// <summary>Replays a chain; <c>null</c> when one of its blocks is invalid.</summary>
    public static NaiveLedger? Replay(ChainProfile profile, IEnumerable<HashedBlock> chain)
    {
        var ledger = new NaiveLedger(profile);
        return chain.All(ledger.TryApply) ? ledger : null;
    }

    public ulong BalanceOf(Address address) => _balances.GetValueOrDefault(address);

    /// <summary>What may be spent in a block of a height: rewards of the last blocks before it are locked.</summary>
    public ulong SpendableOf(Address address, ulong height)
    {
        ulong locked = 0;
        foreach ((ulong rewarded, (Address receiver, ulong amount)) in _rewards)
        {
            if (receiver == address && rewarded + _profile.RewardMaturity > height) locked += amount;
        }

        return BalanceOf(address) - locked;
    }

    public bool IsAllowed(Transaction transaction, ulong height, ulong? spendable = null)
    {
        if (_profile.Format.Traits.TagsExpire)
        {
            ulong validUntil = transaction.Tag.ValidUntil;
            if (validUntil < height || validUntil > height + _profile.TagWindow) return false;
        }

        if (_tags.Contains((transaction.Sender, transaction.Tag))) return false;
        if ((spendable ?? SpendableOf(transaction.Sender, height)) < transaction.Amount + transaction.Fee) return false;
        return transaction.Amount >= _profile.MinimumOpeningPayment || BalanceOf(transaction.Receiver) > 0;
    }

    private bool TryApply(HashedBlock block)
    {
        ulong height = Height + 1;
        bool rewardFirst = _profile.Format.Traits.RewardAppliesFirst;
        if (rewardFirst) PayReward(block.Block.Transactions[0], height);
        foreach (Transaction transaction in block.Block.Transactions.Skip(1))
        {
            if (!IsAllowed(transaction, height)) return false;
            _tags.Add((transaction.Sender, transaction.Tag));
            _balances[transaction.Sender] = BalanceOf(transaction.Sender) - transaction.Amount - transaction.Fee;
            _balances[transaction.Receiver] = BalanceOf(transaction.Receiver) + transaction.Amount;
        }

        if (!rewardFirst) PayReward(block.Block.Transactions[0], height);
        Height = height;
        return true;
    }

    private void PayReward(Transaction reward, ulong height)
    {
        _balances[reward.Receiver] = BalanceOf(reward.Receiver) + reward.Amount;
        if (_profile.RewardMaturity > 0) _rewards[height] = (reward.Receiver, reward.Amount);
    }
}
