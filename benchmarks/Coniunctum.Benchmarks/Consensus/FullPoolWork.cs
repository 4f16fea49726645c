using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger;

namespace Coniunctum.Benchmarks.Consensus;

/// <summary>A pool without room, into which each transaction pays its way by a higher fee than any before.</summary>
internal sealed class FullPoolWork
{
    // From here on all fees are encoded in as many bytes: each transaction takes the place of one other.
    private const ulong LowestFee = 1UL << 33;

    private readonly PoolWorld _world = new();
    private readonly Mempool _pool;
    private readonly PlainPool _plain;
    private readonly List<PoolEvent> _events = [];
    private readonly int _size;
    private ulong _fee = LowestFee;

    public FullPoolWork()
    {
        _size = _world.Payment(_fee).Size;
        var options = new PoolOptions { MaxBytes = (long)PoolWorld.Pooled * _size };
        _pool = new Mempool(_world.Profile, options);
        _plain = new PlainPool(_world.Profile, options);
        HashedTransaction[] pooled = [.. Enumerable.Range(0, PoolWorld.Pooled).Select(_ => Next())];
        foreach (HashedTransaction transaction in pooled) Admit(transaction);
        _plain.Fill(pooled);
    }

    public void Admit(int count)
    {
        for (int i = 0; i < count; i++) Admit(Next());
        if (_pool.Count != PoolWorld.Pooled) throw new InvalidOperationException($"{_pool.Count} are pooled.");
    }

    public void AdmitPlainly(int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (!_plain.TryAdd(Next(), _world.State, mayWait: true).IsValid) throw new InvalidOperationException("It pays more than any.");
        }
    }

    private void Admit(HashedTransaction transaction)
    {
        Admission admission = _pool.TryAdd(transaction, _world.State, mayWait: true, PoolStatus.Outside, _events);
        if (!admission.IsValid) throw new InvalidOperationException(admission.ToString());
        _events.Clear();
    }

    /// <summary>Makes a transaction whose hashes are none: the pool asks for no more than that they differ.</summary>
    private HashedTransaction Next()
    {
        Transaction transaction = _world.Unsigned(_world.DrawAccount(), _fee++);
        return new HashedTransaction(transaction, new TransactionId(transaction.Tag.Value), transaction.Tag.Value, _size);
    }
}
