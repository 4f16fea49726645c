using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Simulation.Tests.Support;

namespace Coniunctum.Simulation.Tests.Instances;

public sealed class VoteInstanceTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);

    [Test]
    public void Run_OfThreeValidators_PutsACertificateOnEveryBlock()
    {
        var world = new World(1);
        Scene scene = Scene.Of(world, SceneRule.Vote);
        scene.RunToAgreement(12, s_limit);
        for (ulong height = 1; height <= 12; height++)
            Assert.That(scene[0].Chain.BlockAt(height)!.Block.Certificate?.Length, Is.EqualTo(2 * Vote.Size));
    }

    [Test]
    public void Run_WithOneValidatorAway_GoesOnUntilItIsTheProposer()
    {
        var world = new World(2);
        Scene scene = Scene.Of(world, SceneRule.Vote);
        scene[2].Crash();
        world.RunFor(TimeSpan.FromSeconds(30));
        Assert.That(scene[0].Chain.Tip.Header.Height, Is.EqualTo(1), "Node 2 proposes height 2.");

        scene[2].Restart();
        scene.RunToAgreement(6, s_limit);
    }

    [Test]
    public void Run_WithACrashAtEveryCommitOfEveryNode_NeverSendsTwoVotes([Values(CommitFault.CrashBefore, CommitFault.CrashAfter)] CommitFault fault, [Range(0, 2)] int node)
    {
        for (int commit = 0; commit < 14; commit++)
        {
            var world = new World(61, new WorldOptions { Links = new LinkOptions { Loss = 0.1 } });
            Scene scene = Scene.Of(world, SceneRule.Vote);
            var votes = new SentVotes(world);
            scene[node].FailCommit(commit, fault, TimeSpan.FromMilliseconds(700));
            scene.RunToAgreement(6, s_limit);
            Assert.That(votes.Equivocations, Is.Zero, $"commit {commit}");
            Assert.That(votes.Count, Is.GreaterThan(3 * 2 * 5 - 10));
        }
    }

    [Test]
    public void Run_WithSlowStoresAndCrashesAtAnyTime_NeverSendsTwoVotes([Range(1, 20)] int seed)
    {
        var world = new World((ulong)seed, new WorldOptions { Links = new LinkOptions { Loss = 0.2, Resets = 0.01 } });
        Scene scene = Scene.Of(world, SceneRule.Vote, (_, options) => options with { CommitTime = TimeSpan.FromMilliseconds(400) });
        var votes = new SentVotes(world);
        for (int i = 0; i < 15; i++)
        {
            world.RunFor(world.Random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(1)));
            SimulatedNode victim = world.Nodes[world.Random.Below(Scene.Size)];
            if (victim.IsUp) victim.CrashAndRestart(world.Random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(1)));
        }

        scene.RunToAgreement(5, s_limit);
        Assert.That(votes.Equivocations, Is.Zero);
    }

    [Test]
    public void Run_WithProposersThatProposeTwice_NeverSendsTwoVotesAfterACrash([Values(CommitFault.CrashBefore, CommitFault.CrashAfter)] CommitFault fault)
    {
        for (int commit = 0; commit < 20; commit++)
        {
            // With links this slow a crashed node is up again before it hears of what it had voted for.
            var world = new World(100 + (ulong)commit, new WorldOptions { Links = new LinkOptions { GreatestDelay = TimeSpan.FromSeconds(1) } });
            Scene scene = Scene.Of(world, SceneRule.Vote);
            var twins = new HashSet<BlockId>();
            var votes = new SentVotes(world) { Proposed = block => SendTwin(scene, block, twins) };
            scene[commit % 3].FailCommit(commit, fault, TimeSpan.FromMilliseconds(10));
            scene.RunToAgreement(8, s_limit);
            Assert.That(votes.Equivocations, Is.Zero, $"Seed {world.Seed}");
        }
    }

    [Test]
    public void BlockArrived_WithoutOrWithAForeignCertificate_IsNotTaken([Values("none", "flipped", "repeated")] string fault)
    {
        var world = new World(4);
        Scene scene = Scene.Of(world, SceneRule.Vote);
        scene.RunToAgreement(3, s_limit);
        HashedBlock block = scene[0].Chain.BlockAt(1)!;
        byte[] certificate = block.Block.Certificate!.Value.ToArray();
        if (fault is "flipped") certificate[^1] ^= 1;
        if (fault is "repeated") certificate.AsSpan(0, Vote.Size).CopyTo(certificate.AsSpan(Vote.Size));
        HashedBlock bad = block.WithCertificate(fault is "none" ? default(ReadOnlyMemory<byte>?) : certificate, scene.Profile.Format);

        SimulatedNode follower = world.AddNode(scene.Profile);
        world.Partition(follower);
        world.RunFor(TimeSpan.FromSeconds(1));
        Show(bad);
        world.RunFor(TimeSpan.FromSeconds(1));
        Assert.That(follower.Chain.Tip.Header.Height, Is.Zero);

        Show(block);
        world.RunFor(TimeSpan.FromSeconds(1));
        Assert.That(follower.Chain.BlockAt(1)?.Id, Is.EqualTo(block.Id), "The fault was one of the copy.");

        void Show(HashedBlock shown) => follower.TryTake(new NodeInput.BlockArrived(shown, new PeerId(1_000)));
    }

    /// <summary>Makes the proposer lie: every node gets another proposal for the same height too, sooner or later.</summary>
    private static void SendTwin(Scene scene, ReadOnlyMemory<byte> proposal, HashSet<BlockId> twins)
    {
        BlockId chain = GenesisBlock.Create(scene.Profile).Block.Id;
        HashedBlock.Decode(proposal, scene.Profile.Format, scene.Profile.Limits, chain, out HashedBlock? block);
        // A twin is said again like any proposal, and has none of its own.
        if (twins.Contains(block!.Id)) return;
        BlockDraft draft = new BlockDraft(chain, scene.Profile.Format, block.Header, [.. block.Block.Transactions]).WithExtraNonce(1);
        HashedBlock twin = new SignerInstance.Sign(draft, scene.Keys[(int)(block.Header.Height % Scene.Size)], scene.Profile.Signatures).Seal();
        twins.Add(twin.Id);
        foreach (SimulatedNode node in scene.World.Nodes)
        {
            TimeSpan delay = scene.World.Random.Between(TimeSpan.Zero, TimeSpan.FromMilliseconds(500));
            scene.World.Schedule(delay, "twin", () => node.TryTake(new NodeInput.MessageArrived("proposal", new PeerId(1_000), twin.Encoded)));
        }
    }

    /// <summary>Every vote that was sent in a world; two by one voter for one height and phase are an equivocation.</summary>
    private sealed class SentVotes
    {
        private readonly Dictionary<(int Voter, ulong Height, VotePhase Phase), BlockId> _votes = [];
        private readonly HashSet<Hash256> _proposals = [];

        public SentVotes(World world) => world.Observer = happened =>
        {
            if (happened.Kind != WorldEventKind.Sent) return;
            if (happened.Subject is "proposal" && _proposals.Add(Sha3_256.Hash(happened.Content.Span))) Proposed?.Invoke(happened.Content);
            if (happened.Subject is not "vote") return;
            Vote vote = Vote.Read(happened.Content);
            if (!_votes.TryAdd((vote.Voter, vote.Height, vote.Phase), vote.Block) && _votes[(vote.Voter, vote.Height, vote.Phase)] != vote.Block)
                Equivocations++;
        };

        /// <summary>Is told of every proposal once, when it is sent first.</summary>
        public Action<ReadOnlyMemory<byte>>? Proposed { get; init; }

        public int Equivocations { get; private set; }

        public int Count => _votes.Count;
    }
}
