using System.Buffers.Binary;
using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Node;
using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.State;

namespace Coniunctum.Benchmarks.Consensus;

/// <summary>A node's candidates out of 100,000 pooled transactions, and the same out of a plain pool.</summary>
internal sealed class CandidateWork : IEffectSink<IChainEffect>
{
    private readonly PoolWorld _world = new();
    private readonly ChainCore _chain;
    private readonly Mempool _pool;
    private readonly PlainPool _plain;
    private readonly Queue<NodeEffect.VerifySignatures> _open = new();
    private readonly ImmutableArray<Transaction> _chosen;
    private BlockDraft? _candidate;
    private int _receivers;

    public CandidateWork()
    {
        var options = new PoolOptions { MaxBytes = long.MaxValue / 1_000, MaxUnverified = int.MaxValue };
        _chain = new ChainCore(_world.Profile, options);
        _pool = new Mempool(_world.Profile, options);
        _plain = new PlainPool(_world.Profile, options);
        HashedTransaction[] pooled = _world.Payments(PoolWorld.Pooled);
        foreach (HashedTransaction transaction in pooled)
        {
            _chain.Step(new NodeInput.TransactionArrived(0, transaction), default, this);
            _pool.TryAdd(transaction, _world.State, mayWait: false, PoolStatus.Outside, []);
        }

        _plain.Fill(pooled);
        while (_open.TryDequeue(out NodeEffect.VerifySignatures? verify))
        {
            ImmutableArray<RecoveredSigner> answers = SignatureVerifier.Recover(_world.Profile.Signatures, verify.Claims.AsSpan());
            _chain.Step(new NodeInput.SignaturesVerified(verify.Job, answers), default, this);
        }

        if (_chain.PoolCount != PoolWorld.Pooled) throw new InvalidOperationException(Invariant($"{_chain.PoolCount} are pooled."));
        Build(1);
        _chosen = _candidate!.Transactions[1..];
    }

    public int TransactionsInBlock => _chosen.Length;

    public void Build(int count)
    {
        for (int i = 0; i < count; i++)
        {
            // Each for another receiver: what was built for one is not built for it again while nothing has changed.
            _chain.Step(new ProducerEffect.Prepare(NextReceiver()), new Timestamp(2_000_000), this);
            _chain.Step(new NodeInput.Continued(), new Timestamp(2_000_000), this);
        }
    }

    public void BuildPlainly(int count)
    {
        for (int i = 0; i < count; i++) Execute(_plain.Ready.Select(hashed => (hashed.Transaction, hashed.Size)));
    }

    /// <summary>Does what the candidate holds, without looking for it.</summary>
    public void Execute(int count)
    {
        for (int i = 0; i < count; i++) Execute(_chosen.Select(transaction => (transaction, 0)));
    }

    public void Order(int count)
    {
        for (int i = 0; i < count; i++) Walk(_pool.InOrder.Select(entry => entry.Body));
    }

    public void OrderPlainly(int count)
    {
        for (int i = 0; i < count; i++) Walk(_plain.Ready.Select(hashed => hashed.Transaction));
    }

    void IEffectSink<IChainEffect>.Emit(IChainEffect effect)
    {
        if (effect is NodeEffect.VerifySignatures verify) _open.Enqueue(verify);
        if (effect is ProducerInput.Prepared ready) _candidate = ready.Candidate;
    }

    private Address NextReceiver()
    {
        byte[] bytes = new byte[Hash256.Size];
        BinaryPrimitives.WriteInt32BigEndian(bytes, ++_receivers);
        return new Address(new Hash256(bytes));
    }

    private void Walk(IEnumerable<Transaction> order)
    {
        ulong fees = 0;
        foreach (Transaction transaction in order.Take(_chosen.Length)) fees += transaction.Fee;
        if (fees == 0) throw new InvalidOperationException("The best pay something.");
    }

    private void Execute(IEnumerable<(Transaction Transaction, int Size)> order)
    {
        var overlay = new StateOverlay(_world.State);
        var execution = new BlockExecution(_world.Profile, overlay);
        int room = _world.Profile.Limits.MaxBlockBytes - LedgerLimits.BlockOverheadBytes;
        foreach ((Transaction transaction, int size) in order)
        {
            if (room < size) break;
            if (execution.Apply(transaction).IsValid) room -= size;
        }

        execution.Complete(default, Work.Zero);
        if (overlay.StateRoot.IsZero) throw new InvalidOperationException("There are accounts.");
    }
}
