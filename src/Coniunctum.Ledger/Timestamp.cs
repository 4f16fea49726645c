namespace Coniunctum.Ledger;

/// <summary>A moment as Unix time.</summary>
/// <param name="UnixMilliseconds">Milliseconds since 1970-01-01T00:00:00Z; below 2⁵³ in a valid header.</param>
public readonly record struct Timestamp(ulong UnixMilliseconds) : IComparable<Timestamp>
{
    /// <summary>The first value that no header may carry: 2⁵³, so that every platform can hold it exactly.</summary>
    public const ulong Limit = 1UL << 53;

    /// <summary>Converts from the framework's type, dropping fractions of a millisecond.</summary>
    /// <param name="time">A moment not before 1970.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="time"/> lies before 1970.</exception>
    public static Timestamp From(DateTimeOffset time)
    {
        long milliseconds = time.ToUnixTimeMilliseconds();
        ArgumentOutOfRangeException.ThrowIfNegative(milliseconds, nameof(time));
        return new Timestamp((ulong)milliseconds);
    }

    /// <summary>Returns the moment <paramref name="span"/> later; a sum that does not fit is the last moment.</summary>
    /// <param name="span">Zero or positive.</param>
    public Timestamp Plus(TimeSpan span)
    {
        ulong added = (ulong)span.TotalMilliseconds;
        return new Timestamp(ulong.MaxValue - UnixMilliseconds < added ? ulong.MaxValue : UnixMilliseconds + added);
    }

    /// <inheritdoc/>
    public int CompareTo(Timestamp other) => UnixMilliseconds.CompareTo(other.UnixMilliseconds);

    /// <summary>Returns the milliseconds in decimal.</summary>
    public override string ToString() => UnixMilliseconds.ToString();

    /// <summary>Whether the left moment is earlier.</summary>
    public static bool operator <(Timestamp left, Timestamp right) => left.UnixMilliseconds < right.UnixMilliseconds;

    /// <summary>Whether the left moment is later.</summary>
    public static bool operator >(Timestamp left, Timestamp right) => left.UnixMilliseconds > right.UnixMilliseconds;

    /// <summary>Whether the left moment is not later.</summary>
    public static bool operator <=(Timestamp left, Timestamp right) => left.UnixMilliseconds <= right.UnixMilliseconds;

    /// <summary>Whether the left moment is not earlier.</summary>
    public static bool operator >=(Timestamp left, Timestamp right) => left.UnixMilliseconds >= right.UnixMilliseconds;
}
