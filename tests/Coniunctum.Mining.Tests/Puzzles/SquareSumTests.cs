using System.Globalization;
using System.Numerics;
using System.Text;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Puzzles;
using Coniunctum.Ledger.Formats;
using Coniunctum.Mining.Difficulty;
using Coniunctum.Mining.Puzzles;

namespace Coniunctum.Mining.Tests.Puzzles;

public sealed class SquareSumTests
{
    private static readonly IBlockFormat s_format = StandardFormat.Instance;

    [TestCase(1UL)]
    [TestCase(2UL)]
    [TestCase(ulong.MaxValue)]
    public void ProofOf_Bound_IsTheHashOfTheDecimalSumOverThisHeader(ulong nonce)
    {
        BlockHeader header = Header(nonce);
        Hash256 expected = ByHand(nonce, s_format.Digest(header with { Nonce = 0 }));
        Assert.That(SquareSum.Bound.ProofOf(View(header), s_format), Is.EqualTo(expected));
        Assert.That(PuzzleOf(SquareSum.Bound, header).Digest(nonce), Is.EqualTo(expected));
    }

    [TestCase(1UL)]
    [TestCase(123_456_789UL)]
    public void ProofOf_Paper_IsTheHashOfTheDecimalSumOverThePrevious(ulong nonce) =>
        Assert.That(SquareSum.Paper.ProofOf(View(Header(nonce)), s_format), Is.EqualTo(ByHand(nonce, Header(0).Previous.Value)));

    [Test]
    public void Name_OfEachKind_IsTheProtocols()
    {
        // Chains commit to them.
        Assert.That(SquareSum.Bound.Name, Is.EqualTo("square-sum-bound"));
        Assert.That(SquareSum.Paper.Name, Is.EqualTo("square-sum-paper"));
    }

    [Test]
    public void ProofOf_NonceZero_IsLessThanNoTarget()
    {
        foreach (SquareSum puzzle in new[] { SquareSum.Bound, SquareSum.Paper })
            Assert.That(puzzle.ProofOf(View(Header(0)), s_format) < Target.Max, Is.False);
    }

    [Test]
    public void Prepare_Bound_CommitsToEveryField_AndPaperToThePreviousAlone()
    {
        BlockHeader header = Header(5), other = header with { MerkleRoot = World.Owner(9).Value };
        Assert.That(PuzzleOf(SquareSum.Bound, other).Digest(5), Is.Not.EqualTo(PuzzleOf(SquareSum.Bound, header).Digest(5)));
        Assert.That(PuzzleOf(SquareSum.Paper, other).Digest(5), Is.EqualTo(PuzzleOf(SquareSum.Paper, header).Digest(5)), "a proof can be stolen");
    }

    [Test]
    [Covers(BlockRule.ProofInvalid)]
    public void Check_UnderTheRule_ComparesTheProofAndKeepsTheDigestAsIdentity()
    {
        Target target = Target.ForHashes(16);
        var spec = new ProofOfWork(target, new ConstantTarget(), puzzle: SquareSum.Bound);
        IConsensusRule rule = spec.Build(World.ProfileOf(s_format), default).Rule;
        TargetLine line = new TargetLine().Add(1_000, target);
        BlockHeader header = Header(0) with { Height = 1, Target = target, Timestamp = new Timestamp(2_000) };
        Assert.That(PuzzleOf(spec.Puzzle, header).TryFind(0, 10_000, target, out ulong nonce), Is.True);
        Assert.That(Check(nonce), Is.EqualTo(Verdict.Valid));
        Assert.That(nonce, Is.GreaterThan(0));
        for (ulong missed = 0; missed < nonce; missed++) Assert.That(Check(missed).Rule, Is.EqualTo(BlockRule.ProofInvalid), $"nonce {missed}");

        Verdict Check(ulong tried) => rule.Check(View(header with { Nonce = tried }), line, RuleState.None, null, new SealClaims());
    }

    [Test]
    public void Prepare_DoubleSha3_DigestsAreTheHeaders()
    {
        foreach (IBlockFormat format in World.Formats)
        {
            BlockHeader header = Header(7);
            if (!format.Traits.HasExtendedHeader) header = header with { Timestamp = default };
            INoncePuzzle puzzle = new DoubleSha3().CreateSearch(new MiningOptions()).Prepare(header, header.Timestamp, format).Puzzle;
            Assert.That(puzzle.Digest(7), Is.EqualTo(format.Digest(header)));
        }
    }

    private static INoncePuzzle PuzzleOf(IHeaderPuzzle puzzle, BlockHeader header) =>
        puzzle.CreateSearch(new MiningOptions()).Prepare(header, header.Timestamp, s_format).Puzzle;

    private static Hash256 ByHand(ulong nonce, Hash256 anchor)
    {
        BigInteger hash = new(anchor.AsSpan(), isUnsigned: true, isBigEndian: true);
        BigInteger sum = ((BigInteger)nonce * nonce) + (hash * hash);
        return Sha256.Hash(Encoding.ASCII.GetBytes(sum.ToString(CultureInfo.InvariantCulture)));
    }

    private static HeaderView View(BlockHeader header) => new(header, new BlockId(s_format.Digest(header)), default);

    private static BlockHeader Header(ulong nonce) => new()
    {
        Height = 3,
        Nonce = nonce,
        Previous = new BlockId(World.Owner(1).Value),
        MerkleRoot = World.Owner(2).Value,
        Target = World.Owner(3).Value,
        Timestamp = new Timestamp(1_234),
    };
}
