namespace Coniunctum.Consensus.Tests.Seams;

public sealed class MedianTimeTests
{
    [TestCase(new ulong[] { 5 }, 5UL)]
    [TestCase(new ulong[] { 5, 9 }, 9UL)]
    [TestCase(new ulong[] { 9, 5, 7 }, 7UL)]
    [TestCase(new ulong[] { 9, 5, 7, 8 }, 8UL)]
    [TestCase(new ulong[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 }, 6UL)]
    [TestCase(new ulong[] { 100, 100, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 }, 6UL, Description = "only the last eleven count")]
    public void Of_TakesTheUpperMiddleOfTheLastEleven(ulong[] times, ulong median) =>
        Assert.That(MedianTime.Of(new Line(times)), Is.EqualTo(new Timestamp(median)));

    [Test]
    [Covers(BlockRule.TimestampTooOld)]
    public void CheckPast_TimestampEqualsMedian_IsRejected_AndTheNextMillisecondIsNot()
    {
        Assert.That(MedianTime.CheckPast(At(2), new Line([1, 2, 3])), Is.EqualTo(Verdict.Invalid(BlockRule.TimestampTooOld, 2, 3)));
        Assert.That(MedianTime.CheckPast(At(3), new Line([1, 2, 3])), Is.EqualTo(Verdict.Valid));
    }

    [Test]
    [Covers(BlockRule.TimestampTooNew)]
    public void CheckPast_TimeThatPlatformsCannotHold_IsRejectedForEver()
    {
        const ulong limit = 1UL << 53;
        Assert.That(MedianTime.CheckPast(At(limit), new Line([5])), Is.EqualTo(Verdict.Invalid(BlockRule.TimestampTooNew, limit, limit - 1)));
        Assert.That(MedianTime.CheckPast(At(limit - 1), new Line([5])), Is.EqualTo(Verdict.Valid));
    }

    [Test]
    public void CheckFuture_WithoutAClock_DefersNothing() =>
        Assert.That(MedianTime.CheckFuture(At(1UL << 52), null, TimeSpan.FromHours(2)), Is.EqualTo(Verdict.Valid));

    [Test]
    public void ForCandidate_IsTheClockOrJustAfterTheMedian()
    {
        Assert.That(MedianTime.ForCandidate(new Timestamp(9), new Line([5])), Is.EqualTo(new Timestamp(9)));
        Assert.That(MedianTime.ForCandidate(new Timestamp(5), new Line([5])), Is.EqualTo(new Timestamp(6)));
    }

    private static HeaderView At(ulong time) => new(
        new BlockHeader { Height = 0, Nonce = 0, Previous = default, MerkleRoot = default, Target = default, Timestamp = new Timestamp(time) },
        default,
        default);

    /// <summary>Ancestors with these times, genesis first.</summary>
    private sealed class Line(ulong[] times) : IAncestors
    {
        public HeaderView Parent => At((ulong)times.Length - 1);

        public HeaderView At(ulong height)
        {
            HeaderView view = MedianTimeTests.At(times[height]);
            return view with { Header = view.Header with { Height = height } };
        }
    }
}
