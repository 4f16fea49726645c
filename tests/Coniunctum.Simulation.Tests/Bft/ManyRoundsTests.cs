using Coniunctum.Bft;
using Coniunctum.Consensus;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Simulation.Tests.Bft;

/// <summary>Whole nodes at a height that takes more rounds than messages are kept of.</summary>
public sealed class ManyRoundsTests
{
    private const ulong Height = 3;

    /// <summary>
    /// In round 0 one validator alone sees the votes for the block and locks on it, one that missed the proposal falls silent for the
    /// height, and no proposal arrives for many rounds.
    /// </summary>
    [TestCase(44)]
    public void Run_WithALockOfRound0AndManyBadRounds_DecidesThatBlockSoonAfterwards(int badRounds)
    {
        var world = new World(91);
        var scene = new BftScene(world, 4);
        int proposer = ProposerOf(scene, 0).Index;
        SimulatedNode silent = scene[(proposer + 1) % 4];
        SimulatedNode holder = scene[(proposer + 2) % 4];
        bool isWell = false;
        world.Loses = (from, to, subject, content) =>
        {
            List<BftScene.SaidMessage> said = BftScene.Read(subject, content).FindAll(message => message.Height == Height);
            if (said.Count == 0) return false;
            if (from == silent && said.Exists(message => message.Round > 0)) return true;
            isWell |= said[0].Kind == 1 && said[0].Round > (ulong)badRounds;
            if (isWell) return false;
            bool isProposal = said[0].Kind == 1;
            bool isOfTheLock = from == holder && said.Exists(message => message is { Kind: 2, Round: 0 });
            return isProposal ? said[0].Round > 0 || to == silent : isOfTheLock;
        };
        scene.RunTo(Height - 1, TimeSpan.FromMinutes(2));
        Assert.That(world.RunUntil(() => world.Nodes.All(node => node == silent || node.Chain.Tip.Header.Height >= Height), TimeSpan.FromHours(4)), Is.True);
        Assert.That(isWell, Is.True, "It took that many rounds.");
        ulong round = RoundOf(holder);
        TestContext.Out.WriteLine(Invariant($"{badRounds} bad rounds: decided in round {round}, after {world.Now}"));
        Assert.That(round, Is.InRange((ulong)badRounds + 1, (ulong)badRounds + 10));
        scene.RunTo(Height + 3, TimeSpan.FromMinutes(10));
    }

    /// <summary>
    /// One of four says nothing but a prevote for every block, to the block's proposer alone, which locks by itself, while the next one
    /// proposes another block: nothing would come of it, ever, if the locked did not show why.
    /// </summary>
    [Test]
    public void Run_WithALiarThatLetsOneAfterTheOtherLock_IsDecidedSoon([Range(1, 3)] int seed)
    {
        var world = new World((ulong)seed);
        var scene = new BftScene(world, 4);
        SimulatedNode[] order = [.. Enumerable.Range(0, 4).Select(round => ProposerOf(scene, round))];
        order[3].Crash();
        var helped = new HashSet<ulong>();
        Crypto.Address liar = scene.Addresses[order[3].Index];
        var lied = new Dictionary<ulong, TimeSpan>();
        world.Loses = (from, to, subject, content) =>
        {
            foreach (BftScene.SaidMessage said in BftScene.Read(subject, content))
            {
                // What the liar says to one alone comes to the others too late, unless they are shown it again.
                if (said.Sender == liar && lied.TryGetValue(said.Round, out TimeSpan at) && world.Now < at + TimeSpan.FromMilliseconds(100)) return true;
                if (said is not { Kind: 1, Height: Height, Block: { } block }) continue;
                if (helped.Add(said.Round))
                {
                    world.Schedule(TimeSpan.FromMilliseconds(300), "lie", () =>
                    {
                        lied[said.Round] = world.Now;
                        Prevote(scene, order[3], said.Round, block, from);
                    });
                }

                // In round 0 one of the two others must not vote for the block, or they would need no liar.
                if (said.Round == 0 && to == order[2]) return true;
            }

            return false;
        };
        bool isDecided = world.RunUntil(() => order.Take(3).All(node => node.Chain.Tip.Header.Height >= Height), TimeSpan.FromMinutes(20));
        Assert.That(isDecided, Is.True, Invariant($"seed {seed}"));
        Assert.That(RoundOf(order[0]), Is.LessThanOrEqualTo(5), Invariant($"seed {seed}"));
    }

    /// <summary>Gives one validator alone a prevote of another.</summary>
    private static void Prevote(BftScene scene, SimulatedNode liar, ulong round, BlockId block, SimulatedNode to)
    {
        if (!to.IsUp) return;
        Crypto.Address sender = scene.Addresses[liar.Index];
        var vote = new BftMessage(BftMessageKind.Prevote, Height, (int)round, block, -1, sender, default);
        byte[] signature = new byte[scene.Profile.Signatures.SignatureSize];
        scene.Profile.Signatures.Sign(scene.Keys[liar.Index], vote.Digest(to.Chain.Genesis.Id), signature);
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(output);
        writer.WriteArrayHeader(7);
        writer.WriteUInt64((ulong)vote.Kind);
        writer.WriteUInt64(vote.Height);
        writer.WriteUInt64(round);
        writer.WriteHash256(block.Value);
        writer.WriteUInt64(0);
        writer.WriteHash256(sender.Value);
        writer.WriteBytes(signature, 128);
        writer.Flush();
        to.TryTake(new NodeInput.MessageArrived("bft.vote", new PeerId(1_000), output.WrittenMemory));
    }

    private static SimulatedNode ProposerOf(BftScene scene, int round) =>
        scene[scene.Addresses.IndexOf(scene.Rule.Validators[scene.Rule.Validators.ProposerAt(Height, round)].Address)];

    /// <summary>In which round the height was decided.</summary>
    private static ulong RoundOf(SimulatedNode node)
    {
        var certificate = new CanonicalReader(node.Chain.BlockAt(Height)!.Block.Certificate!.Value);
        certificate.ReadArrayHeader(2);
        return certificate.ReadUInt64();
    }
}
