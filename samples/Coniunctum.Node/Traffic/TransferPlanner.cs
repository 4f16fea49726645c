using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Node.Dev;

namespace Coniunctum.Node.Traffic;

/// <summary>
/// Plans transfers that are valid for certain. It keeps its own books of what is pending, since the ledger funds transfers
/// from confirmed balances only. Safe to use from several threads.
/// </summary>
internal sealed class TransferPlanner(LedgerHost ledger, IReadOnlyList<DevAccount> accounts, SeededEntropy entropy)
{
    // Every account keeps this much: it stays open, and an earlier transfer's payer could pay one more unit.
    private const ulong Reserve = 10_000;
    private const int MaxAmount = 1_000;
    private const int MaxFee = 10;

    // The pool takes 1,000 of one sender.
    private const int MaxPendingOfOne = 900;

    private readonly Lock _gate = new();
    private readonly Dictionary<TransactionId, (DevAccount Payer, ulong Cost)> _pending = [];
    private readonly Dictionary<Address, (int Count, ulong Cost)> _pendingOf = [];
    private TransferPlan? _earlier;

    public ChainProfile Profile => ledger.Profile;

    public SeededEntropy Entropy => entropy;

    public ulong TipHeight => ledger.Tip.Header.Height;

    /// <summary>A transfer that was accepted: it is in the pool or in the chain.</summary>
    public TransferPlan Earlier
    {
        get
        {
            lock (_gate) return _earlier ?? throw new InvalidOperationException("No transfer was accepted yet.");
        }
    }

    /// <summary>More base units than exist, as far as the format can write that down.</summary>
    public ulong MoreThanThereIs => Math.Min(ledger.ReadView().Supply + 1, Profile.Format.Traits.MaxAmount);

    /// <summary>Plans a valid transfer, or returns <c>null</c> while no account can pay: then a block must come first.</summary>
    public TransferPlan? PlanValid()
    {
        ulong amount = 1 + (ulong)entropy.Below(MaxAmount);
        ulong fee = Profile.Format.Traits.HasFees ? (ulong)entropy.Below(MaxFee + 1) : 0;
        int first = entropy.Below(accounts.Count);
        for (int i = 0; i < accounts.Count; i++)
        {
            DevAccount payer = accounts[(first + i) % accounts.Count];
            if (!CanPay(payer, amount + fee)) continue;
            TransactionTag tag = Profile.Format.Traits.TagsExpire
                ? TransactionTag.Expiring(TipHeight + (Profile.TagWindow / 2), entropy)
                : TransactionTag.Random(entropy);
            return new TransferPlan(payer, OtherThan(payer).Address, amount, fee, tag);
        }

        return null;
    }

    public DevAccount OtherThan(DevAccount account)
    {
        int distance = 1 + entropy.Below(accounts.Count - 1);
        return accounts[(account.Number - 1 + distance) % accounts.Count];
    }

    /// <summary>An address that owns nothing.</summary>
    public Address Stranger()
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        entropy.Fill(bytes);
        return new Address(new Hash256(bytes));
    }

    /// <summary>Signs a plan for this chain.</summary>
    public Transaction Sign(TransferPlan plan) => plan.Sign(ledger.Context);

    /// <summary>Returns what people and the pool call a transaction.</summary>
    public TransactionId IdOf(Transaction transaction) => Profile.Format.SigningDigest(transaction, ledger.ChainId);

    /// <summary>Books a valid transfer, before it is submitted.</summary>
    public void Book(TransactionId id, TransferPlan plan)
    {
        lock (_gate)
        {
            _pending.Add(id, (plan.Payer, plan.Amount + plan.Fee));
            (int count, ulong cost) = _pendingOf.GetValueOrDefault(plan.Payer.Address);
            _pendingOf[plan.Payer.Address] = (count + 1, cost + plan.Amount + plan.Fee);
        }
    }

    /// <summary>Remembers a transfer that was accepted.</summary>
    public void Accepted(TransferPlan plan)
    {
        lock (_gate) _earlier = plan;
    }

    /// <summary>Takes confirmed transfers off the books. It may come late: the books then only show too little.</summary>
    public void Follow(HashedBlock block)
    {
        lock (_gate)
        {
            foreach (HashedTransaction transaction in block.Transactions)
            {
                if (!_pending.Remove(transaction.Id, out (DevAccount Payer, ulong Cost) booked)) continue;
                (int count, ulong cost) = _pendingOf[booked.Payer.Address];
                _pendingOf[booked.Payer.Address] = (count - 1, cost - booked.Cost);
            }
        }
    }

    private bool CanPay(DevAccount payer, ulong cost)
    {
        ulong spendable = ledger.ReadView().SpendableBalance(payer.Address);
        lock (_gate)
        {
            (int count, ulong pending) = _pendingOf.GetValueOrDefault(payer.Address);
            return count < MaxPendingOfOne && spendable >= pending + cost + Reserve;
        }
    }
}
