using Coniunctum.Crypto;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.State;

namespace Coniunctum.Ledger.Execution;

/// <summary>
/// Does one block on an overlay, transaction by transaction: the one place where balances move. Candidates are built with it
/// and received blocks are checked with it. A transaction that is refused changes nothing.
/// </summary>
public sealed class BlockExecution
{
    private readonly ChainProfile _profile;
    private readonly FormatTraits _traits;
    private readonly StateOverlay _state;
    private readonly CallRunner _calls;
    private int _applied;

    /// <summary>Starts the block after the overlay's last one: rewards mature, tags that have expired are forgotten.</summary>
    /// <param name="profile">The chain's profile.</param>
    /// <param name="state">The state of the parent; the block in progress must be ended or dropped before another one starts.</param>
    public BlockExecution(ChainProfile profile, StateOverlay state)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(state);
        _profile = profile;
        _traits = profile.Format.Traits;
        _state = state;
        Height = state.Height + 1;
        if (Height >= profile.RewardMaturity && profile.RewardMaturity > 0) state.Rewards = state.Rewards.Without(Height - profile.RewardMaturity);
        if (_traits.TagsExpire) state.ForgetTagsBelow(Height);
        _calls = new CallRunner(profile, state, Height);
        _calls.BeginBlock();
    }

    /// <summary>The height of the block.</summary>
    public ulong Height { get; }

    /// <summary>The fees of the transactions so far, in base units.</summary>
    public ulong Fees { get; private set; }

    /// <summary>The amount that the reward must have once all transactions are done: subsidy and fees.</summary>
    public ulong RewardAmount => Subsidy + Fees;

    private ulong Subsidy => _profile.Subsidy.At(Height, _state.Supply);

    /// <summary>
    /// Looks up what transactions will touch, many accounts at once: each of them then costs much less. Needed by no rule.
    /// </summary>
    /// <param name="transactions">Transactions that are about to be done, if all goes well.</param>
    public void Expect(IReadOnlyList<HashedTransaction> transactions)
    {
        ArgumentNullException.ThrowIfNull(transactions);
        var addresses = new Address[transactions.Count * 2];
        for (int i = 0; i < transactions.Count; i++)
        {
            addresses[2 * i] = transactions[i].Transaction.Sender;
            addresses[(2 * i) + 1] = transactions[i].Transaction.Receiver;
        }

        _state.Load(addresses);
    }

    /// <summary>
    /// Does a transaction if rules 7, 8 and 22 and the tag's window allow it, and a call if there is work left (rule 30). A
    /// call that its application refuses is done too: it pays its fee.
    /// </summary>
    /// <param name="transaction">One that <see cref="TransactionRules"/> accepted and whose signature is its sender's.</param>
    public Verdict Apply(Transaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        Verdict verdict = TransactionRules.CheckAgainstState(transaction, _profile, _state, Height);
        if (!verdict.IsValid) return verdict;

        if (transaction.Payload.IsEmpty)
        {
            _state.SetBalance(transaction.Sender, _state.BalanceOf(transaction.Sender) - (transaction.Amount + transaction.Fee));
            _state.SetBalance(transaction.Receiver, _state.BalanceOf(transaction.Receiver) + transaction.Amount);
        }
        else
        {
            verdict = ExecuteCall(transaction);
            if (!verdict.IsValid) return verdict;
            _state.SetBalance(transaction.Sender, _state.BalanceOf(transaction.Sender) - transaction.Fee);
        }

        _state.UseTag(transaction.Sender, transaction.Tag);
        Fees += transaction.Fee;
        _applied++;
        return Verdict.Valid;
    }

    /// <summary>Credits the reward if rules 8 and 10 allow it: it creates no more than the greatest supply has room for.</summary>
    /// <param name="reward">A reward in its form. Where the format credits rewards first, this comes before the transactions.</param>
    public Verdict ApplyReward(Transaction reward)
    {
        ArgumentNullException.ThrowIfNull(reward);
        ulong subsidy = Subsidy;
        ulong expected = subsidy + Fees;
        if (reward.Amount != expected) return Verdict.Invalid(BlockRule.RewardAmountWrong, reward.Amount, expected);
        if (!_traits.TagsExpire && _state.IsTagUsed(Address.Root, reward.Tag))
            return Verdict.Invalid(BlockRule.TagReused, reward.Tag.Value, "a tag that root has not used");

        _state.Supply += subsidy;
        _state.SetBalance(reward.Receiver, _state.BalanceOf(reward.Receiver) + reward.Amount);
        if (!_traits.TagsExpire) _state.UseTag(Address.Root, reward.Tag);
        if (_profile.RewardMaturity > 0 && reward.Amount > 0)
            _state.Rewards = _state.Rewards.With(Height, new PendingReward(reward.Receiver, reward.Amount));
        return Verdict.Valid;
    }

    /// <summary>Ends the block, once the reward and all transactions are done. The overlay then stands after it.</summary>
    /// <param name="id">The block's identity, or zero for a candidate that has none yet.</param>
    /// <param name="work">The block's weight.</param>
    /// <returns>What the block changes.</returns>
    public StateDelta Complete(BlockId id, in Work work)
    {
        _calls.EndBlock();
        HistoryTree history = _traits.HasExtendedHeader ? _state.Summary.History.With(id, work) : _state.Summary.History;
        return _state.EndBlock(Height, history, [.. _calls.Failed]);
    }

    /// <summary>Takes back everything that was done since the block began.</summary>
    public void Drop() => _state.DropBlock();

    private Verdict ExecuteCall(Transaction transaction)
    {
        DecodeOutcome outcome = Call.Read(transaction, out Call? call);
        if (!outcome.IsValid) return Verdict.Invalid(BlockRule.PayloadInvalid, outcome.ToString(), "the array [application, data]");

        // The reward stands before all others in the block.
        return _calls.Run(call!, _applied + 1);
    }
}
