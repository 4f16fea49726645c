using Coniunctum.Consensus;
using Coniunctum.Consensus.Headers;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Mining.Difficulty;
using Coniunctum.Node.Headers.Bitcoin;
using Coniunctum.Node.Tests.Support;

namespace Coniunctum.Node.Tests.Headers;

public sealed class HeaderTreeTests
{
    // Long after every header that is made here.
    private static readonly Timestamp s_now = new(4_000_000_000_000);

    [Test]
    public void Add_RealBlocks1To255_AreValidAndWeighWhatBitcoinSays()
    {
        var chain = HeaderTree.FromGenesis(BitcoinHeaders.Main);
        foreach (HeaderReading reading in BitcoinHeaderTests.ReadAll(BitcoinHeaderTests.Real, 1))
            Assert.That(Add(chain, reading.Header), Is.EqualTo(Verdict.Valid));
        Assert.That(chain.TipHeight, Is.EqualTo(255));
        Assert.That(chain.Work.ToString(), Is.EqualTo((256 * 4_295_032_833UL).ToString()));
        Assert.That(chain.PartlyChecked, Is.Zero);
    }

    [Test]
    public void Add_RealBlocksBehindAnyCheckpoint_AreValid([Values(2, 3, 100, 254)] int height)
    {
        HeaderReading[] readings = BitcoinHeaderTests.ReadAll(BitcoinHeaderTests.Real[(height - 1)..], (ulong)height);
        Assert.That(HeaderTree.Begin(BitcoinHeaders.Main, readings[0].Header, out HeaderTree? chain), Is.EqualTo(Verdict.Valid));
        foreach (HeaderReading reading in readings.Skip(1)) Assert.That(Add(chain!, reading.Header), Is.EqualTo(Verdict.Valid));
        Assert.That(chain!.TipHeight, Is.EqualTo(255));
        // The first ten behind it have a median that reaches below it, those of heights up to 11 excepted: it begins at genesis.
        Assert.That(chain.PartlyChecked, Is.EqualTo(Math.Min(10, 255 - height)));
    }

    [Test]
    public void Add_SeveralWindows_FollowTheRuleBothWays()
    {
        // Two windows much too fast, five too slow, then on schedule.
        BitcoinForge forge = new BitcoinForge().AddMany(16, 60).AddMany(40, 3_000).AddMany(40);
        HeaderTree chain = Chain(forge);
        Assert.That(forge.Headers.Select(header => header.Bits).Distinct().Count(), Is.GreaterThan(4));
        Assert.That(chain.TipId, Is.EqualTo(forge.Views[^1].Id));
        Assert.That(chain.PartlyChecked, Is.Zero);
    }

    [Test]
    public void Add_BrokenLink_IsAMissingParent()
    {
        BitcoinForge forge = new BitcoinForge().AddMany(3);
        HeaderReading orphan = forge.Make(change: header => header with { Previous = new BlockId(Sha3_256.Hash([1])) });
        Assert.That(Add(Chain(forge), orphan.Header).Kind, Is.EqualTo(VerdictKind.MissingParent));
    }

    [Test]
    public void Add_HeightZeroBehindTheLastOne_IsRefused()
    {
        BitcoinForge forge = new BitcoinForge().AddMany(3);
        HeaderView last = forge.Views[^1] with { Header = forge.Views[^1].Header with { Height = ulong.MaxValue } };
        Assert.That(HeaderTree.Begin(forge.Profile, last, out HeaderTree? chain), Is.EqualTo(Verdict.Valid));
        HeaderView next = forge.Make().Header;

        Verdict verdict = Add(chain!, next with { Header = next.Header with { Height = 0 } });

        Assert.That((verdict.Kind, verdict.Rule), Is.EqualTo((VerdictKind.Invalid, BlockRule.HeightWrong)));
        Assert.That(chain!.At(0), Is.Null);
    }

    [Test]
    public void Add_AnotherHeight_IsRefused()
    {
        BitcoinForge forge = new BitcoinForge().AddMany(3);
        HeaderView next = forge.Make().Header;
        Verdict verdict = Add(Chain(forge), next with { Header = next.Header with { Height = 7 } });
        Assert.That(verdict, Is.EqualTo(Verdict.Invalid(BlockRule.HeightWrong, 7, 4)));
    }

    // Off the boundary every change is wrong; at it, every target but one.
    [TestCase(3, 0x207ffffeu)]
    [TestCase(3, 0x201fffffu)]
    [TestCase(8, 0x207fffffu)]
    [TestCase(8, 0x201ffffeu)]
    [TestCase(9, 0x207fffffu)]
    public void Add_WrongBits_AreRefused(int height, uint bits)
    {
        BitcoinForge forge = new BitcoinForge().AddMany(height - 1, 60);
        HeaderTree chain = Chain(forge);
        Assert.That(Add(chain, forge.Make().Header), Is.EqualTo(Verdict.Valid));
        Verdict verdict = Add(chain, forge.Make(change: header => header with { Bits = new CompactTarget(bits) }).Header);
        Assert.That((verdict.Kind, verdict.Rule), Is.EqualTo((VerdictKind.Invalid, BlockRule.TargetWrong)));
    }

    [Test]
    public void Add_BitsAboveTheLimit_AreRefusedAlsoAsACheckpoint()
    {
        BitcoinForge forge = new BitcoinForge().AddMany(20);
        HeaderView header = forge.Make(change: header => header with { Bits = new CompactTarget(0x2100ffff) }).Header;
        Assert.That(Add(Chain(forge), header).Rule, Is.EqualTo(BlockRule.TargetWrong));
        Assert.That(HeaderTree.Begin(forge.Profile, header, out HeaderTree? none).Rule, Is.EqualTo(BlockRule.TargetWrong));
        Assert.That(none, Is.Null);
    }

    [Test]
    public void Add_HashAboveTheTarget_IsRefusedAlsoAsACheckpoint()
    {
        BitcoinForge forge = new BitcoinForge().AddMany(20);
        HeaderView header = forge.Make(misses: true).Header;
        Assert.That(Add(Chain(forge), header).Rule, Is.EqualTo(BlockRule.ProofInvalid));
        Assert.That(HeaderTree.Begin(forge.Profile, header, out _).Rule, Is.EqualTo(BlockRule.ProofInvalid));
    }

    [Test]
    public void Add_TimeAtTheMedian_IsRefusedAndASecondLaterIsNot()
    {
        BitcoinForge forge = new BitcoinForge().AddMany(20);
        // The median of the last eleven is the sixth of them.
        uint median = forge.Headers[^6].Seconds;
        Verdict verdict = Add(Chain(forge), forge.Make(median).Header);
        Assert.That(verdict, Is.EqualTo(Verdict.Invalid(BlockRule.TimestampTooOld, median * 1_000UL, (median * 1_000UL) + 1)));
        Assert.That(Add(Chain(forge), forge.Make(median + 1).Header), Is.EqualTo(Verdict.Valid));
    }

    [Test]
    public void Add_MoreThanTwoHoursAhead_IsDeferred()
    {
        BitcoinForge forge = new BitcoinForge().AddMany(20);
        HeaderView header = forge.Make().Header;
        ulong time = header.Header.Timestamp.UnixMilliseconds;
        HeaderTree chain = Chain(forge);
        Verdict verdict = chain.Add(header, new Timestamp(time - 7_200_001), new SealClaims());
        Assert.That((verdict.Kind, verdict.Rule), Is.EqualTo((VerdictKind.Deferred, BlockRule.TimestampTooNew)));
        Assert.That(chain.Add(header, new Timestamp(time - 7_200_000), new SealClaims()), Is.EqualTo(Verdict.Valid));
    }

    [Test]
    public void Add_BehindACheckpointAnywhere_ChecksWhatItCanAndCountsTheRest()
    {
        BitcoinForge forge = new BitcoinForge().AddMany(16, 60).AddMany(24, 3_000).AddMany(24);
        for (int height = 2; height < forge.Views.Count; height++)
        {
            Assert.That(HeaderTree.Begin(forge.Profile, forge.Views[height], out HeaderTree? chain), Is.EqualTo(Verdict.Valid));
            int expected = 0;
            for (int next = height + 1; next < forge.Views.Count; next++)
            {
                Assert.That(Add(chain!, forge.Views[next]), Is.EqualTo(Verdict.Valid));
                bool lacksFirstOfWindow = next % BitcoinForge.Window == 0 && next - BitcoinForge.Window < height;
                bool lacksMedian = Math.Max(0, next - 11) < height;
                if (lacksFirstOfWindow || lacksMedian) expected++;
            }

            Assert.That(chain!.PartlyChecked, Is.EqualTo(expected), $"from height {height}");
        }
    }

    [Test]
    public void Add_RetargetWhoseWindowIsNotKnown_MayChangeFourfoldAtMost()
    {
        BitcoinForge forge = new BitcoinForge().AddMany(8 + 7, 60);
        // From height 12 the retarget at 16 cannot be computed. The right one is a quarter of the last, 0x201fffff.
        HeaderView right = forge.Make().Header;
        uint before = forge.Headers[^1].Bits.Bits;
        foreach ((uint bits, bool isPossible) in new[] { (before, true), (before - 0x100000, true), (0x2001ffffu, false), (0x207ffffcu, true), (0x207ffffdu, false), (0x1f7fffffu, false) })
        {
            HeaderReading other = forge.Make(change: header => header with { Bits = new CompactTarget(bits) });
            Assume.That(other.Verdict, Is.EqualTo(Verdict.Valid));
            Assert.That(From12().Rule, Is.EqualTo(isPossible ? BlockRule.None : BlockRule.TargetWrong), $"{bits:x8}");

            Verdict From12()
            {
                HeaderTree.Begin(forge.Profile, forge.Views[12], out HeaderTree? chain);
                for (int i = 13; i <= 15; i++) Add(chain!, forge.Views[i]);
                Assert.That(Add(chain!, right), Is.EqualTo(Verdict.Valid));
                return Add(chain!, other.Header);
            }
        }
    }

    [Test]
    public void Add_HeavierBranch_BecomesTheTip_AndAnEqualOneDoesNot()
    {
        BitcoinForge forge = new BitcoinForge().AddMany(3);
        HeaderTree chain = Chain(forge);
        HeaderView twin = forge.Make(BitcoinForge.Start + 99_999).Header;
        HeaderView next = forge.Add();
        Add(chain, next);
        Assert.That(Add(chain, twin), Is.EqualTo(Verdict.Valid));
        Assert.That(chain.TipId, Is.EqualTo(next.Id), "of equals the first");
        Assert.That(Add(chain, twin), Is.EqualTo(Verdict.Valid), "twice is no fault");
        HeaderView better = forge.Add();
        Add(chain, better);
        Assert.That(chain.TipId, Is.EqualTo(better.Id));
        Assert.That(chain.At(4)!.Value.Id, Is.EqualTo(next.Id));
        Assert.That(chain.At(6), Is.Null);
    }

    [Test]
    public void Add_ChainLongerThanIsKept_StaysValidInBoundedMemory()
    {
        const int Length = 9_000;
        BitcoinForge forge = new BitcoinForge(window: 2016).AddMany(Length);
        var chain = HeaderTree.FromGenesis(forge.Profile, new HeaderTreeOptions { Kept = HeaderTree.MinKept });
        foreach (HeaderView header in forge.Views.Skip(1))
        {
            Assert.That(Add(chain, header), Is.EqualTo(Verdict.Valid));
            Assert.That(chain.Count, Is.LessThanOrEqualTo((2 * HeaderTree.MinKept) + 2));
        }

        Assert.That(chain.TipId, Is.EqualTo(forge.Views[^1].Id));
        Assert.That(chain.PartlyChecked, Is.Zero);
        Assert.That(chain.At(Length - HeaderTree.MinKept)!.Value.Id, Is.EqualTo(forge.Views[Length - HeaderTree.MinKept].Id));
        Assert.That(chain.At(2_000), Is.Null, "forgotten");
        Assert.That(Add(chain, forge.Views[3_000]).Kind, Is.EqualTo(VerdictKind.MissingParent));
    }

    [Test]
    public void FromGenesis_KeepingLessThanWindowsNeed_Throws() =>
        Assert.That(() => HeaderTree.FromGenesis(BitcoinHeaders.Main, new HeaderTreeOptions { Kept = HeaderTree.MinKept - 1 }), Throws.InstanceOf<ArgumentOutOfRangeException>());

    private static Verdict Add(HeaderTree chain, HeaderView header) => chain.Add(header, s_now, new SealClaims());

    private static HeaderTree Chain(BitcoinForge forge)
    {
        var chain = HeaderTree.FromGenesis(forge.Profile);
        foreach (HeaderView header in forge.Views.Skip(1)) Assert.That(Add(chain, header), Is.EqualTo(Verdict.Valid), $"height {header.Height}");
        return chain;
    }
}
