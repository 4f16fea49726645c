using Coniunctum.Ledger;
using Coniunctum.Node.Traffic;

namespace Coniunctum.Node.Dev;

/// <summary>What has happened so far. Not safe to use from several threads; <see cref="DevSession"/> guards it.</summary>
internal sealed class DevTally(ulong startHeight, UInt128 startSubsidies)
{
    private const int MaxRecent = 5;

    // A transfer may be confirmed a moment before the answer to its submission is noted.
    private const int RememberedBlocks = 8;

    private readonly Queue<Followed> _recent = new();
    private readonly Queue<HashedBlock> _lastBlocks = new();
    private ulong _lastFollowedAt;

    // Up to here the chain is as it was before the run: what these blocks confirm was not counted.
    private ulong _uncounted = startHeight;

    /// <summary>The last block of this run, or <c>null</c> before the first one.</summary>
    public HashedBlock? Tip { get; private set; }

    /// <summary>The height at which the run began.</summary>
    public ulong StartHeight { get; } = startHeight;

    public ulong Height { get; private set; } = startHeight;

    /// <summary>
    /// What the rewards created, fees taken off: read from this run's blocks, not from the schedule, on top of what the schedule
    /// says there was when it began.
    /// </summary>
    public UInt128 Subsidies { get; private set; } = startSubsidies;

    public long Confirmed { get; private set; }

    public long Accepted { get; private set; }

    public long Mismatched { get; private set; }

    public SortedDictionary<string, long> RejectedTransfers { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, long> RejectedBlocks { get; } = new(StringComparer.Ordinal);

    /// <summary>Accepted transfers with their confirmations, the latest last: one for each block, so that they are seen to ripen.</summary>
    public IEnumerable<(AcceptedTransfer Transfer, ulong Confirmations)> Recent =>
        _recent.Select(recent => (recent.Transfer, recent.ConfirmedAt is { } height ? Height - height + 1 : 0));

    public void Add(HashedBlock block)
    {
        (Tip, Height) = (block, block.Header.Height);
        UInt128 fees = 0;
        foreach (HashedTransaction transaction in block.Transactions.Skip(1))
        {
            fees += transaction.Transaction.Fee;
            Confirmed++;
        }

        _lastBlocks.Enqueue(block);
        if (_lastBlocks.Count > RememberedBlocks) _lastBlocks.Dequeue();
        foreach (Followed recent in _recent) recent.LookFor(block);

        Subsidies += block.Transactions[0].Transaction.Amount - fees;
    }

    /// <summary>Takes a block back that is no longer part of the chain.</summary>
    /// <param name="block">The block.</param>
    /// <param name="before">The one before it, which is the tip now.</param>
    public void Remove(HashedBlock block, HashedBlock? before)
    {
        (Tip, Height) = (before, block.Header.Height - 1);
        bool isCounted = block.Header.Height > _uncounted;
        if (!isCounted) _uncounted = Height;
        UInt128 fees = 0;
        foreach (HashedTransaction transaction in block.Transactions.Skip(1))
        {
            fees += transaction.Transaction.Fee;
            if (isCounted) Confirmed--;
        }

        Subsidies -= block.Transactions[0].Transaction.Amount - fees;
    }

    public void Add(Judgement judgement)
    {
        if (!judgement.IsAsIntended) Mismatched++;
        if (!judgement.IsValid)
        {
            SortedDictionary<string, long> rejected = judgement.IsBlock ? RejectedBlocks : RejectedTransfers;
            rejected[judgement.RuleName] = rejected.GetValueOrDefault(judgement.RuleName) + 1;
        }
        else if (!judgement.IsBlock)
        {
            Accepted++;
            Remember(judgement.Transfer!);
        }
    }

    private void Remember(AcceptedTransfer transfer)
    {
        if (_recent.Count > 0 && Height <= _lastFollowedAt) return;
        _lastFollowedAt = Height;
        var followed = new Followed(transfer);
        foreach (HashedBlock block in _lastBlocks) followed.LookFor(block);
        _recent.Enqueue(followed);
        if (_recent.Count > MaxRecent) _recent.Dequeue();
    }

    private sealed class Followed(AcceptedTransfer transfer)
    {
        public AcceptedTransfer Transfer => transfer;

        public ulong? ConfirmedAt { get; private set; }

        public void LookFor(HashedBlock block)
        {
            if (ConfirmedAt is null && block.Transactions.Any(transaction => transaction.Id == transfer.Id)) ConfirmedAt = block.Header.Height;
        }
    }
}
