using Coniunctum.Bft;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Simulation.Tests.Bft;

public sealed class BftTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    [Test]
    public void Run_OfFourValidatorsAndAFollower_PutsACertificateOnEveryBlock()
    {
        var world = new World(1);
        var scene = new BftScene(world, 4);
        world.AddNode(scene.Profile);
        scene.RunTo(10, s_limit);
        Assert.That(Enumerable.Range(1, 10).Select(height => world.Nodes[4].Chain.BlockAt((ulong)height)!.Block.Certificate!.Value.Length), Is.All.InRange(3 * 67, 4 * 72));
        // A second for each block and one round of listening at the start: nothing had to wait for a timeout.
        Assert.That(world.Now, Is.LessThan(TimeSpan.FromSeconds(20)));
    }

    /// <summary>One validator has links to a node without a key alone, and the others cannot go on without it.</summary>
    [Test]
    public void Run_WithAValidatorBehindAFollower_TakesItsVotesAndProposals([Range(1, 5)] int seed)
    {
        var world = new World((ulong)seed, new WorldOptions { Links = new LinkOptions { Loss = seed == 1 ? 0 : 0.1 } });
        var scene = new BftScene(world, 4);
        SimulatedNode follower = world.AddNode(scene.Profile);
        for (int i = 0; i < 3; i++) CutBoth(world, scene[i], scene[3]);

        scene.RunTo(2, s_limit);
        scene[0].Crash();
        SimulatedNode[] up = [.. world.Nodes.Where(node => node.IsUp)];
        ulong height = up.Max(node => node.Chain.Tip.Header.Height) + 6;
        Assert.That(world.RunUntil(() => up.All(node => node.Chain.Tip.Header.Height >= height), s_limit), Is.True, Invariant($"seed {seed}"));
        scene.Check();
        Assert.That(scene.SpeakersAt(height), Has.Member(scene.Addresses[3]), Invariant($"seed {seed}"));
        Assert.That(follower.Fault, Is.Null);

        // Two of three that are up are no quorum.
        follower.Crash();
        world.RunFor(TimeSpan.FromSeconds(5));
        height = scene[1].Chain.Tip.Header.Height;
        world.RunFor(TimeSpan.FromMinutes(1));
        Assert.That(scene[1].Chain.Tip.Header.Height, Is.EqualTo(height), "it was the follower that carried them");
    }

    [Test]
    public void Run_InARing_PassesOnMessages_AgreesAndGoesOn([Range(1, 6)] int seed)
    {
        var world = new World((ulong)seed, new WorldOptions { Links = new LinkOptions { Loss = 0.3, Resets = 0.001 } });
        // Each dials one other: most messages reach most nodes by way of a third.
        var scene = new BftScene(world, 4, (index, options) => options with { Dials = [(index + 1) % 4], OutboundSlots = 1 });
        world.RunFor(TimeSpan.FromSeconds(3));
        world.Partition(scene[seed % 4], scene[(seed + 1) % 4]);
        world.RunFor(TimeSpan.FromSeconds(3));
        scene[(seed + 2) % 4].CrashAndRestart(TimeSpan.FromSeconds(1));
        world.RunFor(TimeSpan.FromSeconds(3));
        world.Heal();
        scene.RunTo(world.Nodes.Where(node => node.IsUp).Max(node => node.Chain.Tip.Header.Height) + 3, s_limit);
    }

    [Test]
    public void Run_WithOneOfFourAway_GoesOnWithoutIt([Range(0, 3)] int away)
    {
        var world = new World(2);
        var scene = new BftScene(world, 4);
        scene[away].Crash();
        bool reached = world.RunUntil(() => world.Nodes.Where(node => node.IsUp).All(node => node.Chain.Tip.Header.Height >= 8), s_limit);
        Assert.That(reached, Is.True);
        scene[away].Restart();
        scene.RunTo(12, s_limit);
    }

    [Test]
    public void Run_WithTwoOfFourAway_StandsStillUntilOneIsBack()
    {
        var world = new World(3);
        var scene = new BftScene(world, 4);
        scene.RunTo(3, s_limit);
        scene[0].Crash();
        scene[1].Crash();
        world.RunFor(TimeSpan.FromSeconds(5));
        ulong height = scene[2].Chain.Tip.Header.Height;
        world.RunFor(TimeSpan.FromMinutes(2));
        Assert.That(scene[2].Chain.Tip.Header.Height, Is.EqualTo(height));
        scene[0].Restart();
        Assert.That(world.RunUntil(() => scene[2].Chain.Tip.Header.Height >= height + 3, s_limit), Is.True);
        scene[1].Restart();
        scene.RunTo(height + 6, s_limit);
    }

    [Test]
    public void Run_WithAllStartedAgainAtOnce_GoesOn([Range(1, 10)] int seed)
    {
        var world = new World((ulong)seed, new WorldOptions { Links = new LinkOptions { Loss = 0.1 } });
        var scene = new BftScene(world, 4);
        for (int i = 0; i < 4; i++)
        {
            world.RunFor(world.Random.Between(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(6)));
            foreach (SimulatedNode node in world.Nodes) node.CrashAndRestart(world.Random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(1)));
        }

        world.RunFor(TimeSpan.FromSeconds(1));
        scene.RunTo(6, s_limit);
    }

    [Test]
    public void Run_WithACrashAtEveryCommitOfEveryNode_ContradictsNothing([Values(CommitFault.CrashBefore, CommitFault.CrashAfter)] CommitFault fault, [Range(0, 3)] int node)
    {
        for (int commit = 0; commit < 16; commit++)
        {
            var world = new World(61, new WorldOptions { Links = new LinkOptions { Loss = 0.1 } });
            var scene = new BftScene(world, 4);
            scene[node].FailCommit(commit, fault, TimeSpan.FromMilliseconds(300));
            scene.RunTo(5, s_limit);
        }
    }

    [Test]
    public void Run_WithLossPartitionsAndCrashes_AgreesAndGoesOn([Range(1, 12)] int seed)
    {
        var world = new World((ulong)seed, new WorldOptions { Links = new LinkOptions { Loss = 0.3, Resets = 0.001, GreatestDelay = TimeSpan.FromMilliseconds(300) } });
        var scene = new BftScene(world, 4, (_, options) => options with { CommitTime = TimeSpan.FromMilliseconds(200) });
        for (int i = 0; i < 15; i++)
        {
            world.RunFor(world.Random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(3)));
            SimulatedNode victim = scene[world.Random.Below(4)];
            if (i % 3 == 0) world.Heal();
            if (i % 3 == 1) world.Partition(victim, scene[world.Random.Below(4)]);
            if (i % 3 == 2 && victim.IsUp) victim.CrashAndRestart(world.Random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(2)));
        }

        world.Heal();
        world.RunFor(TimeSpan.FromSeconds(3));
        ulong reached = world.Nodes.Where(node => node.IsUp).Max(node => node.Chain.Tip.Header.Height);
        scene.RunTo(reached + 3, s_limit);
    }

    [Test]
    public void Restart_FromAnOldFile_ContradictsNothingAndTakesPartAgain([Range(1, 24)] int seed)
    {
        var world = new World((ulong)seed);
        var scene = new BftScene(world, 4, (_, options) => options with { RemembersCommits = true });
        world.RunFor(TimeSpan.FromSeconds(4) + world.Random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(4)));
        SimulatedNode victim = scene[seed % 4];
        // Half of the files are only a few commits old: at the same height, or even in the same round.
        int age = seed % 2 == 0 ? 1 + world.Random.Below(4) : 1 + world.Random.Below(victim.Store.Durable - 1);
        victim.CrashAndRestore(Math.Max(1, victim.Store.Durable - age), TimeSpan.FromMilliseconds(100));
        world.RunFor(TimeSpan.FromSeconds(8));
        ulong height = scene[(seed + 1) % 4].Chain.Tip.Header.Height;
        scene.RunTo(height + 6, s_limit);
        Assert.That(scene.SpeakersAt(height + 6), Has.Member(scene.Addresses[seed % 4]), $"Seed {seed}, {age} commits lost");
    }

    [Test]
    public void TwoNodesWithOneKey_AreProvenToContradictThemselvesAndHinderNobody([Range(1, 6)] int seed)
    {
        var world = new World((ulong)seed);
        var scene = new BftScene(world, 4) { MayContradict = true };
        var twin = new BftProducer(scene.Rule, scene.Keys[0], scene.Profile, world.Random);
        world.AddNode(scene.Profile, new NodeOptions { Producer = _ => twin });
        // Apart from each other, so that neither hears what the other one says.
        CutBoth(world, scene[0], world.Nodes[4]);
        scene.RunTo(60, s_limit);

        Hash256[] offenders = [.. scene.Producers.Where(pair => pair.Key > 0).SelectMany(pair => pair.Value.Evidence).Select(piece => piece.Offender.Value).Distinct()];
        Assert.That(offenders, Is.EqualTo(new[] { scene.Addresses[0].Value }), $"Seed {seed}");
        Assert.That(scene.Producers[1].Evidence.Select(piece => piece.IsProof(scene.Profile.Signatures, scene[1].Chain.Genesis.Id)), Is.All.True);
        BftEvidence proof = scene.Producers[1].Evidence[0];
        Assert.That(BftEvidence.Decode(proof.Encode())!.IsProof(scene.Profile.Signatures, scene[1].Chain.Genesis.Id), Is.True);
        Assert.That((proof with { Second = proof.First }).IsProof(scene.Profile.Signatures, scene[1].Chain.Genesis.Id), Is.False);
        Assert.That((proof with { Second = proof.Second with { Round = proof.Second.Round + 1 } }).IsProof(scene.Profile.Signatures, scene[1].Chain.Genesis.Id), Is.False);
    }

    [Test]
    public void Votes_OfMoreThanTwoThirds_ChangeTheSetThatHeadersCommitTo([Range(1, 5)] int seed)
    {
        var world = new World((ulong)seed, new WorldOptions { Links = new LinkOptions { Loss = 0.05 } });
        var scene = new BftScene(world, 4, others: 1);
        scene.RunTo(2, s_limit);
        Vote(scene, 0, scene.Addresses[4], 2);
        Vote(scene, 1, scene.Addresses[4], 2);
        scene.RunTo(5, s_limit);
        Assert.That(scene[0].Chain.Tip.Header.Target, Is.EqualTo(scene.Rule.Validators.Hash), "Two of four are not enough.");

        Vote(scene, 2, scene.Addresses[4], 2);
        scene.Rule.Validators.Change(scene.Addresses[4], 2, out ValidatorSet? five);
        Assert.That(world.RunUntil(() => scene[0].Chain.Tip.Header.Target == five!.Hash, s_limit), Is.True);
        ulong first = scene[0].Chain.Tip.Header.Height + 1;
        scene.RunTo(first + 6, s_limit);
        Assert.That(Enumerable.Range(0, 6).SelectMany(i => scene.SpeakersAt(first + (ulong)i)), Has.Member(scene.Addresses[4]));
        Assert.That(scene.SpeakersAt(first - 1), Has.No.Member(scene.Addresses[4]));

        // Weights are 1, 1, 1, 1 and 2: five are needed to remove the first one, which does not have to agree.
        foreach (int voter in new[] { 1, 2, 3, 4 }) Vote(scene, voter, scene.Addresses[0], 0);
        five!.Change(scene.Addresses[0], 0, out ValidatorSet? four);
        Assert.That(world.RunUntil(() => scene[1].Chain.Tip.Header.Target == four!.Hash, s_limit), Is.True);
        foreach (SimulatedNode node in world.Nodes) node.CrashAndRestart(TimeSpan.FromMilliseconds(50));
        world.RunFor(TimeSpan.FromSeconds(1));
        ulong last = world.Nodes.Max(node => node.Chain.Tip.Header.Height) + 5;
        scene.RunTo(last, s_limit);
        Assert.That(scene.SpeakersAt(last), Has.No.Member(scene.Addresses[0]));

        VerifyByHeaders(scene, last, [scene.Rule.Validators, five, four!]);
    }

    [Test]
    public void Vote_ForWhatHoldsAlready_TakesOnesEarlierVoteBack()
    {
        var world = new World(6);
        var scene = new BftScene(world, 4, others: 1);
        scene.RunTo(2, s_limit);
        foreach (int voter in (int[])[0, 1]) Vote(scene, voter, scene.Addresses[4], 2);
        scene.RunTo(world.Nodes.Max(node => node.Chain.Tip.Header.Height) + 3, s_limit);
        Vote(scene, 1, scene.Addresses[4], 0);
        scene.RunTo(world.Nodes.Max(node => node.Chain.Tip.Header.Height) + 3, s_limit);
        Vote(scene, 2, scene.Addresses[4], 2);
        scene.RunTo(world.Nodes.Max(node => node.Chain.Tip.Header.Height) + 5, s_limit);
        Assert.That(scene[0].Chain.Tip.Header.Target, Is.EqualTo(scene.Rule.Validators.Hash), "Two of four stand by it.");
        Vote(scene, 1, scene.Addresses[4], 2);
        scene.Rule.Validators.Change(scene.Addresses[4], 2, out ValidatorSet? five);
        Assert.That(world.RunUntil(() => scene[0].Chain.Tip.Header.Target == five!.Hash, s_limit), Is.True);
    }

    [Test]
    public void Vote_ToRemoveTheLastMember_IsRefused_AndTheChainGoesOn()
    {
        var world = new World(7);
        var scene = new BftScene(world, 2);
        scene.RunTo(2, s_limit);
        scene.Rule.Validators.Change(scene.Addresses[1], 0, out ValidatorSet? alone);
        foreach (int voter in (int[])[0, 1]) Vote(scene, voter, scene.Addresses[1], 0);
        Assert.That(world.RunUntil(() => scene[0].Chain.Tip.Header.Target == alone!.Hash, s_limit), Is.True, "A set of one is one that can go on.");
        scene.RunTo(scene[0].Chain.Tip.Header.Height + 3, s_limit);
        Vote(scene, 0, scene.Addresses[0], 0);
        scene.RunTo(scene[0].Chain.Tip.Header.Height + 5, s_limit);
        Assert.That(scene[0].Chain.Tip.Header.Target, Is.EqualTo(alone!.Hash));
        Assert.That(scene[0].Chain.PoolCount, Is.Zero, "The call was made, and refused.");
    }

    private static void CutBoth(World world, SimulatedNode one, SimulatedNode other)
    {
        world.Cut(one, other);
        world.Cut(other, one);
    }

    private static void Vote(BftScene scene, int voter, Address address, ulong weight) => scene[voter].Submit(
        Transfer.SignCall(scene.Keys[voter], scene.Rule.Application.Id, ValidatorsApplication.Vote(address, weight), scene[voter].Context));

    private static void VerifyByHeaders(BftScene scene, ulong last, ValidatorSet[] sets)
    {
        var blocks = new List<BftLightBlock>();
        HashedBlock previous = scene[1].Chain.Genesis;
        for (ulong height = 1; height <= last; height++)
        {
            HashedBlock block = scene[1].Chain.BlockAt(height)!;
            blocks.Add(new BftLightBlock(block.Header, block.Block.Certificate!.Value, sets.Single(set => set.Hash == previous.Header.Target)));
            previous = block;
        }

        BlockHeader genesis = scene[1].Chain.Genesis.Header;
        BlockId id = scene[1].Chain.Genesis.Id;
        Assert.That(BftLight.Verify(scene.Profile, id, genesis, sets[0], blocks, out int verified), Is.EqualTo(Verdict.Valid));
        Assert.That(verified, Is.EqualTo(blocks.Count));

        int change = blocks.FindIndex(block => block.Validators!.Hash == sets[1].Hash);
        blocks[change] = blocks[change] with { Validators = sets[0] };
        Assert.That(BftLight.Verify(scene.Profile, id, genesis, sets[0], blocks, out verified).Rule, Is.EqualTo(BlockRule.TargetWrong));
        Assert.That(verified, Is.EqualTo(change));

        blocks[0] = blocks[0] with { Certificate = blocks[1].Certificate };
        Assert.That(BftLight.Verify(scene.Profile, id, genesis, sets[0], blocks, out verified).Rule, Is.EqualTo(BlockRule.CertificateInvalid));
        Assert.That(verified, Is.Zero);
    }
}
