using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Consensus.Tests.Pool;

public sealed class FeeOrderTests
{
    private readonly World _world = new(StandardFormat.Instance);

    [Test]
    public void RandomOperations_AgreeWithASortedList()
    {
        const int seed = 4_711;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var order = new FeeOrder();
        var expected = new List<PoolEntry>();
        PoolEntry[] entries = MakeEntries(6_000, () => (ulong)random.Next(300));
        for (int phase = 0; phase < 8; phase++)
        {
            // It grows and shrinks in turns, by random ones or by the cheapest.
            foreach (PoolEntry entry in entries.Except(expected).ToArray())
            {
                if (random.Next(3) == 0) continue;
                order.Add(entry);
                expected.Add(entry);
            }

            AssertSame(order, expected);
            for (int pruner = random.Next(expected.Count + 1); pruner > 0; pruner--)
            {
                PoolEntry entry = phase % 2 == 0 ? order.Cheapest : expected[random.Next(expected.Count)];
                order.Remove(entry);
                expected.Remove(entry);
            }

            AssertSame(order, expected);
        }
    }

    [Test]
    public void Rates_ThatDifferByTheLeastPossible_AreTold()
    {
        // Two fees for a byte are closest when their cross products differ by one.
        Transaction body = _world.Pay(World.Alice, World.Bob, 1);
        PoolEntry a = Entry(2_997_906_000_000_008_190, 8_191);
        PoolEntry b = Entry(2_998_272_000_000_008_191, 8_192);
        Assert.That(((UInt128)b.Body.Fee * 8_191) - ((UInt128)a.Body.Fee * 8_192), Is.EqualTo(UInt128.One));
        Assert.That(b.FeeRate, Is.GreaterThan(a.FeeRate));
        Assert.That(Entry(200, 100).FeeRate, Is.EqualTo(Entry(400, 200).FeeRate), "equal ones are equal");

        PoolEntry Entry(ulong fee, int size)
        {
            var transaction = new Transaction { Tag = body.Tag, Sender = body.Sender, Receiver = body.Receiver, Amount = 1, Fee = fee };
            return new PoolEntry(new HashedTransaction(transaction, default, default, size), expires: true);
        }
    }

    [Test]
    public void Runs_WhateverIsRemoved_StayInProportion()
    {
        var order = new FeeOrder();
        PoolEntry[] entries = MakeEntries(20_000, () => 0);
        foreach (PoolEntry entry in entries) order.Add(entry);

        // What would leave one in each run if runs were never joined.
        for (int i = 0; i < entries.Length; i++)
        {
            if (i % 100 != 0) order.Remove(entries[i]);
        }

        Assert.That(order.Count, Is.EqualTo(200));
        Assert.That(order.RunCount, Is.LessThanOrEqualTo(10));
        Assert.That(order.BestFirst, Is.EqualTo(entries.Where((_, i) => i % 100 == 0)));
    }

    [Test]
    public void TheSameTwice_OrWhatIsNotThere_Throws()
    {
        var order = new FeeOrder();
        PoolEntry[] entries = MakeEntries(2, () => 1);
        order.Add(entries[0]);
        Assert.That(() => order.Add(entries[0]), Throws.InvalidOperationException);
        Assert.That(() => order.Remove(entries[1]), Throws.InvalidOperationException);
        order.Remove(entries[0]);
        Assert.That(() => order.Remove(entries[0]), Throws.InvalidOperationException);
        Assert.That(order.RunCount, Is.Zero);
    }

    private PoolEntry[] MakeEntries(int count, Func<ulong> drawFee) =>
        [.. Enumerable.Range(1, count).Select(i => new PoolEntry(_world.Hash(_world.Pay(World.Alice, World.Bob, 1, drawFee())), expires: true) { Arrival = i })];

    private static void AssertSame(FeeOrder order, List<PoolEntry> expected)
    {
        PoolEntry[] sorted = [.. expected.OrderByDescending(entry => entry.FeeRate).ThenBy(entry => entry.Arrival)];
        Assert.That(order.Count, Is.EqualTo(sorted.Length));
        Assert.That(order.BestFirst.SequenceEqual(sorted));
        Assert.That(order.CheapestFirst.SequenceEqual(sorted.Reverse()));
        if (sorted.Length > 0) Assert.That(order.Cheapest, Is.SameAs(sorted[^1]));
        Assert.That(order.RunCount, Is.LessThanOrEqualTo((sorted.Length / 16) + 1));
    }
}
