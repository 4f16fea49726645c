using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger.Formats;
using static Coniunctum.TestKit.Chains.World;

namespace Coniunctum.Consensus.Tests.Chain;

/// <summary>
/// Sources that send what is worth nothing, as fast as they like, while another sends what is good: it is never answered busy within
/// its share, everything of it is taken, and what is held for the others is bounded.
/// </summary>
[Category("Long")]
public sealed class FloodTests
{
    private const int GoodTransactions = 40;

    private static readonly int s_worthless = Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1" ? 1_000_000 : 20_000;

    private static readonly PeerId s_good = new(100);

    public enum Worthless
    {
        MissignedTransactions,
        UnaffordableTransactions,
    }

    [Test]
    public void Transactions_ThatAreWorthless_KeepNoneOfAnotherSourceOut([Values] Worthless kind, [Values(1, 8)] int flooders)
    {
        var world = new World(StandardFormat.Instance);
        var node = new ChainHarness(world);
        int sent = 0;
        long ticket = 0;
        for (int good = 0; good < GoodTransactions; good++)
        {
            for (int i = 0; i < s_worthless / GoodTransactions; i++)
            {
                Transaction bad = kind == Worthless.MissignedTransactions ? Missign(world.Pay(Bob, Carol, 1)) : world.Pay(Carol, Bob, 1_000_000);
                node.StepOnce(new NodeInput.TransactionArrived(++ticket, world.Hash(bad), MayWait: true, new PeerId(1 + (sent++ % flooders))));
                // Signatures are verified now and then, not after each.
                if (sent % 4_096 == 0) node.AnswerOne();
                if (node.Log.Count > 100_000) node.Log.RemoveAll(effect => effect is not NodeEffect.TransactionJudged judged || judged.From == s_good);
            }

            node.StepOnce(new NodeInput.TransactionArrived(++ticket, world.Hash(world.Pay(Alice, Carol, 1)), MayWait: true, s_good));
        }

        node.Settle();
        NodeEffect.TransactionJudged[] judged = [.. node.Of<NodeEffect.TransactionJudged>()];
        Assert.That(judged.Where(each => each.From == s_good).Select(each => each.Admission), Is.All.EqualTo(Admission.Accepted));
        Assert.That(judged.Count(each => each.From == s_good), Is.EqualTo(GoodTransactions));
        Assert.That(judged.Count(each => each.From != s_good && each.Admission.Rule == PoolRule.Busy), Is.Positive, "the flood was more than fits");
        Assert.That(node.Core.PoolCount, Is.EqualTo(GoodTransactions));
        TestContext.Out.WriteLine(Invariant($"{kind}: {sent} from {flooders}, {GoodTransactions} good ones from another: 0 busy, all accepted"));
    }

    [Test]
    public void Blocks_UnderSealsOfNobody_DelayAnotherSourcesBlockByNoMoreThanABatch([Values(0, 1, 8)] int flooders)
    {
        const int junk = 300;
        const long most = 16L * 1024 * 1024;
        World world = UnderAuthority();
        var forge = new Forge(world);
        var node = new ChainHarness(world, limits: new ChainOptions { MaxUnprovenBytes = most });
        HashedBlock full = forge.Next(forge.Genesis, Enumerable.Range(0, 700).Select(_ => world.Pay(Alice, Carol, 1)), seal: forge.SealedBy(Alice));
        long held = 0;
        for (int i = 0; i < junk && flooders > 0; i++)
        {
            BlockHeader header = full.Header with { Timestamp = full.Header.Timestamp.Plus(TimeSpan.FromSeconds(i + 1)) };
            HashedBlock fake = forge.Hash(Forge.With(full.Block, header, PlainSignatures.Sign(Bob, world.Profile.Format.Digest(header))));
            node.StepOnce(new NodeInput.BlockArrived(fake, new PeerId(1 + (i % flooders))));
            held = Math.Max(held, node.Core.BacklogBytes);
        }

        node.StepOnce(new NodeInput.BlockArrived(full, s_good));
        Assert.That(node.Of<NodeEffect.BlockJudged>().Last().Verdict, Is.EqualTo(Verdict.Valid));
        int batches = 0;
        while (node.Core.Tip.Id != full.Id && node.AnswerOne() is { } answered)
        {
            if (answered is NodeEffect.VerifySignatures) batches++;
        }

        Assert.That(node.Core.Tip.Id, Is.EqualTo(full.Id));
        // One batch may be under way when the block comes; the next has it, and the one after its transactions.
        Assert.That(batches, Is.EqualTo(flooders == 0 ? 2 : 3));
        node.Settle();
        Assert.That(node.Core.BacklogBytes, Is.Zero);
        NodeEffect.BlockJudged[] fakes = [.. node.Of<NodeEffect.BlockJudged>().Where(judged => judged.From != s_good)];
        if (flooders == 1) Assert.That(fakes.Count(judged => judged.Verdict.Kind == VerdictKind.Busy), Is.Positive, "the flood was more than fits");
        Assert.That(node.Of<NodeEffect.BlockSettled>().Count(settled => settled.Blame == Blame.Copy), Is.EqualTo(fakes.Count(judged => judged.IsPending)));
        // A block with its witnesses, and what its objects take.
        LedgerLimits limits = world.Profile.Limits;
        long largest = limits.MaxBlockBytes + limits.MaxSealBytes + limits.MaxCertificateBytes + 2048;
        Assert.That(held, Is.LessThanOrEqualTo(flooders * (Math.Max(most / 2 / ChainParts.PeerSlots, largest) + Math.Max(most / 16, largest))));
        TestContext.Out.WriteLine(Invariant($"{junk} blocks of {full.Encoded.Length} bytes from {flooders}: {held} bytes held at most, the honest block after {batches} batches"));
    }
}
