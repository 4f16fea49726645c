using Coniunctum.Crypto;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Tests.Support;

namespace Coniunctum.Ledger.Tests.State;

public sealed class StateTreeTests
{
    [SetUp]
    public void RequireSha3() => Plain.RequireSha3();

    [TestCase(100, 40, 0x57a7e1)]
    [TestCase(3_000, 200, 0x57a7e2)]
    public void With_RandomBatches_EqualsTheNaiveTree(int keyCount, int largestBatch, int seed)
    {
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        Hash256[] keys = [.. Enumerable.Range(0, keyCount).Select(i => i % 4 == 0 ? Near(random) : Samples.DrawHash(random)).Distinct()];
        var model = new Model();
        StateTree tree = StateTree.Empty;
        for (int step = 0; step < 300; step++)
        {
            // Phases of growth and of shrinking.
            double growth = step / 60 % 2 == 0 ? 0.8 : 0.2;
            random.Shuffle(keys);
            StateChange[] changes = model.Change(keys.Take(random.Next(largestBatch)), random, growth);
            StateTree before = tree;
            tree = tree.With(changes);
            if (step % 5 == 0) model.AssertEqual(tree);
            if (step % 50 == 0) Assert.That(tree.With(Reversed(changes)).Root, Is.EqualTo(before.Root), "undone");
        }

        StateChange[] end = model.Change(keys, random, growth: 0);
        tree = tree.With(end);
        Assert.That(tree.Root, Is.EqualTo(Hash256.Zero));
        Assert.That(tree.Accounts + tree.ApplicationEntries, Is.Zero);
        Assert.That(tree.Entries, Is.Empty);
    }

    [Test]
    public void Of_SortedEntries_IsTheTreeThatGrewByChanges()
    {
        const int seed = 0x57a7e3;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        foreach (int count in new[] { 0, 1, 2, 8, 9, 100, 20_000 })
        {
            var model = new Model();
            StateTree grown = StateTree.Empty.With(model.Change(Enumerable.Range(0, count).Select(_ => Samples.DrawHash(random)), random, growth: 1));
            StateEntry[] entries = [.. grown.Entries.Select(entry => entry with { Hash = default })];
            foreach (bool isHashed in new[] { false, true })
            {
                var built = StateTree.Of(entries, isHashed);
                model.AssertEqual(built);
                Assert.That(built.Root, Is.EqualTo(grown.Root));
                Assert.That((built.Accounts, built.ApplicationEntries), Is.EqualTo((grown.Accounts, grown.ApplicationEntries)));
            }
        }
    }

    [Test]
    public void Root_KeysThatDifferInTheLastBit_EqualsTheNaiveTree()
    {
        // More than one array holds, all of them equal but for the last bits.
        Hash256[] keys = [.. Enumerable.Range(0, 16).Select(i => new Hash256([.. Plain.Fill(0xaa).ToArray()[..31], (byte)i]))];
        var model = new Model();
        var random = new Random(1);
        StateTree two = StateTree.Empty.With(model.Change(keys.Take(2), random, growth: 1));
        model.AssertEqual(two);
        StateTree all = two.With(model.Change(keys.Skip(2), random, growth: 1));
        model.AssertEqual(all);
        StateTree one = all.With(model.Change(keys.Skip(1), random, growth: 0));
        model.AssertEqual(one);
        Assert.That(one.Root, Is.Not.EqualTo(two.Root), "branches fold back to the leaf");
    }

    [Test]
    public void With_OlderTree_StaysAsItWas()
    {
        const int seed = 0x57a7e4;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var model = new Model();
        Hash256[] keys = [.. Enumerable.Range(0, 500).Select(_ => Samples.DrawHash(random))];
        StateTree before = StateTree.Empty.With(model.Change(keys, random, growth: 1));
        Hash256 root = before.Root;
        StateEntry[] entries = [.. before.Entries];
        StateTree after = before;
        for (int i = 0; i < 20; i++) after = after.With(model.Change(keys.Skip(i * 25).Take(30), random, growth: 0.5));

        model.AssertEqual(after);
        Assert.That(before.Root, Is.EqualTo(root));
        Assert.That(before.Entries, Is.EqualTo(entries));
    }

    [Test]
    public void With_ChangeThatFoundSomethingElse_Throws()
    {
        StateChange set = Account(1, 0, 5);
        StateTree tree = StateTree.Empty.With([set]);
        StateChange[] misfits =
        [
            set,
            Account(1, 4, 5),
            Account(1, 6, 0),
            Account(2, 5, 6),
            set with { Before = 5, After = 6, Owner = new Address(Plain.Fill(9)) },
            Application(1, [1], [2]),
            Application(2, [1], null),
        ];
        foreach (StateChange misfit in misfits)
            Assert.That(() => tree.With([misfit]), Throws.InvalidOperationException, $"{misfit}");
        Assert.That(() => tree.With([Account(1, 5, 4)]), Throws.Nothing);

        StateTree other = StateTree.Empty.With([Application(1, null, [1, 2])]);
        Assert.That(() => other.With([Application(1, [1, 3], [1])]), Throws.InvalidOperationException);
        Assert.That(() => other.With([Account(1, 0, 1)]), Throws.InvalidOperationException);
        Assert.That(() => other.With([Application(1, [1, 2], [1])]), Throws.Nothing);
    }

    [Test]
    public void BalancesAt_ManyKeys_AreThoseOfBalanceAt()
    {
        const int seed = 0x57a7e5;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        foreach (int count in new[] { 0, 1, 8, 300 })
        {
            Hash256[] keys = [.. Enumerable.Range(0, count).Select(_ => Samples.DrawHash(random))];
            StateTree tree = StateTree.Empty.With(new Model().Change(keys, random, growth: 1));
            Hash256[] asked = [.. keys, .. Enumerable.Range(0, 20).Select(_ => Samples.DrawHash(random)), .. keys.Take(3)];
            ulong[] balances = new ulong[asked.Length];
            tree.BalancesAt(asked, balances);
            Assert.That(balances, Is.EqualTo(asked.Select(key => tree.BalanceAt(key))));
        }
    }

    private static StateChange Account(byte key, ulong before, ulong after) => new(Plain.Fill(key), new Address(Plain.Fill(key)), before, after);

    private static StateChange Application(byte key, byte[]? before, byte[]? after) => new(Plain.Fill(key), default, 0, 0)
    {
        EntryBefore = before is null ? null : new ApplicationEntry(7, new byte[] { key }, before),
        EntryAfter = after is null ? null : new ApplicationEntry(7, new byte[] { key }, after),
    };

    private static StateChange[] Reversed(StateChange[] changes) => Array.ConvertAll(changes, change => change.Reversed);

    /// <summary>A key that shares its first 200 bits and more with others of its kind.</summary>
    private static Hash256 Near(Random random)
    {
        byte[] bytes = Plain.Fill(0x5c).ToArray();
        bytes[random.Next(25, 32)] = (byte)random.Next(256);
        bytes[31] = (byte)random.Next(256);
        return new Hash256(bytes);
    }

    /// <summary>Entries in a plain dictionary: key to what it holds.</summary>
    private sealed class Model
    {
        private readonly Dictionary<Hash256, StateEntry> _entries = [];

        /// <summary>Sets or deletes, and returns that as changes in rising order of keys.</summary>
        public StateChange[] Change(IEnumerable<Hash256> keys, Random random, double growth) =>
            [.. keys.Order().Select(key => Change(key, random, growth)).Where(change => change.IsReal)];

        public void AssertEqual(StateTree tree)
        {
            StateEntry[] sorted = [.. _entries.Values.OrderBy(entry => entry.Key)];
            Assert.That(
                tree.Root.ToArray(),
                Is.EqualTo(NaiveTrees.StateRoot([.. sorted.Select(entry => (entry.Key.ToArray(), Plain.H(Value(entry))))], 0)));
            Assert.That(
                tree.Entries.Select(entry => (entry.Key, entry.Owner, Convert.ToHexString(Value(entry)))),
                Is.EqualTo(sorted.Select(entry => (entry.Key, entry.Owner, Convert.ToHexString(Value(entry))))));
            Assert.That(tree.Accounts, Is.EqualTo(sorted.Count(entry => entry.Application is null)));
            Assert.That(tree.ApplicationEntries, Is.EqualTo(sorted.Count(entry => entry.Application is not null)));
            foreach (StateEntry entry in sorted.Take(20))
            {
                Assert.That(tree.BalanceAt(entry.Key), Is.EqualTo(entry.Balance));
                Assert.That(tree.ApplicationAt(entry.Key), Is.SameAs(entry.Application));
            }
        }

        private StateChange Change(Hash256 key, Random random, double growth)
        {
            StateEntry before = _entries.GetValueOrDefault(key);
            bool isApplication = (key.AsSpan()[31] & 1) == 1;
            bool isSet = random.NextDouble() < growth;
            var change = new StateChange(key, isApplication ? default : new Address(key), before.Balance, isSet && !isApplication ? (ulong)random.NextInt64(1, long.MaxValue) : 0)
            {
                EntryBefore = before.Application,
                EntryAfter = isSet && isApplication ? new ApplicationEntry(3, key.ToArray(), Samples.DrawBytes(random, random.Next(1, 200))) : null,
            };
            if (change.IsPresent)
                _entries[key] = change.ToEntry();
            else
                _entries.Remove(key);
            return change;
        }

        private static byte[] Value(StateEntry entry) => entry.Application is { } application ? application.Value.ToArray() : Plain.Be(entry.Balance);
    }
}
