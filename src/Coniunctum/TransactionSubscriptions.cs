using Coniunctum.Consensus;
using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger;

namespace Coniunctum;

/// <summary>Those who follow the life of a transaction. Guarded by the runner's gate, but for <see cref="Follower.Next"/>.</summary>
internal sealed class TransactionSubscriptions
{
    private readonly Dictionary<TransactionId, List<Follower>> _followers = [];

    /// <summary>Follows a transaction from where the pool has it now.</summary>
    public Follower Add(TransactionId id, PoolStatus place)
    {
        if (!_followers.TryGetValue(id, out List<Follower>? list)) _followers.Add(id, list = []);
        var follower = new Follower();
        follower.Report(new TransactionUpdate(StageOf(place)));
        list.Add(follower);
        return follower;
    }

    public void Remove(TransactionId id, Follower follower)
    {
        if (!_followers.TryGetValue(id, out List<Follower>? list)) return;
        list.Remove(follower);
        if (list.Count == 0) _followers.Remove(id);
    }

    public void Follow(NodeEffect.TransactionMoved moved)
    {
        Report(moved.Transaction.Id, new TransactionUpdate(StageOf(moved.To)) { Reason = moved.Admission }, isGivenBack: moved.From == PoolStatus.Block);
    }

    public void Follow(NodeEffect.TransactionDropped dropped) =>
        Report(dropped.Transaction.Id, new TransactionUpdate(TransactionStage.Dropped) { Reason = dropped.Admission, ReplacedBy = dropped.ReplacedBy }, isGivenBack: false);

    public void Follow(NodeEffect.TipMoved moved)
    {
        if (_followers.Count == 0) return;
        foreach (HashedBlock block in moved.Disconnected)
        {
            foreach (Follower follower in FollowersOf(block)) follower.Disconnect(block);
        }

        foreach (HashedBlock block in moved.Connected)
        {
            foreach (Follower follower in FollowersOf(block)) follower.Block = block;
        }

        ulong tip = moved.Tip.Header.Height;
        foreach (Follower follower in _followers.Values.SelectMany(list => list)) follower.Confirm(tip, moved.FinalHeight);
    }

    public void End(Exception? reason)
    {
        foreach (Follower follower in _followers.Values.SelectMany(list => list)) follower.End(reason);
    }

    private static TransactionStage StageOf(PoolStatus place) => place switch
    {
        PoolStatus.Ready => TransactionStage.Pooled,
        PoolStatus.Waiting => TransactionStage.Waiting,
        _ => TransactionStage.Unknown,
    };

    private void Report(TransactionId id, TransactionUpdate update, bool isGivenBack)
    {
        if (!_followers.TryGetValue(id, out List<Follower>? list)) return;
        foreach (Follower follower in list)
        {
            // The pool tells at once what a block gives back; that the block is gone is reported when it is durable, and comes first.
            if (isGivenBack || follower.Block is not null)
                follower.Held.Add(update);
            else
                follower.Report(update);
        }
    }

    private IEnumerable<Follower> FollowersOf(HashedBlock block) =>
        block.Transactions.SelectMany(transaction => _followers.GetValueOrDefault(transaction.Id) ?? []);

    /// <summary>One who follows.</summary>
    internal sealed class Follower
    {
        private readonly Lock _gate = new();
        private readonly LinkedList<TransactionUpdate> _unreported = new();
        private TaskCompletionSource _reported = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _isEnded;
        private Exception? _end;

        /// <summary>The block of the best chain that holds the transaction, or <c>null</c>.</summary>
        public HashedBlock? Block { get; set; }

        /// <summary>Moments that are told behind the disconnection of the block.</summary>
        public List<TransactionUpdate> Held { get; } = [];

        public void Disconnect(HashedBlock block)
        {
            Block = null;
            Report(new TransactionUpdate(TransactionStage.Disconnected) { Block = block.Id, Height = block.Header.Height });
            foreach (TransactionUpdate update in Held) Report(update);
            Held.Clear();
        }

        public void Confirm(ulong tip, ulong final)
        {
            if (Block is not { } block) return;
            Held.Clear();
            ulong height = block.Header.Height;
            Report(new TransactionUpdate(TransactionStage.Confirmed)
            {
                Block = block.Id,
                Height = height,
                Confirmations = tip - height + 1,
                IsFinal = height <= final,
            });
        }

        public void Report(TransactionUpdate update)
        {
            lock (_gate)
            {
                // A slow reader needs to hear of the greatest depth only; so nothing piles up.
                if (_unreported.Last is { } last && last.Value.Block == update.Block && last.Value.Stage == update.Stage) _unreported.RemoveLast();
                _unreported.AddLast(update);
                _reported.TrySetResult();
            }
        }

        public void End(Exception? reason)
        {
            lock (_gate)
            {
                (_isEnded, _end) = (true, _end ?? reason);
                _reported.TrySetResult();
            }
        }

        /// <summary>Returns the next moment, or what to wait for before asking again; throws at a bad end.</summary>
        public (TransactionUpdate? Moment, Task? Wait) Next()
        {
            lock (_gate)
            {
                if (_unreported.First is { } first)
                {
                    _unreported.RemoveFirst();
                    return (first.Value, null);
                }

                if (_isEnded) return _end is null ? default : throw _end;
                if (_reported.Task.IsCompleted) _reported = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return (null, _reported.Task);
            }
        }
    }
}
