using Coniunctum.Ledger;
using Coniunctum.Simulation.Tests.Support;

namespace Coniunctum.Simulation.Tests.Instances;

public sealed class WorkInstanceTests
{
    [Test]
    public void Run_WithAPartitionThatHeals_EndsOnOneChain([Range(1, 5)] int seed)
    {
        var world = new World((ulong)seed, new WorldOptions { Links = new LinkOptions { Loss = 0.3 } });
        Scene scene = Scene.Of(world, SceneRule.Work);
        world.RunFor(TimeSpan.FromSeconds(20));
        world.Partition(scene[0]);
        world.RunFor(TimeSpan.FromMinutes(5));
        Assert.That(scene.Agrees(), Is.False, "Both sides mined.");
        BlockId lone = scene[0].Chain.Tip.Id;

        world.Heal();
        scene.RunToAgreement(40, TimeSpan.FromMinutes(5));
        Assert.That(scene[0].Chain.Find(lone), Is.Not.Null);
        Assert.That(scene[0].Chain.BlockAt(scene[0].Chain.Find(lone)!.Header.Height)!.Id, Is.Not.EqualTo(lone), "A third of the hash rate lost.");
    }

    [Test]
    public void Submit_OnTheSideThatLoses_ReturnsToThePoolAndIsConfirmedLater()
    {
        var world = new World(3);
        Scene scene = Scene.Of(world, SceneRule.Work);
        world.Partition(scene[0]);
        Transaction payment = scene.Pay(0, 1, 7);
        scene[0].Submit(payment);
        bool confirmed = world.RunUntil(() => IsConfirmed(0), TimeSpan.FromMinutes(5));
        Assert.That(confirmed, Is.True, "It was confirmed in the branch that loses.");
        Assert.That(IsConfirmed(1), Is.False);

        world.RunFor(TimeSpan.FromMinutes(2));
        BlockId lone = scene[0].Chain.Tip.Id;
        bool returned = false;
        var id = new TransactionHasher(scene.Profile.Format, scene[0].Chain.Genesis.Id).Hash(payment).Id;
        world.Heal();
        confirmed = world.RunUntil(
            () =>
            {
                returned |= scene[0].Chain.IsPooled(id);
                return returned && scene.Agrees() && IsConfirmed(0) && IsConfirmed(1) && IsConfirmed(2);
            },
            TimeSpan.FromMinutes(5));
        Assert.That(returned, Is.True);
        Assert.That(confirmed, Is.True);
        Assert.That(scene[0].Chain.Tip.Id, Is.Not.EqualTo(lone));
        Assert.That(scene[2].Chain.State.BalanceOf(scene.AddressOf(1)), Is.GreaterThanOrEqualTo(Scene.Grant + 7));

        bool IsConfirmed(int node) => scene[node].Chain.State.IsTagUsed(payment.Sender, payment.Tag);
    }

    [Test]
    public void BlockArrived_FromTheFuture_IsTakenWhenItsTimeComes()
    {
        var world = new World(9);
        Scene scene = Scene.Of(world, SceneRule.Work, (index, options) => index == 2
            ? options with { HashRate = 0, ClockOffset = -TimeSpan.FromHours(2) - TimeSpan.FromSeconds(60) }
            : options);
        world.RunUntil(() => scene[1].Chain.Tip.Header.Height > 0, TimeSpan.FromMinutes(5));
        world.RunFor(TimeSpan.FromSeconds(2));
        world.Partition(scene[2]);
        Assert.That(scene[2].Chain.Tip.Header.Height, Is.Zero, "Its clock is two hours and a minute behind.");
        world.RunFor(TimeSpan.FromSeconds(60));
        Assert.That(scene[2].Chain.Tip.Header.Height, Is.GreaterThanOrEqualTo(1));
    }

    [Test]
    public void Run_WithOneNodeOfMostHashRate_GivesItMostBlocks()
    {
        var world = new World(7);
        Scene scene = Scene.Of(world, SceneRule.Work, (index, options) => options with { HashRate = options.HashRate * (index == 0 ? 8 : 1) });
        scene.RunToAgreement(300, TimeSpan.FromHours(2));
        ulong mined = scene[1].Chain.State.Supply - (Scene.Size * Scene.Grant);
        double share = (scene[1].Chain.State.BalanceOf(scene.AddressOf(0)) - Scene.Grant) / (double)mined;

        // 8 of 10 hashes; one standard deviation of 300 blocks is 0.023.
        Assert.That(share, Is.EqualTo(0.8).Within(0.08));
    }
}
