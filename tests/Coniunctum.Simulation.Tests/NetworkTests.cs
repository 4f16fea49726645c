using Coniunctum.Simulation.Tests.Support;

namespace Coniunctum.Simulation.Tests;

public sealed class NetworkTests
{
    [TestCase(0.0, 0.0)]
    [TestCase(0.3, 0.0)]
    [TestCase(0.0, 0.5)]
    [TestCase(1.0, 0.0)]
    public void Send_OverALinkThatLosesAndRepeats_ArrivesAsOftenAsItSays(double loss, double duplication)
    {
        int sent = 0, lost = 0, arrived = 0;
        var world = new World(11, new WorldOptions { Links = new LinkOptions { Loss = loss, Duplication = duplication } })
        {
            Observer = happened =>
            {
                if (happened.Kind == WorldEventKind.Sent) sent++;
                if (happened.Kind == WorldEventKind.Lost) lost++;
                if (happened.Kind == WorldEventKind.Arrived) arrived++;
            },
        };
        Scene.Of(world, SceneRule.Work);
        world.RunFor(TimeSpan.FromMinutes(10));

        Assert.That(sent, Is.GreaterThan(1000));
        Assert.That(lost / (double)sent, Is.EqualTo(loss).Within(0.06));
        Assert.That(arrived / (double)sent, Is.EqualTo((1 - loss) * (1 + duplication)).Within(0.06));
    }

    [Test]
    public void SetLink_OfOneDirection_LeavesTheOtherAlone()
    {
        var world = new World(12);
        Scene scene = Scene.Of(world, SceneRule.Signer);
        foreach (SimulatedNode other in world.Nodes.Skip(1)) world.SetLink(scene[0], other, new LinkOptions { Loss = 1 });
        world.RunFor(TimeSpan.FromSeconds(10));

        Assert.That(scene[0].Chain.Tip.Header.Height, Is.GreaterThanOrEqualTo(8));
        Assert.That(scene[1].Chain.Tip.Header.Height, Is.Zero);
    }

    [Test]
    public void Partition_OfOneNode_StopsItUntilTheLinksAreMended()
    {
        var world = new World(13);
        Scene scene = Scene.Of(world, SceneRule.Signer);
        world.RunFor(TimeSpan.FromSeconds(5));
        world.Partition(scene[2]);
        world.RunFor(TimeSpan.FromSeconds(20));
        Assert.That(scene[2].Chain.Tip.Header.Height, Is.LessThan(scene[1].Chain.Tip.Header.Height - 10));

        world.Heal();
        scene.RunToAgreement(26, TimeSpan.FromSeconds(20));
    }
}
