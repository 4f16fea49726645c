using Coniunctum.Consensus.Headers;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;
using static Coniunctum.TestKit.Chains.World;

namespace Coniunctum.Consensus.Tests.Headers;

/// <summary>Trees of this library's own headers; those of Bitcoin's are tested with the node that reads them.</summary>
public sealed class HeaderTreeTests
{
    private static readonly Timestamp s_now = new(1_000_000_000);

    private World _world = null!;
    private Forge _forge = null!;
    private HeaderProfile _profile = null!;

    [SetUp]
    public void CreateWorld() => Use(new World(ProfileOf(StandardFormat.Instance) with { Consensus = new StubSpec() }) { BlockWeight = Work.From(1) });

    [Test]
    public void Append_BatchBehindAnyHeader_MovesTheTipOnlyToMoreWork()
    {
        List<HashedBlock> main = Chain(_forge.Genesis, 12), side = Chain(main[3], 8), longer = Chain(side[^1], 3);
        var tree = HeaderTree.FromGenesis(_profile);
        Assert.That(Append(tree, main), Is.EqualTo(Verdict.Valid));
        Assert.That(Append(tree, side), Is.EqualTo(Verdict.Valid));
        Assert.That((tree.TipId, tree.TipHeight, tree.Work), Is.EqualTo((main[^1].Id, 12UL, Work.From(12))), "of equals the first");
        Assert.That(Append(tree, longer), Is.EqualTo(Verdict.Valid));
        Assert.That((tree.TipId, tree.TipHeight, tree.Work), Is.EqualTo((longer[^1].Id, 15UL, Work.From(15))));
        Assert.That(tree.At(5)!.Value.Id, Is.EqualTo(side[0].Id));
        Assert.That(tree.AncestorOf(main[^1].Id, 5), Is.EqualTo(main[4].Id));
        Assert.That((tree.Find(side[2].Id)!.Height, tree.Find(side[2].Id)!.ChainWeight), Is.EqualTo((7UL, Work.From(7))));
        Assert.That(tree.Count, Is.EqualTo(1 + 12 + 8 + 3));
    }

    [Test]
    public void Judge_HeadsThatAreKnown_ArePassedOver_AndThoseThatDoNotFollowAreRefused()
    {
        List<HashedBlock> chain = Chain(_forge.Genesis, 6);
        var tree = HeaderTree.FromGenesis(_profile);
        Append(tree, chain[..4]);
        HeaderBatch overlapping = tree.Judge(Heads(chain), s_now);
        Assert.That((overlapping.Verdict, overlapping.Count, overlapping.ChainWeight), Is.EqualTo((Verdict.Valid, 2, Work.From(6))));
        HeaderBatch gap = tree.Judge(Heads([chain[4], Chain(chain[0], 1)[0]]), s_now);
        Assert.That((gap.Verdict.Rule, gap.Count), Is.EqualTo((BlockRule.PreviousUnknown, 1)));
        HeaderBatch orphan = tree.Judge(Heads([chain[5]]), s_now);
        Assert.That((orphan.Verdict, orphan.Count), Is.EqualTo((Verdict.MissingParent(chain[4].Id), 0)));
        Assert.That(tree.TipId, Is.EqualTo(chain[3].Id), "judging changes nothing");
        Assert.That(tree.Judge([], s_now).Verdict, Is.EqualTo(Verdict.Valid));
    }

    [Test]
    public void Judge_AnotherHistoryRoot_IsRefused_OnTheChainAndBehindAnyBranch([Values(0, 1, 62, 63, 64, 65, 100, 129)] int at)
    {
        List<HashedBlock> chain = Chain(_forge.Genesis, 130);
        var tree = HeaderTree.FromGenesis(_profile);
        Append(tree, chain);
        HashedBlock parent = at == 0 ? _forge.Genesis : chain[at - 1];
        HashedBlock right = Next(parent), wrong = Next(parent, header => header with { HistoryRoot = Owner(7).Value });
        Verdict verdict = tree.Judge(Heads([wrong]), s_now).Verdict;
        Assert.That((verdict.Kind, verdict.Rule), Is.EqualTo((VerdictKind.Invalid, BlockRule.HistoryRootMismatch)));
        Assert.That(Append(tree, [right, Next(right)]), Is.EqualTo(Verdict.Valid));
        Assert.That(tree.PartlyChecked, Is.Zero);
        Assert.That(tree.Find(right.Id)!.History!.Root, Is.EqualTo(Next(right).Header.HistoryRoot));
    }

    [TestCase("height")]
    [TestCase("time")]
    [TestCase("target")]
    [TestCase("proof")]
    [TestCase("future")]
    [TestCase("certificate")]
    [TestCase("none")]
    public void Judge_OneFault_SaysWhatTheEngineSays(string fault)
    {
        Use(new World(StandardFormat.Instance));
        List<HashedBlock> chain = _forge.Chain(_forge.Genesis, 12);
        HashedBlock next = _forge.Next(chain[^1], change: header => fault switch
        {
            "height" => header with { Height = header.Height + 1 },
            "time" => header with { Timestamp = chain[3].Header.Timestamp },
            "target" => header with { Target = Owner(0x7e).Value },
            "future" => header with { Timestamp = s_now.Plus(TimeSpan.FromDays(1)) },
            _ => header,
        });
        if (fault == "proof")
        {
            BlockHeader header = next.Header;
            while (_world.Profile.Format.Digest(header) < header.Target) header = header with { Nonce = header.Nonce + 1 };
            next = _forge.Hash(Forge.With(next.Block, header));
        }

        if (fault == "certificate") next = _forge.Hash(Forge.With(next.Block, certificate: [0xc0]));
        var node = new ChainHarness(_world) { Now = s_now };
        node.DeliverAll(chain);
        var tree = HeaderTree.FromGenesis(_profile);
        Append(tree, chain);
        Verdict said = tree.Judge(Heads([next]), s_now).Verdict;
        Assert.That(said, Is.EqualTo(node.Deliver(next)));
        Assert.That(said.IsValid, Is.EqualTo(fault == "none"));
    }

    [Test]
    public void Append_BatchWhoseSignaturesAreNotVerified_Throws_AndWithABadOneAppendsWhatIsBeforeIt()
    {
        Use(UnderAuthority());
        List<HashedBlock> chain = [];
        for (int i = 0; i < 5; i++) chain.Add(_forge.Next(i == 0 ? _forge.Genesis : chain[^1], seal: _forge.SealedBy(i == 3 ? Bob : Alice)));
        var tree = HeaderTree.FromGenesis(_profile);
        HeaderBatch batch = tree.Judge(Heads(chain), s_now);
        Assert.That((batch.Verdict, batch.Count, batch.Claims.Length), Is.EqualTo((Verdict.Valid, 5, 5)));
        Assert.That(() => tree.Append(batch), Throws.ArgumentException);
        Assert.That(() => batch.TakeAnswers([]), Throws.ArgumentException);
        Assert.That((tree.TipHeight, tree.Count), Is.EqualTo((0UL, 1)), "what is not proven weighs nothing");

        Verdict verdict = batch.TakeAnswers(SignatureVerifier.Recover(_world.Profile.Signatures, batch.Claims.AsSpan()));
        Assert.That((verdict.Rule, batch.Count, batch.IsProven), Is.EqualTo((BlockRule.SealInvalid, 3, true)));
        Assert.That(tree.Append(batch), Is.True);
        Assert.That(tree.TipId, Is.EqualTo(chain[2].Id));
    }

    [Test]
    public void Append_BatchWhoseParentIsGone_OrThatAnotherBrought_IsRefused()
    {
        List<HashedBlock> chain = Chain(_forge.Genesis, 4);
        var tree = HeaderTree.FromGenesis(_profile);
        Append(tree, chain[..2]);
        HeaderBatch late = tree.Judge(Heads(chain[2..]), s_now), same = tree.Judge(Heads(chain[2..]), s_now);
        Assert.That(tree.Append(late), Is.True);
        Assert.That(tree.Append(same), Is.False);
        HeaderBatch orphaned = tree.Judge(Heads([Next(chain[1])]), s_now);
        Assert.That(tree.Remove(chain[1].Id), Is.EqualTo(3));
        Assert.That(tree.Append(orphaned), Is.False);
        Assert.That((tree.TipId, tree.Count), Is.EqualTo((chain[0].Id, 2)));
    }

    [Test]
    public void Remove_AnInvalidBranch_LeavesTheBestOfTheRest()
    {
        List<HashedBlock> main = Chain(_forge.Genesis, 5), side = Chain(main[1], 2), other = Chain(main[1], 2);
        var tree = HeaderTree.FromGenesis(_profile);
        foreach (List<HashedBlock> branch in (List<HashedBlock>[])[main, side, other]) Append(tree, branch);
        Assert.That(tree.Remove(main[2].Id), Is.EqualTo(3));
        Assert.That(tree.TipId, Is.EqualTo(side[^1].Id), "of equals the first");
        Assert.That(tree.Remove(main[2].Id), Is.Zero);
        Assert.That(() => tree.Remove(_forge.Genesis.Id), Throws.ArgumentException);
    }

    [Test]
    public void From_TheLastHeadersOfAStore_GoesOnAsTheWholeTreeDoes([Values(0, 1, 57, 99)] int from)
    {
        List<HashedBlock> chain = Chain(_forge.Genesis, 110);
        using var store = new MemoryChainStore();
        var node = new ChainHarness(_world, store: store);
        node.DeliverAll(chain[..100]);
        var whole = HeaderTree.FromGenesis(_profile);
        Append(whole, chain);

        HistorySummits history = HistorySummits.After((ulong)from + 1, store.ReadSummits, store.ReadHeads);
        ChainedHeader[] line = [.. store.ReadHeads((ulong)from, 200).Select((head, i) => new ChainedHeader(
            HeaderView.Of(head.Height == 0 ? _forge.Genesis : chain[(int)head.Height - 1]),
            ((ConsensusSpec)_world.Profile.Consensus).ReadState(head.RuleState), head.ChainWeight, i == 0 ? history : null))];
        var tree = HeaderTree.From(_profile, line);
        Assert.That((tree.TipId, tree.Work, tree.Count), Is.EqualTo((chain[99].Id, Work.From(100), 101 - from)));
        Assert.That(Append(tree, chain[100..]), Is.EqualTo(Verdict.Valid));
        Assert.That((tree.TipId, tree.Work, tree.Tip.History!.Root), Is.EqualTo((whole.TipId, whole.Work, whole.Tip.History!.Root)));
        Assert.That(tree.PartlyChecked, Is.Zero);
        HashedBlock wrong = Next(chain[^1], header => header with { HistoryRoot = default });
        Assert.That(tree.Judge(Heads([wrong]), s_now).Verdict.Rule, Is.EqualTo(BlockRule.HistoryRootMismatch));
        Assert.That(() => HeaderTree.From(_profile, [line[0], line[^1]]), line.Length == 2 ? Throws.Nothing : Throws.ArgumentException);
        Assert.That(() => HeaderTree.From(_profile, []), Throws.ArgumentException);
    }

    [Test]
    public void From_WithoutAHistoryTree_ComparesNoRoots_AndCountsThat()
    {
        List<HashedBlock> chain = Chain(_forge.Genesis, 5);
        var tree = HeaderTree.From(_profile, [new ChainedHeader(HeaderView.Of(chain[2]), new StubSpec.SealedBy(default), Work.From(3))]);
        Assert.That(Append(tree, chain[3..]), Is.EqualTo(Verdict.Valid));
        Assert.That((tree.PartlyChecked, tree.Tip.History), Is.EqualTo((2L, (HistorySummits?)null)));
    }

    [Test]
    public void Locator_GoesByOneAndThenEverWider_ToTheFirst()
    {
        List<HashedBlock> chain = Chain(_forge.Genesis, 60);
        var tree = HeaderTree.FromGenesis(_profile);
        Append(tree, chain);
        int[] heights = [60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 49, 45, 37, 21, 0];
        Assert.That(tree.Locator(), Is.EqualTo(heights.Select(IdAt)));
        Assert.That(tree.Locator(chain[1].Id), Is.EqualTo(((int[])[2, 1, 0]).Select(IdAt)));
        Assert.That(tree.Locator(_forge.Genesis.Id), Is.EqualTo(new[] { _forge.Genesis.Id }));

        // A tree that knows its last headers only asks for those below; the last place is the first block's, however far.
        var high = new ChainedHeader(HeaderView.Of(chain[^1]) with { Header = chain[^1].Header with { Height = 1UL << 62 } }, new StubSpec.SealedBy(default), Work.From(9));
        var tall = HeaderTree.From(_profile, [high]);
        var asked = new List<ulong>();
        Assert.That(tall.Locator(below: height => { asked.Add(height); return chain[0].Id; }), Has.Length.EqualTo(32));
        Assert.That(asked[^1], Is.Zero);
        Assert.That(tall.Locator(), Is.EqualTo(new[] { chain[^1].Id }));

        BlockId IdAt(int height) => height == 0 ? _forge.Genesis.Id : chain[height - 1].Id;
    }

    [Test]
    public void MaxSides_WhenThereAreMore_TheLightestBranchesGoWhole()
    {
        List<HashedBlock> main = Chain(_forge.Genesis, 10);
        var tree = HeaderTree.FromGenesis(_profile, new HeaderTreeOptions { MaxSides = 20 });
        Append(tree, main);
        List<HashedBlock>[] sides = [.. Enumerable.Range(0, 6).Select(i => Chain(main[i], 4))];
        foreach (List<HashedBlock> side in sides.Reverse()) Append(tree, side);
        Assert.That(tree.Count, Is.InRange(11 + 12, 11 + 20));
        Assert.That(tree.TipId, Is.EqualTo(main[^1].Id));
        Assert.That(main.All(block => tree.Contains(block.Id)));
        Assert.That(sides[5].All(block => tree.Contains(block.Id)), "the heaviest stays");
        Assert.That(sides[0].Any(block => tree.Contains(block.Id)), Is.False);
    }

    [Test]
    public void RandomBatches_WithinBounds_KeepTheChainOfMostWork()
    {
        const int seed = 20261129;
        TestContext.Out.WriteLine(Invariant($"seed {seed}"));
        var random = new Random(seed);
        List<HashedBlock> blocks = [_forge.Genesis];
        var weights = new Dictionary<BlockId, ulong> { [_forge.Genesis.Id] = 0 };
        var tree = HeaderTree.FromGenesis(_profile, new HeaderTreeOptions { MaxSides = 40 });
        BlockId best = _forge.Genesis.Id;
        for (int i = 0; i < 150; i++)
        {
            HashedBlock parent = blocks[random.Next(Math.Max(0, blocks.Count - 30), blocks.Count)];
            if (!tree.Contains(parent.Id)) continue;
            List<HashedBlock> batch = Chain(parent, random.Next(1, 5));
            Assert.That(Append(tree, batch), Is.EqualTo(Verdict.Valid));
            blocks.AddRange(batch);
            foreach (HashedBlock block in batch)
            {
                weights[block.Id] = block.Header.Height;
                if (block.Header.Height > weights[best]) best = block.Id;
            }

            Assert.That(tree.TipId, Is.EqualTo(best));
            Assert.That(tree.Count - (int)tree.TipHeight - 1, Is.LessThanOrEqualTo(40));
        }
    }

    private static IReadOnlyList<ReceivedHead> Heads(IEnumerable<HashedBlock> blocks) => [.. blocks.Select(block => new ReceivedHead(HeaderView.Of(block), block.Block.Certificate))];

    private static Verdict Append(HeaderTree tree, IEnumerable<HashedBlock> blocks)
    {
        HeaderBatch batch = tree.Judge(Heads(blocks), s_now);
        Assert.That(tree.Append(batch), Is.True);
        return batch.Verdict;
    }

    private void Use(World world) => (_world, _forge, _profile) = (world, new Forge(world), HeaderProfile.Of(world.Profile));

    private HashedBlock Next(HashedBlock parent, Func<BlockHeader, BlockHeader>? change = null) => _forge.Next(parent, change: change, seal: _forge.Hash);

    private List<HashedBlock> Chain(HashedBlock parent, int length)
    {
        var chain = new List<HashedBlock>();
        for (int i = 0; i < length; i++) chain.Add(parent = Next(parent));
        return chain;
    }
}
