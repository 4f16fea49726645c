using Coniunctum.Consensus.Chain;

namespace Coniunctum.Consensus.Tests.Chain;

/// <summary>What each source may hold: a reserved share, and a part of what is common.</summary>
public sealed class SourceQuotaTests
{
    // 1,600 in all, among 8: 100 reserved each, and 800 in common, of which one gets 100.
    private const long Capacity = 1_600;
    private const int Slots = 8;

    [Test]
    public void TryCharge_BeyondTheReservedShareAndAnEighthOfTheRest_IsRefused()
    {
        var quota = new SourceQuota(Capacity, Slots, largest: 1);

        Assert.That(quota.TryCharge(new PeerId(1), 200));
        Assert.That(quota.TryCharge(new PeerId(1), 1), Is.False);
        Assert.That((quota.Held, quota.HeldBy(new PeerId(1))), Is.EqualTo((200L, 200L)));
    }

    [Test]
    public void TryCharge_WithinTheReservedShare_IsTakenWhateverOthersHold()
    {
        var quota = new SourceQuota(Capacity, Slots, largest: 1);
        for (int flooder = 1; flooder <= 100; flooder++)
        {
            while (quota.TryCharge(new PeerId(flooder), 10))
            {
                // Until it gets no more.
            }
        }

        Assert.That(quota.HeldBy(new PeerId(8)), Is.EqualTo(200), "the eighth fills what is common");
        Assert.That(quota.HeldBy(new PeerId(9)), Is.EqualTo(100));
        Assert.That(quota.TryCharge(new PeerId(101), 100));
        Assert.That(quota.TryCharge(new PeerId(101), 1), Is.False);
    }

    [Test]
    public void Share_IsNeverBelowTheLargestThing()
    {
        var quota = new SourceQuota(Capacity, Slots, largest: 5_000);

        Assert.That(quota.TryCharge(new PeerId(1), 5_000));
        Assert.That(quota.TryCharge(new PeerId(2), 5_000));
        Assert.That(quota.TryCharge(new PeerId(1), 5_000), "one more in common");
        Assert.That(quota.TryCharge(new PeerId(1), 1), Is.False);
    }

    [Test]
    public void OwnSubmissions_AreCounted_AndTakeNothingOfOthers()
    {
        var quota = new SourceQuota(Capacity, Slots, largest: 1);
        Assert.That(quota.TryCharge(default, 1_000_000));

        Assert.That(quota.Held, Is.EqualTo(1_000_000));
        Assert.That(quota.TryCharge(new PeerId(1), 200));
    }

    [Test]
    public void WhoMakesRoom_IsTheLargestHolder_AndNoneWhereAllHaveLess()
    {
        var quota = new SourceQuota(Capacity, Slots, largest: 1);
        for (int source = 1; source <= 7; source++) quota.TryCharge(new PeerId(source), 195);
        quota.TryCharge(new PeerId(8), 200);
        quota.TryCharge(new PeerId(9), 135);

        Assert.That(quota.TryCharge(new PeerId(10), 160), Is.False, "nothing is left in common");
        Assert.That(quota.WhoMakesRoomFor(new PeerId(10), 160), Is.EqualTo(new PeerId(8)));
        Assert.That(quota.WhoMakesRoomFor(new PeerId(10), 200), Is.Null, "it would be the largest holder itself");
        Assert.That(quota.WhoMakesRoomFor(new PeerId(10), 201), Is.Null, "no one may hold as much");
    }

    [Test]
    public void Random_ChargesAndReleases_CountWhatIsHeld([Values(1, 2, 3)] int seed)
    {
        var random = new Random(seed);
        var quota = new SourceQuota(Capacity, Slots, largest: 30);
        var held = new List<(PeerId Source, long Amount)>();
        for (int i = 0; i < 5_000; i++)
        {
            var source = new PeerId(random.Next(12));
            long amount = random.Next(1, 31);
            if (held.Count == 0 || random.Next(3) > 0)
            {
                if (quota.TryCharge(source, amount)) held.Add((source, amount));
            }
            else
            {
                int index = random.Next(held.Count);
                quota.Release(held[index].Source, held[index].Amount);
                held.RemoveAt(index);
            }

            Assert.That(quota.Held, Is.EqualTo(held.Sum(charge => charge.Amount)), $"seed {seed}");
            Assert.That(quota.HeldBy(source), Is.EqualTo(held.Where(charge => charge.Source == source).Sum(charge => charge.Amount)));
            long others = held.Where(charge => !charge.Source.IsOwn).GroupBy(charge => charge.Source).Sum(charges => Math.Max(0, charges.Sum(charge => charge.Amount) - 100));
            Assert.That(others, Is.LessThanOrEqualTo(800));
        }

        foreach ((PeerId source, long amount) in held) quota.Release(source, amount);
        Assert.That(quota.Held, Is.Zero);
        Assert.That(quota.TryCharge(new PeerId(1), 200), "all of it is free again");
    }
}
