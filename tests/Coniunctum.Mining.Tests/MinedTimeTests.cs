using Coniunctum.Consensus.Chain;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Mining.Tests;

/// <summary>
/// What times mined blocks carry, over drawn clocks, parents and medians: never ahead of the miner's clock, and never before the
/// earlier of the clock and the parent, but where the median forces a time.
/// </summary>
public sealed class MinedTimeTests : IEffectSink<IProducerEffect>
{
    private const int Draws = 10_000;
    private const int Blocks = 200;
    private const ulong Choice = 64;
    private const ulong Epoch = 100_000_000;

    private readonly List<IProducerEffect> _effects = [];
    private IBlockProducer _producer = null!;

    [SetUp]
    public void Create()
    {
        _effects.Clear();
        _producer = new ProofOfWorkProducer(World.Miner, new MiningOptions(), new NonceSearch(1));
    }

    [Test]
    public void Mined_OverDrawnClocks_IsDatedNeitherAheadNorBack([Values(20261128)] int seed)
    {
        TestContext.Out.WriteLine(Invariant($"seed {seed}"));
        var random = new Random(seed);
        var spec = new ProofOfWork(ProofOfWork.TargetFor(64));
        IConsensusRule rule = spec.Build(World.ProfileOf(StandardFormat.Instance), default).Rule;
        int forced = 0, behindTheParent = 0;
        var chosen = new HashSet<ulong>();
        for (int draw = 0; draw < Draws; draw++)
        {
            (TargetLine line, ulong clock) = Draw(random, spec);
            ulong median = MedianTime.Of(line).UnixMilliseconds, parent = line.Parent.Header.Timestamp.UnixMilliseconds;
            BlockDraft candidate = Prepare(rule, line, clock);
            HashedBlock block = Mine(candidate, clock);

            ulong time = block.Header.Timestamp.UnixMilliseconds;
            string what = Invariant($"seed {seed}, draw {draw}: median {median}, parent {parent}, clock {clock}, dated {time}");
            if (median + 1 >= clock)
            {
                Assert.That(time, Is.EqualTo(median + 1), what);
                forced++;
            }
            else
            {
                ulong earliest = Math.Max(median + 1, Math.Min(clock, parent));
                Assert.That(time, Is.InRange(Math.Max(earliest, clock - (Choice - 1)), clock), what);
                if (parent > clock) behindTheParent++;
                if (clock - earliest >= Choice - 1) chosen.Add(clock - time);
            }

            Assert.That(rule.Check(HeaderView.Of(block), line, RuleState.None, new Timestamp(clock), new SealClaims()), Is.EqualTo(Verdict.Valid), what);
            AssertOnlyNonceAndTimeDiffer(block, candidate);
        }

        TestContext.Out.WriteLine(Invariant($"{forced} times forced by the median, {behindTheParent} with the clock behind the parent, {chosen.Count} of {Choice} milliseconds chosen"));
        Assert.That(forced, Is.GreaterThan(Draws / 10));
        Assert.That(behindTheParent, Is.GreaterThan(Draws / 20));
        Assert.That(chosen, Has.Count.EqualTo((int)Choice), "every millisecond of the choice is taken now and then");
    }

    /// <summary>As the clock goes on and candidates are refreshed; now and then an older candidate's block is found.</summary>
    [Test]
    public void Mined_AsTheClockGoesOn_IsTaken_AndDatedWithinItsCandidatesChoice([Values(7)] int seed)
    {
        TestContext.Out.WriteLine(Invariant($"seed {seed}"));
        var random = new Random(seed);
        var node = new ChainHarness(new World(StandardFormat.Instance)) { Now = new Timestamp(Epoch) };
        for (int i = 0; i < Blocks; i++)
        {
            ulong parent = node.Core.Tip.Header.Timestamp.UnixMilliseconds, clock = node.Now.UnixMilliseconds;
            bool isForced = MedianTime.Of(new ChainLine(node.Core)).UnixMilliseconds + 1 >= clock;
            NodeEffect.StartJob first = Start(node.Candidate(), clock);
            ulong passed = (ulong)random.Next(0, 1_500);
            node.Now = new Timestamp(clock + passed);
            NodeEffect.StartJob second = Start(node.Candidate(), clock + passed);
            bool isOlder = random.Next(3) == 0;

            HashedBlock block = ((JobResult.Sealed)(isOlder ? first : second).Work.Run(default)!).Block;

            string what = Invariant($"seed {seed}, block {i}: parent {parent}, clock {clock}, {passed} ms later, the {(isOlder ? "older" : "newer")} one");
            ulong candidateClock = isOlder ? clock : clock + passed;
            Assert.That(node.Deliver(block), Is.EqualTo(Verdict.Valid), what);
            Assert.That(node.Core.Tip, Is.SameAs(block), what);
            if (!isForced) Assert.That(block.Header.Timestamp.UnixMilliseconds, Is.InRange(Math.Min(parent, candidateClock), candidateClock), what);
            // Clocks are set back now and then.
            if (random.Next(10) == 0) node.Now = new Timestamp(node.Now.UnixMilliseconds - (ulong)random.Next(0, 3_000));
        }
    }

    /// <summary>A table of so few nonces that most searches take several extra nonces.</summary>
    [Test]
    public void Mined_WithATableThatIsSoonTried_GoesOnWithOtherExtraNonces()
    {
        ChainProfile profile = World.ProfileOf(Int32CoinFormat.Instance) with { Consensus = new ProofOfWork(ProofOfWork.TargetFor(64)) };
        var node = new ChainHarness(new World(profile) { BlockWeight = Work.FromTarget(ProofOfWork.TargetFor(64)) });
        _producer = new ProofOfWorkProducer(World.Miner, new MiningOptions { NonceTableBytes = 512 }, new NonceSearch(1));
        int moved = 0;
        for (int i = 0; i < 30; i++)
        {
            BlockDraft candidate = node.Candidate();
            HashedBlock block = Mine(candidate, 0);
            Assert.That(block.Header.Nonce, Is.LessThan(16));
            Assert.That(node.Deliver(block), Is.EqualTo(Verdict.Valid));
            if (block.Header.MerkleRoot != candidate.WithExtraNonce(0).Header.MerkleRoot) moved++;
        }

        Assert.That(moved, Is.GreaterThan(15));
    }

    void IEffectSink<IProducerEffect>.Emit(IProducerEffect effect) => _effects.Add(effect);

    /// <summary>Some ancestors, most of them in order and some not, and a clock near the median, near the parent or far behind both.</summary>
    private static (TargetLine Line, ulong Clock) Draw(Random random, ProofOfWork spec)
    {
        var line = new TargetLine();
        ulong time = Epoch;
        int count = random.Next(1, 15);
        ulong step = random.Next(3) switch { 0 => 2, 1 => 50, _ => 5_000 };
        for (int i = 0; i < count; i++)
        {
            time += (ulong)random.NextInt64((long)step);
            if (random.Next(8) == 0) time -= (ulong)random.NextInt64((long)(2 * step));
            line.Add(time, spec.Bounds.First);
        }

        ulong near = random.Next(2) == 0 ? MedianTime.Of(line).UnixMilliseconds : line.Parent.Header.Timestamp.UnixMilliseconds;
        long distance = random.Next(3) switch { 0 => random.Next(-3, 4), 1 => random.Next(-200, 200), _ => random.Next(-20_000, 60_000) };
        return (line, near + (ulong)distance);
    }

    private static BlockDraft Prepare(IConsensusRule rule, TargetLine line, ulong clock)
    {
        var draft = new HeaderDraft(line.Parent.Height + 1) { Timestamp = new Timestamp(clock) };
        rule.Prepare(ref draft, line, RuleState.None);
        var header = new BlockHeader { Height = draft.Height, Nonce = 0, Previous = line.Parent.Id, MerkleRoot = default, Target = draft.Target, Timestamp = draft.Timestamp };
        var reward = new Transaction { Tag = default, Sender = Address.Root, Receiver = World.Miner, Amount = 50, Signature = new byte[65] };
        return new BlockDraft(default, StandardFormat.Instance, header, [reward]) { EarliestTimestamp = draft.EarliestTimestamp!.Value };
    }

    private static void AssertOnlyNonceAndTimeDiffer(HashedBlock block, BlockDraft candidate)
    {
        BlockDraft expected = candidate.WithExtraNonce(0);
        Assert.That(block.Header with { Nonce = 0, Timestamp = expected.Header.Timestamp }, Is.EqualTo(expected.Header));
        Assert.That(block.Id.Value, Is.EqualTo(expected.Format.Digest(block.Header)));
        Assert.That(block.Header.StateRoot, Is.EqualTo(candidate.Header.StateRoot));
    }

    private HashedBlock Mine(BlockDraft candidate, ulong clock) => ((JobResult.Sealed)Start(candidate, clock).Work.Run(default)!).Block;

    private NodeEffect.StartJob Start(BlockDraft candidate, ulong clock)
    {
        _effects.Clear();
        _producer.Step(new ProducerInput.Prepared(candidate), NodeTimes.At(new Timestamp(clock)), this);
        return _effects.OfType<NodeEffect.StartJob>().Single();
    }

    /// <summary>The best chain of a node, as its rule sees it.</summary>
    private sealed class ChainLine(ChainCore chain) : IAncestors
    {
        public HeaderView Parent => HeaderView.Of(chain.Tip);

        public HeaderView At(ulong height) => HeaderView.Of(chain.BlockAt(height)!);

        public bool Has(ulong height) => height <= chain.Tip.Header.Height;
    }
}
