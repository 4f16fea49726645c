using Coniunctum.Ledger;
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
            if (happened.Kind != WorldEventKind.Arrived || happened.Subject is not "Block") return;
            HashedBlock.TryDecode(happened.Content, scene.Profile.Format, scene.Profile.Limits, scene[1].Chain.Genesis.Id, out HashedBlock? block);
            shown.TryAdd(block!.Header.Height, block.Id);
            Assert.That(block.Id, Is.EqualTo(shown[block.Header.Height]), $"Two blocks at height {block.Header.Height}.");
        };
        for (int i = 0; i < 10; i++)
        {
            world.RunFor(world.Random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(3)));
            if (scene[0].IsUp) scene[0].CrashAndRestart(TimeSpan.FromMilliseconds(100));
        }

        scene.RunToAgreement(8, TimeSpan.FromMinutes(2));
        Assert.That(shown, Has.Count.GreaterThanOrEqualTo(8));
    }
}
