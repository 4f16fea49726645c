using System.Buffers.Binary;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Node;
using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Puzzles;
using Coniunctum.Ledger;
using Coniunctum.Mining;
using Coniunctum.Tests.Support;

namespace Coniunctum.Tests;

/// <summary>
/// Rewards of others that carry what a miner's next reward would: under a format whose tags are remembered for ever it must use
/// another one. CONIUNCTUM_LONG=1 tries 10,000 under each format.
/// </summary>
[Category("Long")]
public sealed class RewardIdentityTests : IEffectSink<NodeEffect>, IEntropySource, INonceSearch
{
    private const int BlocksAhead = 4;

    private static readonly int s_identities = Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1" ? 10_000 : 250;
    private static readonly Address s_attacker = new(Sha3_256.Hash("attacker"u8));
    private static readonly Address s_victim = new(Sha3_256.Hash("victim"u8));

    private readonly Queue<NodeEffect> _open = new();
    private readonly HashSet<TransactionTag> _used = [];
    private NodeCore<ChainCore> _node = null!;
    private NodeEffect.StartJob? _job;
    private long _candidates;
    private int _halts;
    private Timestamp _now;

    [Test]
    public void Miner_WhoseNextRewardsAreTakenByOthers_MinesOn([Values("int32coin", "standard")] string format, [Values(11)] int seed)
    {
        ChainProfile profile = (format == "standard" ? Profiles.Development : Profiles.Int32Coin) with
        {
            Consensus = new ProofOfWork(ProofOfWork.TargetFor(1)),
            Genesis = new GenesisSpec { Timestamp = new Timestamp(format == "standard" ? 1_000_000UL : 0) },
        };
        var random = new Random(seed);
        var attacker = new BlockMaker(profile);
        _node = new NodeCore<ChainCore>(new ChainCore(profile, new PoolOptions()), new ProofOfWorkProducer(s_victim, new MiningOptions(), this), this);
        _used.Clear();
        (_job, _candidates, _halts, _now) = (null, 0, 0, new Timestamp(1_000_000));
        Step(new NodeInput.Started(_node.Chain.Genesis.Id, _ => null));

        int mined = 0, moved = 0;
        for (int i = 0; i < s_identities; i++)
        {
            HashedBlock block = attacker.Make(s_attacker, Choose(random, attacker, profile.Format.Traits.TagsExpire));
            Step(new NodeInput.BlockArrived(block));
            Assert.That(_node.Chain.Tip.Id, Is.EqualTo(block.Id), $"seed {seed}, block {i}");
            attacker.Take(block);
            Assert.That(_node.Production, Is.EqualTo(ProductionStatus.Making), $"seed {seed}, block {i}");
            if (random.Next(3) != 0) continue;

            HashedBlock own = Mine();
            Assert.That(_node.Chain.Tip, Is.SameAs(own), $"seed {seed}, after block {i}");
            attacker.Take(own);
            mined++;
            // The newest candidate is the one that followed the block.
            if (own.Transactions[0].Transaction.Tag.Value.AsSpan()[^1] != DrawnFor(_candidates - 1).AsSpan()[^(sizeof(ulong) + 1)]) moved++;
        }

        TestContext.Out.WriteLine(Invariant($"{format}, seed {seed}: {s_identities} identities, {mined} blocks mined, {moved} with another extra nonce than the drawn one, {_halts} halts"));
        Assert.That(_halts, Is.Zero);
        Assert.That(mined, Is.GreaterThan(s_identities / 6));
        // What the test is about must have happened.
        Assert.That(moved, profile.Format.Traits.TagsExpire ? Is.Zero : Is.GreaterThan(s_identities / 100));
    }

    /// <summary>The node's source repeats itself, so that the attacker knows what the node will draw: the worst that can be.</summary>
    void IEntropySource.Fill(Span<byte> destination) => destination.Fill(7);

    bool INonceSearch.TryFind(INoncePuzzle puzzle, Hash256 target, out ulong nonce, CancellationToken cancellation) =>
        puzzle.TryFind(0, 1_000_000, target, out nonce);

    void IEffectSink<NodeEffect>.Emit(NodeEffect effect)
    {
        switch (effect)
        {
            case NodeEffect.StartJob start:
                _job = start;
                _candidates++;
                break;
            case NodeEffect.Halted:
                _halts++;
                break;
            case NodeEffect.Commit or NodeEffect.Continue:
                _open.Enqueue(effect);
                break;
            default:
                break;
        }
    }

    /// <summary>What the node's candidate number n begins with: a hash of what it has drawn.</summary>
    private static Hash256 DrawnFor(long candidate)
    {
        byte[] preimage = new byte[Hash256.Size + sizeof(long)];
        preimage.AsSpan(0, Hash256.Size).Fill(7);
        BinaryPrimitives.WriteInt64BigEndian(preimage.AsSpan(Hash256.Size), candidate);
        return Sha3_256.Hash(preimage);
    }

    private TransactionTag Choose(Random random, BlockMaker attacker, bool tagsExpire)
    {
        ulong height = attacker.Height + 1;
        Span<byte> tag = stackalloc byte[Hash256.Size];
        int kind = random.Next(3);
        int ahead = kind == 0 ? 1 : random.Next(1, BlocksAhead);
        BinaryPrimitives.WriteUInt64BigEndian(tag, tagsExpire ? height : height + (ulong)ahead);
        if (kind == 0)
        {
            // What once was every miner's next one: the height, and who is paid.
            s_victim.Value.AsSpan()[..16].CopyTo(tag[sizeof(ulong)..]);
            tag[^1] = (byte)attacker.Height;
        }
        else
        {
            // Every block makes the node ask for one candidate more.
            DrawnFor(_candidates + ahead).AsSpan()[..^sizeof(ulong)].CopyTo(tag[sizeof(ulong)..]);
            Span<byte> last = tag[^sizeof(ulong)..];
            if (kind == 2) BinaryPrimitives.WriteUInt64BigEndian(last, unchecked(BinaryPrimitives.ReadUInt64BigEndian(last) + (ulong)random.Next(3)));
        }

        // One that was used already would make the attacker's own block invalid: the first byte behind the height tells them apart.
        var chosen = new TransactionTag(new Hash256(tag));
        while (!_used.Add(chosen))
        {
            tag[sizeof(ulong)]++;
            chosen = new TransactionTag(new Hash256(tag));
        }

        return chosen;
    }

    private HashedBlock Mine()
    {
        NodeEffect.StartJob job = _job!;
        var result = (JobResult.Sealed)job.Work.Run(CancellationToken.None)!;
        Step(new NodeInput.JobDone(job.Id, result));
        return result.Block;
    }

    private void Step(NodeInput input)
    {
        _now = _now.Plus(TimeSpan.FromSeconds(1));
        _node.Step(input, NodeTimes.At(_now), this);
        while (_open.TryDequeue(out NodeEffect? effect))
            _node.Step(effect is NodeEffect.Commit ? new NodeInput.Committed() : new NodeInput.Continued(), NodeTimes.At(_now), this);
    }
}
