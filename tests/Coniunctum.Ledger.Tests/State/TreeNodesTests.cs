using System.Runtime.CompilerServices;
using Coniunctum.Crypto;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Tests.Support;

namespace Coniunctum.Ledger.Tests.State;

/// <summary>No node is lost, and none is used again while someone may see it.</summary>
public sealed class TreeNodesTests
{
    [TestCase(0, 0x40de1)]
    [TestCase(3, 0x40de2)]
    public void InUse_AfterDraftsAndSnapshotsAreGone_IsWhatTheTreeHas(int applicationsIn, int seed)
    {
        TestContext.Out.WriteLine(Invariant($"seed {seed}"));
        var random = new Random(seed);
        Hash256[] keys = [.. Enumerable.Range(0, 3_000).Select(_ => Samples.DrawHash(random))];
        var model = new TreeModel(applicationsIn);
        var nodes = new TreeNodes();
        StateTree tree = model.Change(keys, random, growth: 0.7).DoForGood(StateTree.Empty, nodes);
        tree = Wander(tree, model, nodes, keys, random);
        Settle(nodes);
        Assert.That(nodes.InUse, Is.EqualTo(CountNodes(tree)));
        model.AssertEqual(tree);
    }

    [TestCase(0, 0x40de5)]
    [TestCase(3, 0x40de6)]
    public void Share_LeasesGivenBackInAnyOrder_FreeTheirNodesAtTheNextMove(int applicationsIn, int seed)
    {
        TestContext.Out.WriteLine(Invariant($"seed {seed}"));
        var random = new Random(seed);
        Hash256[] keys = [.. Enumerable.Range(0, 2_000).Select(_ => Samples.DrawHash(random))];
        var model = new TreeModel(applicationsIn);
        var nodes = new TreeNodes();
        StateTree tree = model.Change(keys, random, growth: 0.7).DoForGood(StateTree.Empty, nodes);
        var kept = new List<(StateTree Tree, TreeLease Lease, TreeModel Model)>();
        var all = new List<StateTree>();
        for (int step = 0; step < 60; step++)
        {
            random.Shuffle(keys);
            kept.Add((nodes.Share(tree, out TreeLease lease), lease, new TreeModel(model)));
            all.Add(kept[^1].Tree);
            if (kept.Count > random.Next(6))
            {
                int index = random.Next(kept.Count);
                kept[index].Lease.Release();
                kept[index].Lease.Release();
                kept.RemoveAt(index);
            }

            tree = model.Change(keys.Take(random.Next(100)), random, growth: 0.5).DoForGood(tree, nodes);
            foreach ((StateTree then, _, TreeModel modelThen) in kept) modelThen.AssertEqual(then);
        }

        foreach ((_, TreeLease lease, _) in kept) lease.Release();
        nodes.TryAdopt(nodes.BeginDraft().Now);
        Assert.That(nodes.InUse, Is.EqualTo(CountNodes(tree)), "although all the trees are held");
        model.AssertEqual(tree);
        GC.KeepAlive(all);
    }

    [Test]
    public void With_DraftOfAnotherMove_IsRefused()
    {
        const int seed = 0x40de3;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var model = new TreeModel(0);
        var nodes = new TreeNodes();
        TreeModel.Changes changes = model.Change([Samples.DrawHash(random)], random, growth: 1);
        TreeDraft late = nodes.BeginDraft();
        StateTree tree = changes.DoForGood(StateTree.Empty, nodes);

        Assert.That(late.IsGone);
        Assert.That(nodes.TryAdopt(late.Now), Is.False);
        Assert.That(() => StateTree.Empty.With(changes.Accounts, [], isHashed: false, late), Throws.InvalidOperationException);
        TreeModel.Changes more = model.Change([Samples.DrawHash(random)], random, growth: 1);
        Assert.That(() => tree.With(more.Accounts, [], isHashed: false, new TreeNodes().BeginDraft()), Throws.InvalidOperationException, "other nodes");
        Assert.That(() => tree.With(more.Accounts, [], isHashed: false, nodes.BeginDraft()), Throws.Nothing);
    }

    [Test]
    public void Apply_TotalOfAnOverlayWhoseTipHasMovedAndComeBack_MakesTheTreeAgain()
    {
        var random = new Random(0x40de4);
        var state = new LedgerState(TestChain.ProfileOf(Ledger.Formats.StandardFormat.Instance).Format.Traits, default);
        Address[] owners = [.. Enumerable.Range(0, 200).Select(_ => new Address(Samples.DrawHash(random)))];
        state.Apply(Pay(state, owners, 5));
        StateDelta early = Pay(state, owners[..50], 9);
        StateDelta other = Pay(state, owners[100..], 7);
        Hash256 root = early.After.StateRoot;
        state.Apply(other);
        state.Apply(other.Reverse());
        state.Apply(early);

        Assert.That(state.Tree.Root, Is.EqualTo(root));
        Assert.That(state.BalanceOf(owners[0]), Is.EqualTo(9));
        Assert.That(state.BalanceOf(owners[150]), Is.EqualTo(5));
    }

    private static StateDelta Pay(LedgerState state, Address[] owners, ulong balance)
    {
        var overlay = new StateOverlay(state);
        foreach (Address owner in owners) overlay.SetBalance(owner, balance);
        overlay.EndBlock(state.Height + 1, HistoryTree.Empty, []);
        return overlay.Total();
    }

    /// <summary>Moves a tip to and fro, with snapshots that come and go. Not inlined, so that nothing here is held afterwards.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static StateTree Wander(StateTree tree, TreeModel model, TreeNodes nodes, Hash256[] keys, Random random)
    {
        var snapshots = new List<(StateTree Tree, TreeModel Model)>();
        for (int step = 0; step < 300; step++)
        {
            random.Shuffle(keys);
            int count = random.Next(100);
            Discard(tree, new TreeModel(model).Change(keys.Take(count), random, growth: 0.5), nodes);
            if (random.Next(8) == 0) snapshots.Add((nodes.Share(tree), new TreeModel(model)));

            // In any order, so that nodes wait with one snapshot after another.
            if (snapshots.Count > 4) snapshots.RemoveAt(random.Next(snapshots.Count));
            if (step % 20 == 0) GC.Collect();
            tree = model.Change(keys.Take(count), random, growth: 0.5).DoForGood(tree, nodes);
            if (step % 20 == 10)
            {
                foreach ((StateTree then, TreeModel modelThen) in snapshots) modelThen.AssertEqual(then);
            }
        }

        Assert.That(snapshots, Is.Not.Empty);
        Assert.That(nodes.InUse, Is.GreaterThan(CountNodes(tree)), "the snapshots hold some");
        return tree;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Discard(StateTree tree, TreeModel.Changes changes, TreeNodes nodes) =>
        tree.With(changes.Accounts, changes.Entries, isHashed: true, nodes.BeginDraft());

    private static void Settle(TreeNodes nodes)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        nodes.TryAdopt(nodes.BeginDraft().Now);
    }

    private static int CountNodes(StateTree tree) => CountNodes(tree.Nodes!, tree.Top);

    private static int CountNodes(TreeNodes nodes, Subtree node)
    {
        if (node.IsNone) return 0;
        int count = 1;
        if (!node.IsBranch) return count;
        foreach (Subtree child in nodes.Branch(node).Children) count += CountNodes(nodes, child);
        return count;
    }
}
