using Coniunctum.Consensus;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Simulation.Tests.Support;

namespace Coniunctum.Simulation.Tests.Instances;

public sealed class SignerInstanceTests
{
    [Test]
    public void Run_WithCrashesOfTheSigner_ShowsOneBlockAHeight([Range(1, 10)] int seed)
    {
        var world = new World((ulong)seed);
        var shown = new Dictionary<ulong, BlockId>();
        Scene scene = Scene.Of(world, SceneRule.Signer, (_, options) => options with { CommitTime = TimeSpan.FromMilliseconds(300) });
        world.Observer = happened =>
        {
            if (happened.Kind != WorldEventKind.Arrived || happened.Subject is not ("Block" or "Compact")) return;
            BlockHeader header = HeaderOf(happened);
            var id = new BlockId(scene.Profile.Format.Digest(header));
            shown.TryAdd(header.Height, id);
            Assert.That(id, Is.EqualTo(shown[header.Height]), $"Two blocks at height {header.Height}.");
        };
        for (int i = 0; i < 10; i++)
        {
            world.RunFor(world.Random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(3)));
            if (scene[0].IsUp) scene[0].CrashAndRestart(TimeSpan.FromMilliseconds(100));
        }

        scene.RunToAgreement(8, TimeSpan.FromMinutes(2));
        Assert.That(shown, Has.Count.GreaterThanOrEqualTo(8));

        // A block begins with its header; of one without its transactions this is all that is looked at.
        BlockHeader HeaderOf(in WorldEvent happened)
        {
            var reader = new CanonicalReader(happened.Content);
            if (happened.Subject is "Block") reader.ReadArrayHeader(4);
            return scene.Profile.Format.Codec.ReadHeader(ref reader);
        }
    }

    [Test]
    public void BlockArrived_OnABranchThatAFinalBlockHasBeaten_IsNotTaken([Values] bool isTheBranchKnownBefore)
    {
        var world = new World(5);
        Scene scene = Scene.Of(world, SceneRule.Signer);
        SimulatedNode rival = world.AddNode(scene.Profile, new NodeOptions
        {
            Producer = _ => new SignerInstance.Producer(scene.Keys[0], scene.Profile.Signatures),
            ClockOffset = TimeSpan.FromMilliseconds(100),
        });
        world.Partition(rival);
        SimulatedNode follower = world.AddNode(scene.Profile);
        world.Partition(follower);
        world.RunFor(TimeSpan.FromSeconds(5));

        Show(scene[0], 1);
        Show(rival, 1);
        if (!isTheBranchKnownBefore) world.RunFor(TimeSpan.FromSeconds(1));
        Show(rival, 2);
        world.RunFor(TimeSpan.FromSeconds(1));
        Assert.That(follower.Chain.Tip.Id, Is.EqualTo(scene[0].Chain.BlockAt(1)!.Id));

        Show(scene[0], 2);
        world.RunFor(TimeSpan.FromSeconds(1));
        Assert.That(follower.Chain.Tip.Id, Is.EqualTo(scene[0].Chain.BlockAt(2)!.Id));

        void Show(SimulatedNode from, ulong height) => follower.TryTake(new NodeInput.BlockArrived(from.Chain.BlockAt(height)!, new PeerId(1_000 + from.Index)));
    }
}
