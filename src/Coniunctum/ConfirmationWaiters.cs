using Coniunctum.Consensus;
using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger;

namespace Coniunctum;

/// <summary>Those who wait for the confirmation of a transaction. Guarded by the runner's gate.</summary>
internal sealed class ConfirmationWaiters
{
    private readonly Dictionary<TransactionId, List<Waiter>> _waiters = [];

    public void Add(TransactionId id, ulong depth, TaskCompletionSource<Confirmation> answer)
    {
        if (!_waiters.TryGetValue(id, out List<Waiter>? list)) _waiters.Add(id, list = []);
        list.Add(new Waiter(depth, answer));
    }

    public void Remove(TransactionId id, TaskCompletionSource<Confirmation> answer)
    {
        if (!_waiters.TryGetValue(id, out List<Waiter>? list)) return;
        list.RemoveAll(waiter => waiter.Answer == answer);
        if (list.Count == 0) _waiters.Remove(id);
    }

    /// <summary>Whether the best chain has come to hold the transaction since its waiter began to wait.</summary>
    public bool IsInChain(TransactionId id, TaskCompletionSource<Confirmation> answer) =>
        _waiters.TryGetValue(id, out List<Waiter>? list) && list.Exists(waiter => waiter.Answer == answer && waiter.Block is not null);

    /// <summary>Tells a waiter of a block that held the transaction before it began to wait; returns whether that block is part of the chain.</summary>
    public bool Find(TransactionId id, TaskCompletionSource<Confirmation> answer, HashedBlock block, ulong tip, ulong final, bool isInChain)
    {
        if (!isInChain || !_waiters.TryGetValue(id, out List<Waiter>? list) || list.Find(waiter => waiter.Answer == answer) is not { } found) return isInChain;
        found.Block = block;
        found.Report(id, tip, final);
        return true;
    }

    public void Drop(TransactionId id, Admission admission)
    {
        if (!_waiters.TryGetValue(id, out List<Waiter>? list)) return;
        foreach (Waiter waiter in list) waiter.Answer.TrySetException(new TransactionRejectedException(admission));
    }

    public void Follow(NodeEffect.TipMoved moved)
    {
        if (_waiters.Count == 0) return;
        foreach (HashedTransaction transaction in moved.Disconnected.SelectMany(block => block.Transactions))
        {
            if (!_waiters.TryGetValue(transaction.Id, out List<Waiter>? list)) continue;
            foreach (Waiter waiter in list) waiter.Block = null;
        }

        foreach (HashedBlock block in moved.Connected)
        {
            foreach (HashedTransaction transaction in block.Transactions)
            {
                if (!_waiters.TryGetValue(transaction.Id, out List<Waiter>? list)) continue;
                foreach (Waiter waiter in list) waiter.Block = block;
            }
        }

        foreach ((TransactionId id, List<Waiter> list) in _waiters)
        {
            foreach (Waiter waiter in list) waiter.Report(id, moved.Tip.Header.Height, moved.FinalHeight);
        }
    }

    public void Fail(Exception exception)
    {
        foreach (Waiter waiter in _waiters.Values.SelectMany(list => list)) waiter.Answer.TrySetException(exception);
    }

    private sealed class Waiter(ulong depth, TaskCompletionSource<Confirmation> answer)
    {
        public TaskCompletionSource<Confirmation> Answer => answer;

        /// <summary>The block of the best chain that holds the transaction, or <c>null</c>.</summary>
        public HashedBlock? Block { get; set; }

        /// <summary>Answers when the block lies deep enough, or when it is final.</summary>
        public void Report(TransactionId id, ulong tip, ulong final)
        {
            if (Block is not { } block) return;
            ulong count = tip - block.Header.Height + 1;
            bool isFinal = block.Header.Height <= final;
            if (count >= depth || isFinal) answer.TrySetResult(new Confirmation(id, block.Id, block.Header.Height, count, isFinal));
        }
    }
}
