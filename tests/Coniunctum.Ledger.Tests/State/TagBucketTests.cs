using Coniunctum.Ledger.State;

namespace Coniunctum.Ledger.Tests.State;

public sealed class TagBucketTests
{
    [TestCase(60, 20_000, 0x7a60)]
    [TestCase(20_000, 120_000, 0x7a61)]
    public void AddAndRemove_RandomSteps_EqualAHashSet(int different, int steps, int seed)
    {
        TestContext.Out.WriteLine(Invariant($"seed {seed}"));
        var random = new Random(seed);

        // Some share the bits that an index looks at first.
        UInt128[] all = [.. Enumerable.Range(0, different).Select(i => new UInt128(
            (ulong)random.NextInt64() << (i % 3 == 0 ? 32 : 0), (ulong)random.NextInt64() & (i % 5 == 0 ? 3UL : ulong.MaxValue))).Distinct()];
        var bucket = new TagBucket();
        var model = new HashSet<UInt128>();
        var copies = new List<(TagBucket.Copy Copy, UInt128[] Then)>();
        for (int step = 0; step < steps; step++)
        {
            UInt128 fingerprint = all[random.Next(all.Length)];
            double growth = step / (steps / 4) % 2 == 0 ? 0.8 : 0.3;
            if (random.NextDouble() < growth)
                Assert.That(bucket.Add(fingerprint), Is.EqualTo(model.Add(fingerprint)));
            else
                Assert.That(bucket.Remove(fingerprint), Is.EqualTo(model.Remove(fingerprint)));
            Assert.That(bucket.Contains(all[step % all.Length]), Is.EqualTo(model.Contains(all[step % all.Length])));
            Assert.That(bucket.Count, Is.EqualTo(model.Count));
            if (step % (steps / 20) == 0) copies.Add((bucket.CopyNow(), bucket.ToArray()));
        }

        Assert.That(bucket.ToArray(), Is.EquivalentTo(model));
        Assert.That(all.Where(bucket.Contains), Is.EquivalentTo(model));
        foreach ((TagBucket.Copy copy, UInt128[] then) in copies)
            Assert.That(Enumerable.Range(0, copy.Count).Select(i => copy[i]), Is.EqualTo(then), "a copy stays as it was");
        foreach (UInt128 fingerprint in model) Assert.That(bucket.Remove(fingerprint), Is.True);
        Assert.That(bucket.Count, Is.Zero);
        Assert.That(all.Any(bucket.Contains), Is.False);
    }
}
