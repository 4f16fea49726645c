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
        int proposer = Enumerable.Range(0, 4).Single(index => scene.Addresses[index] == scene.Rule.Validators[scene.Rule.Validators.ProposerAt(Height, 0)].Address);
        SimulatedNode silent = scene[(proposer + 1) % 4];
        SimulatedNode holder = scene[(proposer + 2) % 4];
        bool isWell = false;
        world.Loses = (from, to, subject, content) =>
        {
            List<(ulong Kind, ulong Height, ulong Round, bool HasBlock, Crypto.Address Sender, ReadOnlyMemory<byte> Content)> said = [.. BftScene.Read(subject, content).Where(message => message.Height == Height)];
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
        var certificate = new CanonicalReader(holder.Chain.BlockAt(Height)!.Block.Certificate!.Value);
        certificate.ReadArrayHeader(2);
        ulong round = certificate.ReadUInt64();
        TestContext.Out.WriteLine(Invariant($"{badRounds} bad rounds: decided in round {round}, after {world.Now}"));
        Assert.That(round, Is.InRange((ulong)badRounds + 1, (ulong)badRounds + 10));
        scene.RunTo(Height + 3, TimeSpan.FromMinutes(10));
    }
}
