using Coniunctum.Crypto;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Tests.Support;

namespace Coniunctum.Ledger.Tests.State;

public sealed class StateTreeTests
{
    [SetUp]
    public void RequireSha3() => Plain.RequireSha3();

    [TestCase(100, 40, 0, 300, 0x57a7e1)]
    [TestCase(100, 40, 2, 300, 0x57a7e2)]
    [TestCase(3_000, 200, 0, 300, 0x57a7e3)]
    [TestCase(3_000, 200, 3, 300, 0x57a7e4)]
    [TestCase(20_000, 5_000, 0, 30, 0x57a7ea)]
    [TestCase(20_000, 5_000, 9, 30, 0x57a7eb)]
    public void With_RandomBatches_EqualsTheNaiveTree(int keyCount, int largestBatch, int applicationsIn, int steps, int seed)
    {
        TestContext.Out.WriteLine(Invariant($"seed {seed}"));
        var random = new Random(seed);
        Hash256[] keys = [.. Enumerable.Range(0, keyCount).Select(i => i % 4 == 0 ? Near(random) : Samples.DrawHash(random)).Distinct()];
        var model = new TreeModel(applicationsIn);
        StateTree tree = StateTree.Empty;
        for (int step = 0; step < steps; step++)
        {
            // Phases of growth and of shrinking.
            double growth = step * 5 / steps % 2 == 0 ? 0.8 : 0.2;
            random.Shuffle(keys);
            TreeModel.Changes changes = model.Change(keys.Take(random.Next(largestBatch)), random, growth);
            StateTree before = tree;
            tree = changes.Do(tree);
            if (step % 5 == 0) model.AssertEqual(tree);
            if (step % 10 == 0) Assert.That(changes.Undo(tree).Root, Is.EqualTo(before.Root), "undone");
        }

        tree = model.Change(keys, random, growth: 0).Do(tree);
        Assert.That(tree.Root, Is.EqualTo(Hash256.Zero));
        Assert.That(tree.Top.IsNone);
        Assert.That(tree.AccountCount + tree.EntryCount, Is.Zero);
    }

    [TestCase(0)]
    [TestCase(3)]
    public void With_ManyAtOnce_EqualsTheNaiveTree(int applicationsIn)
    {
        // So many that the root is computed piece by piece, and beyond what a tree's own buffers are for.
        const int seed = 0x57a7e5;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var model = new TreeModel(applicationsIn);
        StateTree tree = model.Change(Enumerable.Range(0, 40_000).Select(_ => Samples.DrawHash(random)), random, growth: 1).Do(StateTree.Empty);
        model.AssertEqual(tree);
    }

    [TestCase(0)]
    [TestCase(2)]
    public void Root_KeysThatDifferInTheLastBits_EqualsTheNaiveTree(int applicationsIn)
    {
        // More than one array holds, all of them equal but for the last bits.
        Hash256[] keys = [.. Enumerable.Range(0, 16).Select(i => new Hash256([.. Plain.Fill(0xaa).ToArray()[..31], (byte)i]))];
        var model = new TreeModel(applicationsIn);
        var random = new Random(1);
        StateTree two = model.Change(keys.Take(2), random, growth: 1).Do(StateTree.Empty);
        model.AssertEqual(two);
        StateTree all = model.Change(keys.Skip(2), random, growth: 1).Do(two);
        model.AssertEqual(all);
        StateTree one = model.Change(keys.Skip(1), random, growth: 0).Do(all);
        model.AssertEqual(one);
        Assert.That(one.Top.IsOneLeaf, "branches fold back to the leaf");
    }

    [Test]
    public void With_OlderTree_StaysAsItWas()
    {
        const int seed = 0x57a7e6;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var model = new TreeModel(applicationsIn: 5);
        Hash256[] keys = [.. Enumerable.Range(0, 500).Select(_ => Samples.DrawHash(random))];
        StateTree before = model.Change(keys, random, growth: 1).Do(StateTree.Empty);
        var modelBefore = new TreeModel(model);
        StateTree after = before;
        for (int i = 0; i < 20; i++)
        {
            after = model.Change(keys.Skip(i * 25).Take(30), random, growth: 0.5).Do(after);
            if (i % 2 == 0) model.AssertEqual(after);
        }

        model.AssertEqual(after);
        modelBefore.AssertEqual(before);
    }

    [TestCase(0, 0x57a7e8)]
    [TestCase(3, 0x57a7e9)]
    public void With_NodesGivenBack_DisturbsNeitherTreeNorSnapshots(int applicationsIn, int seed)
    {
        TestContext.Out.WriteLine(Invariant($"seed {seed}"));
        var random = new Random(seed);
        Hash256[] keys = [.. Enumerable.Range(0, 2_000).Select(i => i % 10 == 0 ? Near(random) : Samples.DrawHash(random)).Distinct()];
        var model = new TreeModel(applicationsIn);
        var nodes = new TreeNodes();
        StateTree tree = StateTree.Empty;
        var snapshots = new List<(StateTree Tree, TreeModel Model)>();
        for (int step = 0; step < 400; step++)
        {
            random.Shuffle(keys);
            TreeModel.Changes changes = model.Change(keys.Take(random.Next(100)), random, step / 80 % 2 == 0 ? 0.8 : 0.3);
            tree = changes.DoForGood(tree, nodes);
            if (step % 3 == 0) model.AssertEqual(tree);
            if (random.Next(20) != 0) continue;
            snapshots.Add((nodes.Share(tree), new TreeModel(model)));
        }

        foreach ((StateTree then, TreeModel modelThen) in snapshots) modelThen.AssertEqual(then);
        Assert.That(snapshots, Has.Count.GreaterThan(10));
    }

    [Test]
    public void With_ChangeThatDoesNotFit_ReplacesNothing()
    {
        var random = new Random(3);
        var model = new TreeModel(applicationsIn: 0);
        Hash256[] keys = [.. Enumerable.Range(0, 500).Select(_ => Samples.DrawHash(random)).Order()];
        StateTree tree = model.Change(keys, random, growth: 1).Do(StateTree.Empty);
        TreeModel.Changes changes = new TreeModel(model).Change(keys.Take(300), random, growth: 1);
        changes.Accounts[250] = changes.Accounts[250] with { Change = changes.Accounts[250].Change with { Before = 7 } };
        TreeNodes nodes = tree.Nodes!;
        int inUse = nodes.InUse;
        TreeDraft draft = nodes.BeginDraft();

        Assert.That(() => tree.With(changes.Accounts, changes.Entries, isHashed: false, draft), Throws.InvalidOperationException);
        Assert.That(draft.Content.ReplacedCount, Is.Zero);
        Assert.That(nodes.InUse, Is.EqualTo(inUse));
    }

    [Test]
    public void With_ChangeThatFoundSomethingElse_Throws()
    {
        StateTree tree = With(StateTree.Empty, [Account(1, 0, 5)], []);
        PlacedAccountChange[] misfits =
        [
            Account(1, 0, 5),
            Account(1, 4, 5),
            Account(1, 6, 0),
            Account(2, 5, 6),
            new(Plain.Fill(1), new AccountChange(new Address(Plain.Fill(9)), 5, 6)),
        ];
        foreach (PlacedAccountChange misfit in misfits)
            Assert.That(() => With(tree, [misfit], []), Throws.InvalidOperationException, $"{misfit}");
        foreach (PlacedEntryChange misfit in new[] { Entry(1, [1], [2]), Entry(1, [], [2]), Entry(2, [1], []) })
            Assert.That(() => With(tree, [], [misfit]), Throws.InvalidOperationException, $"{misfit}");
        Assert.That(() => With(tree, [Account(1, 5, 4)], [Entry(2, [], [1])]), Throws.Nothing);

        StateTree other = With(StateTree.Empty, [], [Entry(1, [], [1, 2])]);
        Assert.That(() => With(other, [], [Entry(1, [1, 3], [1])]), Throws.InvalidOperationException);
        Assert.That(() => With(other, [], [Entry(1, [], [1])]), Throws.InvalidOperationException);
        Assert.That(() => With(other, [Account(1, 0, 1)], []), Throws.InvalidOperationException);
        Assert.That(() => With(other, [], [Entry(1, [1, 2], [1])]), Throws.Nothing);
    }

    [Test]
    public void BalancesAt_ManyKeys_AreThoseOfBalanceAt()
    {
        const int seed = 0x57a7e7;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        foreach (int count in new[] { 0, 1, 8, 300 })
        {
            Hash256[] keys = [.. Enumerable.Range(0, count).Select(_ => Samples.DrawHash(random))];
            StateTree tree = new TreeModel(applicationsIn: 7).Change(keys, random, growth: 1).Do(StateTree.Empty);
            Hash256[] asked = [.. keys, .. Enumerable.Range(0, 20).Select(_ => Samples.DrawHash(random)), .. keys.Take(3)];
            ulong[] balances = new ulong[asked.Length];
            tree.BalancesAt(asked, balances);
            Assert.That(balances, Is.EqualTo(asked.Select(key => tree.BalanceAt(key))));
        }
    }

    private static StateTree With(StateTree tree, PlacedAccountChange[] accounts, PlacedEntryChange[] entries) =>
        tree.With(accounts, entries, isHashed: true, (tree.Nodes ?? new TreeNodes()).BeginDraft());

    private static PlacedAccountChange Account(byte key, ulong before, ulong after) =>
        new(Plain.Fill(key), new AccountChange(new Address(Plain.Fill(key)), before, after));

    private static PlacedEntryChange Entry(byte key, byte[] before, byte[] after) => new(Plain.Fill(key), new EntryChange(7, new[] { key }, before, after));

    /// <summary>A key that shares its first 200 bits and more with others of its kind.</summary>
    private static Hash256 Near(Random random)
    {
        byte[] bytes = Plain.Fill(0x5c).ToArray();
        bytes[random.Next(25, 32)] = (byte)random.Next(256);
        bytes[31] = (byte)random.Next(256);
        return new Hash256(bytes);
    }
}
