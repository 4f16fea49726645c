using Coniunctum.Consensus;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Node;
using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Secp256k1;
using Coniunctum.Ledger;
using Coniunctum.Ledger.State;

namespace Coniunctum.Benchmarks.Consensus;

/// <summary>Signed transactions join a pool of 100,000 as they do in a node: checked, verified in batches, added, and taken out by blocks.</summary>
internal sealed class SignedAdmissionWork : IEffectSink<IChainEffect>
{
    public const int Batch = 512;
    private const int Keys = 64;
    private const int BlockTransactions = 4 * Batch;

    private static readonly Secp256k1Scheme<Sha3_256> s_scheme = new();

    private readonly PoolWorld _world;
    private readonly Mempool _pool;
    private readonly MempoolAdmission _desk;
    private readonly HashedTransaction[] _arriving;
    private readonly HashedBlock _block;
    private readonly StateDelta _nothing;
    private readonly Queue<NodeEffect.VerifySignatures> _open = new();
    private readonly List<PoolEvent> _events = [];
    private int _next;
    private JobId _lastJob;
    private int _accepted;

    public SignedAdmissionWork()
    {
        PrivateKey[] keys = [.. Enumerable.Range(1, Keys).Select(CreateKey)];
        Address[] senders = [.. keys.Select(key => s_scheme.AddressOf(key.PublicKey))];
        _world = new PoolWorld(senders);
        var options = new PoolOptions { MaxBytes = long.MaxValue / 1_000 };
        _pool = new Mempool(_world.Profile, options);
        _desk = new MempoolAdmission(_world.Profile, options, _pool);
        foreach (HashedTransaction transaction in _world.Payments(PoolWorld.Pooled)) _pool.TryAdd(transaction, _world.State, mayWait: true, PoolStatus.Outside, _events);
        _arriving = [.. Enumerable.Range(0, BlockTransactions).Select(i => Sign(keys[i % Keys], _world.Unsigned(senders[i % Keys], (ulong)i)))];
        _block = _world.BlockOf(_arriving);
        _nothing = new StateOverlay(_world.State).Total();
        foreach (PrivateKey key in keys) key.Dispose();
    }

    public void Admit(int count)
    {
        _accepted = 0;
        for (int i = 0; i < count; i++)
        {
            _desk.Take(new NodeInput.TransactionArrived(i, _arriving[_next++]), _world.State, NextJob, this);
            if (_next % Batch != 0) continue;
            while (_open.TryDequeue(out NodeEffect.VerifySignatures? verify))
            {
                var answers = new NodeInput.SignaturesVerified(verify.Job, SignatureVerifier.Recover(s_scheme, verify.Claims.AsSpan()));
                _desk.TakeAnswers(answers, _world.State, NextJob, this);
            }

            if (_next < BlockTransactions) continue;
            _pool.Follow([], [_block], _nothing, _world.State, _events);
            _events.Clear();
            _next = 0;
        }

        if (_accepted != count) throw new InvalidOperationException(Invariant($"{_accepted} of {count} were accepted."));
    }

    /// <summary>The same signatures, and nothing else.</summary>
    public void Recover(int count)
    {
        for (int done = 0; done < count; done += Batch)
        {
            int start = done % BlockTransactions;
            SignatureVerifier.Recover(s_scheme, [.. _arriving[start..(start + Batch)].Select(BlockSignatures.ClaimOf)]);
        }
    }

    void IEffectSink<IChainEffect>.Emit(IChainEffect effect)
    {
        if (effect is NodeEffect.VerifySignatures verify) _open.Enqueue(verify);
        if (effect is NodeEffect.TransactionJudged { Admission.IsValid: true }) _accepted++;
    }

    private JobId NextJob() => _lastJob = _lastJob.Next();

    private HashedTransaction Sign(PrivateKey key, Transaction transaction)
    {
        byte[] signature = new byte[s_scheme.SignatureSize];
        s_scheme.Sign(key, _world.Profile.Format.SigningDigest(transaction, _world.ChainId).Value, signature);
        return _world.Hash(transaction.WithSignature(signature));
    }

    private static PrivateKey CreateKey(int number)
    {
        Span<byte> secret = stackalloc byte[PrivateKey.Size];
        secret.Clear();
        secret[^1] = (byte)number;
        return PrivateKey.Read(secret, out PrivateKey? key) == KeyOutcome.Valid ? key! : throw new InvalidOperationException("A small number is a key.");
    }
}
