using System.Collections.Immutable;
using Coniunctum.Authority;
using Coniunctum.Bft;
using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Mining;
using Coniunctum.Simulation.Tests.Bft;

namespace Coniunctum.Simulation.Tests;

/// <summary>
/// The wall clock of one node after the other jumps, by ten years at most. CONIUNCTUM_LONG=1 runs 100 seeds of each rule.
/// </summary>
[Category("Long")]
public sealed class ClockJumpTests
{
    private const int Size = 4;
    private const int Jumps = 6;

    private static readonly TimeSpan s_tenYears = TimeSpan.FromDays(3_653);
    private static readonly TimeSpan s_slot = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(30);
    private static readonly int[] s_seeds = [.. Enumerable.Range(1, Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1" ? 100 : 3)];

    public enum Kind
    {
        None = 0,
        Work,
        Authority,
        Bft,
    }

    [Test]
    public void Run_WithJumpsOfTheWallClock_MovesNoTimer_AndRefusesNoBlockForGood(
        [Values(Kind.Work, Kind.Authority, Kind.Bft)] Kind kind, [ValueSource(nameof(s_seeds))] int seed)
    {
        TestContext.Out.WriteLine(Invariant($"Seed {seed}."));
        var world = new World((ulong)seed);
        var timers = new Timers();
        ulong[] signers = Build(world, kind, timers);
        for (int i = 0; i < Jumps; i++)
        {
            world.RunFor(world.Random.Between(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30)));
            SimulatedNode victim = world.Nodes[world.Random.Below(Size)];
            TimeSpan jump = world.Random.Between(TimeSpan.Zero, s_tenYears * 2) - s_tenYears;
            victim.Clock.Offset += jump;
            world.RunFor(world.Random.Between(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(40)));
            victim.Clock.Offset -= jump;
        }

        // All clocks are right again: every node takes the blocks that it had deferred, and the chain goes on with all of them.
        ulong height = world.Nodes.Max(node => node.Chain.Tip.Header.Height) + 10;
        bool agree = RunToAgreement(world, height);
        if (!agree && kind == Kind.Authority)
        {
            // Signers that sealed, or took, what is dated years ahead keep it: clocks that are right again take nothing back. Where
            // too few are left that may seal, the rule lets no one go on, until the owners of those begin again with an empty file.
            AssertNoOneMaySeal(world, signers, seed);
            foreach (SimulatedNode node in world.Nodes.Where(IsAhead)) node.CrashAndRestore(commits: 0, TimeSpan.FromSeconds(1));
            world.RunFor(TimeSpan.FromSeconds(2));
            agree = RunToAgreement(world, height);
        }

        Assert.That(agree, () => Invariant($"seed {seed}: {string.Join(", ", world.Nodes.Select(node => $"{node.Chain.Tip.Header.Height} {node.Fault}"))}"));
        Assert.That(timers.Fired, Is.GreaterThan(10));
        Assert.That(timers.Moved, Is.Zero, "by the steady clock, to the tick");
    }

    private static bool RunToAgreement(World world, ulong height) =>
        world.RunUntil(() => world.Nodes.All(node => node.Chain.Tip.Header.Height >= height && node.Chain.Tip.Id == world.Nodes[0].Chain.Tip.Id), s_limit);

    /// <summary>
    /// By the rule alone, and by what the chains contain: whoever is not ahead has the same tip and sealed one of the newest blocks of
    /// it, ⌊n/2⌋ of them; the chain of whoever is ahead weighs as much, so that nothing calls it back. Anything else is a fault.
    /// </summary>
    private static void AssertNoOneMaySeal(World world, ulong[] signers, int seed)
    {
        SimulatedNode[] here = [.. world.Nodes.Where(node => !IsAhead(node))], ahead = [.. world.Nodes.Where(IsAhead)];
        TestContext.Out.WriteLine(Invariant($"Ahead: {string.Join(", ", ahead.Select(node => Invariant($"{node.Name} at {node.Chain.Tip.Header.Height} since {NewestNotAhead(node)}")))}."));
        Assert.That(ahead, Has.Length.InRange(Size - (Size / 2), Size), () => Invariant($"seed {seed}: with fewer, enough are left that may seal"));
        Assert.That(here.Select(node => node.Chain.Tip.Id).Distinct(), Has.Exactly(here.Length == 0 ? 0 : 1).Items, () => Invariant($"seed {seed}"));
        foreach (SimulatedNode node in here)
        {
            ulong signer = signers[node.Index], tip = node.Chain.Tip.Header.Height;
            bool hasSealed = Enumerable.Range(0, Size / 2).Any(i => tip > (ulong)i && SignerOf(node, tip - (ulong)i) == signer);
            Assert.That(hasSealed, Is.True, () => Invariant($"seed {seed}: {node.Name} may seal block {tip + 1}, and does not"));
            Assert.That(ahead.Select(WeightOf), Has.All.GreaterThanOrEqualTo(WeightOf(node)), () => Invariant($"seed {seed}: {node.Name} is at a heavier block, which others do not follow"));
        }
    }

    private static bool IsAhead(SimulatedNode node) => NewestNotAhead(node) < node.Chain.Tip.Header.Height;

    /// <summary>The newest block that the node would take now: its time lies a slot ahead at most.</summary>
    private static ulong NewestNotAhead(SimulatedNode node)
    {
        ulong height = node.Chain.Tip.Header.Height;
        while (node.Chain.BlockAt(height)!.Header.Timestamp > node.Clock.Now.Plus(s_slot)) height--;
        return height;
    }

    private static ulong WeightOf(SimulatedNode node)
    {
        ulong weight = 0;
        for (ulong height = 1; height <= node.Chain.Tip.Header.Height; height++) weight += SignerOf(node, height) == height % Size ? 2UL : 1;
        return weight;
    }

    // No one votes: the nonce is the signer's place.
    private static ulong SignerOf(SimulatedNode node, ulong height) => node.Chain.BlockAt(height)!.Header.Nonce;

    /// <summary>Adds the nodes; returns the place of each one's key among all, in the order of addresses.</summary>
    private static ulong[] Build(World world, Kind kind, Timers timers)
    {
        ImmutableArray<PrivateKey> keys = [.. Enumerable.Range(0, Size).Select(_ => PrivateKey.Generate(world.Random))];
        Address[] addresses = [.. keys.Select(key => Profiles.Development.Signatures.AddressOf(key.PublicKey))];
        ConsensusSpec rule = kind switch
        {
            Kind.Work => new ProofOfWork(ProofOfWork.TargetFor(16)),
            Kind.Authority => new ProofOfAuthority(addresses, s_slot, epoch: 1_000),
            _ => new BftConsensus(ValidatorSet.Of(addresses), BftScene.Fast),
        };
        ChainProfile profile = Profiles.Development with { Consensus = rule, Applications = rule is BftConsensus bft ? [bft.Application] : [] };
        for (int i = 0; i < Size; i++)
        {
            int index = i;
            world.AddNode(profile, new NodeOptions
            {
                // Four of them: a block in five seconds.
                HashRate = 16 / 20.0,
                RemembersCommits = rule is ProofOfAuthority,
                Producer = search => new TimedProducer(timers, rule switch
                {
                    ProofOfAuthority authority => new ProofOfAuthorityProducer(authority, keys[index], profile.Signatures, new AuthorityOptions { Wiggle = TimeSpan.FromSeconds(1) }),
                    BftConsensus votes => new BftProducer(votes, keys[index], profile, world.Random),
                    _ => new ProofOfWorkProducer(addresses[index], new MiningOptions(), search),
                }),
            });
        }

        return [.. addresses.Select(address => (ulong)addresses.Count(other => other < address))];
    }

    private sealed class Timers
    {
        public int Fired { get; set; }

        public int Moved { get; set; }
    }

    /// <summary>A producer whose timers are compared with what they were set to.</summary>
    private sealed class TimedProducer(Timers timers, IBlockProducer inner) : IBlockProducer, IEffectSink<IProducerEffect>
    {
        private readonly Dictionary<TimerId, SteadyTime> _due = [];
        private IEffectSink<IProducerEffect>? _effects;

        public void Step(IProducerInput input, NodeTime now, IEffectSink<IProducerEffect> effects)
        {
            if (input is NodeInput.TimerFired fired)
            {
                timers.Fired++;
                if (now.Steady != _due[fired.Timer]) timers.Moved++;
            }

            _effects = effects;
            inner.Step(input, now, this);
        }

        void IEffectSink<IProducerEffect>.Emit(IProducerEffect effect)
        {
            // What is set for a moment that has passed fires at once.
            if (effect is NodeEffect.SetTimer timer) _due[timer.Timer] = timer.At;
            _effects!.Emit(effect);
        }
    }
}
