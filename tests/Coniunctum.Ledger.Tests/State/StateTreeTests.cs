using Coniunctum.Crypto;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Tests.Support;

namespace Coniunctum.Ledger.Tests.State;

public sealed class StateTreeTests
{
    [SetUp]
    public void RequireSha3() => Plain.RequireSha3();

    [Test]
    public void Root_RandomSetsAndDeletes_EqualsTheNaiveTree()
    {
        const int seed = 0x57a7e1;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        Hash256[] keys = [.. Enumerable.Range(0, 100).Select(i => i % 4 == 0 ? Near(random) : Samples.DrawHash(random))];
        var entries = new Dictionary<Hash256, Hash256>();
        StateTree tree = StateTree.Empty;
        for (int step = 0; step < 2_000; step++)
        {
            Hash256 key = keys[random.Next(keys.Length)];

            // Phases of growth and of shrinking, down to nothing.
            if (random.Next(100) < (step / 400 % 2 == 0 ? 70 : 20))
            {
                entries[key] = Samples.DrawHash(random);
                tree = tree.With(key, entries[key]);
            }
            else
            {
                entries.Remove(key);
                tree = tree.Without(key);
            }

            if (step % 8 == 0) AssertRoot(tree, entries);
        }

        foreach (Hash256 key in keys)
        {
            entries.Remove(key);
            tree = tree.Without(key);
            AssertRoot(tree, entries);
        }

        Assert.That(tree.Root, Is.EqualTo(Hash256.Zero));
    }

    [Test]
    public void Root_KeysThatDifferInTheLastBit_EqualsTheNaiveTree()
    {
        Hash256 left = Plain.Fill(0xaa);
        byte[] bytes = left.ToArray();
        bytes[31] ^= 1;
        var right = new Hash256(bytes);
        StateTree one = StateTree.Empty.With(left, Plain.Fill(1));
        StateTree both = one.With(right, Plain.Fill(2));

        AssertRoot(both, new() { [left] = Plain.Fill(1), [right] = Plain.Fill(2) });
        Assert.That(both.Without(right).Root, Is.EqualTo(one.Root), "256 branches fold back to the leaf");
        AssertRoot(both.Without(left), new() { [right] = Plain.Fill(2) });
    }

    [Test]
    public void Root_AnyOrderOfTheSameEntries_IsTheSame()
    {
        const int seed = 0x57a7e2;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        Hash256[] keys = [.. Enumerable.Range(0, 40).Select(_ => Near(random))];
        var roots = new HashSet<Hash256>();
        for (int round = 0; round < 10; round++)
        {
            random.Shuffle(keys);
            roots.Add(keys.Aggregate(StateTree.Empty, (tree, key) => tree.With(key, key)).Root);
        }

        Assert.That(roots, Has.Count.EqualTo(1));
    }

    [Test]
    public void Without_AbsentKey_IsTheSameTree()
    {
        StateTree tree = StateTree.Empty.With(Plain.Fill(1), Plain.Fill(2)).With(Plain.Fill(3), Plain.Fill(4));

        Assert.That(tree.Without(Plain.Fill(5)), Is.SameAs(tree));
        Assert.That(StateTree.Empty.Without(Plain.Fill(5)), Is.SameAs(StateTree.Empty));
    }

    [Test]
    public void With_OlderTree_StaysAsItWas()
    {
        StateTree before = StateTree.Empty.With(Plain.Fill(1), Plain.Fill(2)).With(Plain.Fill(3), Plain.Fill(4));
        Hash256 root = before.Root;
        StateTree after = before.With(Plain.Fill(1), Plain.Fill(9)).Without(Plain.Fill(3));

        Assert.That(after.Root, Is.Not.EqualTo(root));
        Assert.That(before.Root, Is.EqualTo(root));
        Assert.That(after.With(Plain.Fill(1), Plain.Fill(2)).With(Plain.Fill(3), Plain.Fill(4)).Root, Is.EqualTo(root));
    }

    private static void AssertRoot(StateTree tree, Dictionary<Hash256, Hash256> entries) =>
        Assert.That(
            tree.Root.ToArray(),
            Is.EqualTo(NaiveTrees.StateRoot([.. entries.OrderBy(entry => entry.Key).Select(entry => (entry.Key.ToArray(), entry.Value.ToArray()))], 0)));

    /// <summary>A key that shares its first 200 bits and more with others of its kind.</summary>
    private static Hash256 Near(Random random)
    {
        byte[] bytes = Plain.Fill(0x5c).ToArray();
        bytes[random.Next(25, 32)] = (byte)random.Next(256);
        bytes[31] = (byte)random.Next(256);
        return new Hash256(bytes);
    }
}
