using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger;
using Coniunctum.Ledger.State;

namespace Coniunctum.Benchmarks.Consensus;

/// <summary>Transactions join a pool of 100,000; ours follows a block with every 2,000 of them.</summary>
internal sealed class AdmissionWork
{
    private const int BlockTransactions = 2_000;

    private static readonly PoolOptions s_options = new() { MaxBytes = long.MaxValue / 1_000 };

    private readonly PoolWorld _world = new();
    private readonly Mempool _pool;
    private readonly PlainPool _plain;
    private readonly HashedTransaction[] _arriving;
    private readonly HashedBlock _block;
    private readonly StateDelta _nothing;
    private readonly List<PoolEvent> _events = [];
    private int _next;

    public AdmissionWork()
    {
        _pool = new Mempool(_world.Profile, s_options);
        _plain = new PlainPool(_world.Profile, s_options);
        HashedTransaction[] pooled = _world.Payments(PoolWorld.Pooled);
        _arriving = _world.Payments(BlockTransactions);
        _block = _world.BlockOf(_arriving);
        _nothing = new StateOverlay(_world.State).Total();
        foreach (HashedTransaction transaction in pooled) Add(transaction);
        _plain.Fill(pooled);
    }

    public void AdmitAndConfirm(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Add(_arriving[_next++]);
            if (_next < BlockTransactions) continue;
            _pool.Follow([], [_block], _nothing, _world.State, _events);
            _events.Clear();
            _next = 0;
        }
    }

    public void AdmitPlainly(int count)
    {
        foreach (HashedTransaction transaction in _world.Payments(count))
        {
            if (!_plain.TryAdd(transaction, _world.State, mayWait: true).IsValid) throw new InvalidOperationException("It is paid for.");
        }
    }

    private void Add(HashedTransaction transaction)
    {
        Admission admission = _pool.TryAdd(transaction, _world.State, mayWait: true, PoolStatus.Outside, _events);
        if (!admission.IsValid) throw new InvalidOperationException(admission.ToString());
        _events.Clear();
    }
}
