using Coniunctum.Ledger;

namespace Coniunctum.Consensus;

/// <summary>The rules of time that all rules share: later than the median of the previous eleven, not far ahead of the receiver's clock.</summary>
public static class MedianTime
{
    /// <summary>How many ancestors the median is taken of, where there are so many.</summary>
    public const int Window = 11;

    /// <summary>How far ahead of the receiver's clock any rule allows a header to lie: two hours, as in Bitcoin.</summary>
    public static TimeSpan MaxAllowance => TimeSpan.FromHours(2);

    /// <summary>Returns the lowest ancestor that the median for a header at a height is taken of.</summary>
    /// <param name="height">The header's height.</param>
    public static ulong Reach(ulong height) => height > Window ? height - Window : 0;

    /// <summary>Returns the median of the ancestors' timestamps; of an even number the upper one of the middle.</summary>
    /// <param name="ancestors">The ancestors.</param>
    public static Timestamp Of(IAncestors ancestors)
    {
        ArgumentNullException.ThrowIfNull(ancestors);
        ulong top = ancestors.Parent.Height;
        int count = (int)Math.Min(top + 1, Window);
        Span<ulong> times = stackalloc ulong[Window];
        times = times[..count];
        for (int i = 0; i < count; i++) times[i] = ancestors.At(top - (ulong)i).Header.Timestamp.UnixMilliseconds;
        times.Sort();
        return new Timestamp(times[count / 2]);
    }

    /// <summary>
    /// Checks that a header is later than its ancestors' median and below 2⁵³ (rule 13). Where a chain begins with fewer
    /// ancestors than there were, the median is not known and nothing is compared.
    /// </summary>
    /// <param name="header">The header.</param>
    /// <param name="ancestors">Its ancestors.</param>
    public static Verdict CheckPast(in HeaderView header, IAncestors ancestors)
    {
        ArgumentNullException.ThrowIfNull(ancestors);
        Timestamp time = header.Header.Timestamp;
        if (time.UnixMilliseconds >= Timestamp.Limit)
            return Verdict.Invalid(BlockRule.TimestampTooNew, time.UnixMilliseconds, Timestamp.Limit - 1);
        if (!ancestors.Has(Reach(header.Height))) return Verdict.Valid;
        Timestamp median = Of(ancestors);
        return time > median
            ? Verdict.Valid
            : Verdict.Invalid(BlockRule.TimestampTooOld, time.UnixMilliseconds, median.UnixMilliseconds + 1);
    }

    /// <summary>Defers a header that lies further ahead of the receiver's clock than allowed (rule 14).</summary>
    /// <param name="header">The header.</param>
    /// <param name="now">The receiver's clock, or <c>null</c> where a header may not be deferred.</param>
    /// <param name="allowance">How far ahead it may lie.</param>
    public static Verdict CheckFuture(in HeaderView header, Timestamp? now, TimeSpan allowance) =>
        CheckFuture(header.Header.Timestamp, now, allowance);

    internal static Verdict CheckFuture(Timestamp time, Timestamp? now, TimeSpan allowance)
    {
        if (now is null || time <= now.Value.Plus(allowance)) return Verdict.Valid;
        return Verdict.Defer(BlockRule.TimestampTooNew, time, new Timestamp(time.UnixMilliseconds - (ulong)allowance.TotalMilliseconds));
    }

    /// <summary>Returns the time that a producer writes: its own, or just after the median if that is later.</summary>
    /// <param name="clock">The producer's time.</param>
    /// <param name="ancestors">The ancestors.</param>
    public static Timestamp ForCandidate(Timestamp clock, IAncestors ancestors) => Later(clock, LeastAfter(ancestors));

    /// <summary>
    /// Returns the earliest time that a producer may write in place of <see cref="ForCandidate"/> without dating a block back: not
    /// before the parent, or its own time if that is earlier, and just after the median if that is later. The same time, where the
    /// median forces it.
    /// </summary>
    /// <param name="clock">The producer's time.</param>
    /// <param name="ancestors">The ancestors.</param>
    public static Timestamp EarliestForCandidate(Timestamp clock, IAncestors ancestors)
    {
        ArgumentNullException.ThrowIfNull(ancestors);
        Timestamp parent = ancestors.Parent.Header.Timestamp;
        return Later(parent < clock ? parent : clock, LeastAfter(ancestors));
    }

    private static Timestamp LeastAfter(IAncestors ancestors) => new(Of(ancestors).UnixMilliseconds + 1);

    private static Timestamp Later(Timestamp left, Timestamp right) => left < right ? right : left;
}
