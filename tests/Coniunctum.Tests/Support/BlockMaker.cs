using Coniunctum.Consensus;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Node;
using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Puzzles;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Tests.Support;

/// <summary>Another node of the same chain, on one thread, that makes blocks when it is asked to.</summary>
internal sealed class BlockMaker : IEffectSink<IChainEffect>
{
    private readonly ChainProfile _profile;
    private readonly Queue<IChainEffect> _open = new();
    private readonly ChainCore _core;
    private readonly TransactionHasher _hasher;
    private Timestamp _now;
    private BlockDraft? _candidate;
    private int _candidates;

    public BlockMaker(ChainProfile profile, PoolOptions? pool = null)
    {
        _profile = profile;
        _core = new ChainCore(profile, pool ?? new PoolOptions());
        _hasher = new TransactionHasher(profile.Format, _core.Genesis.Id);
        _now = profile.Genesis.Timestamp.Plus(TimeSpan.FromSeconds(1));
    }

    /// <summary>The height of the tip.</summary>
    public ulong Height => _core.Tip.Header.Height;

    /// <summary>The chain's first block.</summary>
    public HashedBlock Genesis => _core.Genesis;

    /// <summary>Takes a block that another one made.</summary>
    public void Take(params HashedBlock[] blocks)
    {
        foreach (HashedBlock block in blocks) Send(new NodeInput.BlockArrived(block));
        Assert.That(_core.Tip.Id, Is.EqualTo(blocks[^1].Id));
    }

    /// <summary>Makes the next block, and takes it.</summary>
    public HashedBlock Next(Address miner, params Transaction[] transactions)
    {
        HashedBlock block = Make(miner, transactions, header => header);
        Take(block);
        return block;
    }

    /// <summary>Makes a block with a changed header, and does not take it.</summary>
    public HashedBlock Make(Address miner, Transaction[] transactions, Func<BlockHeader, BlockHeader> change)
    {
        foreach (Transaction transaction in transactions) Send(new NodeInput.TransactionArrived(1, _hasher.Hash(transaction)));
        _now = _now.Plus(TimeSpan.FromSeconds(1));
        Send(new ProducerEffect.Prepare(miner) { ExtraNonce = Sha3_256.Hash(BitConverter.GetBytes(++_candidates)) });
        BlockDraft draft = _candidate!.WithExtraNonce(0);
        Assert.That(draft.Transactions, Has.Length.EqualTo(transactions.Length + 1));
        return Seal(draft with { Header = change(draft.Header) });
    }

    /// <summary>Makes a block whose reward has a tag of one's choice, and does not take it.</summary>
    public HashedBlock Make(Address miner, TransactionTag tag)
    {
        _now = _now.Plus(TimeSpan.FromSeconds(1));
        Send(new ProducerEffect.Prepare(miner) { ExtraNonce = Sha3_256.Hash(BitConverter.GetBytes(++_candidates)) });
        Transaction reward = _candidate!.Transactions[0];
        var other = new Transaction { Tag = tag, Sender = reward.Sender, Receiver = reward.Receiver, Amount = reward.Amount, Signature = reward.Signature };
        return Seal((_candidate with { Transactions = _candidate.Transactions.SetItem(0, other) }).WithExtraNonce(0));
    }

    /// <summary>Searches the nonce of a candidate.</summary>
    public HashedBlock Seal(BlockDraft draft)
    {
        var format = (IFieldHashFormat)_profile.Format;
        byte[] fieldHashes = new byte[format.FieldHashesSize];
        format.WriteFieldHashes(draft.Header, fieldHashes);
        Assert.That(new Sha3NoncePuzzle(fieldHashes).TryFind(0, 1_000_000, draft.Header.Target, out ulong nonce), Is.True);
        return draft.Seal(nonce, default);
    }

    void IEffectSink<IChainEffect>.Emit(IChainEffect effect)
    {
        if (effect is ProducerInput.Prepared ready) _candidate = ready.Candidate;
        if (effect is NodeEffect.VerifySignatures or NodeEffect.Commit or NodeEffect.Continue) _open.Enqueue(effect);
    }

    private void Send(IChainInput input)
    {
        _core.Step(input, _now, this);
        while (_open.TryDequeue(out IChainEffect? effect))
        {
            IChainInput answer = effect switch
            {
                NodeEffect.VerifySignatures verify =>
                    new NodeInput.SignaturesVerified(verify.Job, SignatureVerifier.Recover(_profile.Signatures, verify.Claims.AsSpan())),
                NodeEffect.Commit => new NodeInput.Committed(),
                _ => new NodeInput.Continued(),
            };
            _core.Step(answer, _now, this);
        }
    }
}
