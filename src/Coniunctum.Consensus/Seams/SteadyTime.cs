using System.Text.Json.Serialization;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Consensus;

/// <summary>
/// A moment of a node's steady clock, which runs evenly from the node's start on and is never set: for timers, and for all that is
/// measured from one moment to another. It means nothing to other nodes, nor after another start.
/// </summary>
/// <param name="Elapsed">The time since some moment of this run.</param>
[JsonConverter(typeof(NoJsonConverter<SteadyTime>))]
public readonly record struct SteadyTime(TimeSpan Elapsed) : IComparable<SteadyTime>
{
    /// <summary>Returns the moment <paramref name="span"/> later; a sum that does not fit is the last moment.</summary>
    /// <param name="span">Zero or positive.</param>
    public SteadyTime Plus(TimeSpan span) => new(TimeSpan.MaxValue - Elapsed < span ? TimeSpan.MaxValue : Elapsed + span);

    /// <inheritdoc/>
    public int CompareTo(SteadyTime other) => Elapsed.CompareTo(other.Elapsed);

    /// <summary>Returns how long it takes from the right moment to the left one.</summary>
    public static TimeSpan operator -(SteadyTime left, SteadyTime right) => left.Elapsed - right.Elapsed;

    /// <summary>Whether the left moment is earlier.</summary>
    public static bool operator <(SteadyTime left, SteadyTime right) => left.Elapsed < right.Elapsed;

    /// <summary>Whether the left moment is later.</summary>
    public static bool operator >(SteadyTime left, SteadyTime right) => left.Elapsed > right.Elapsed;

    /// <summary>Whether the left moment is not later.</summary>
    public static bool operator <=(SteadyTime left, SteadyTime right) => left.Elapsed <= right.Elapsed;

    /// <summary>Whether the left moment is not earlier.</summary>
    public static bool operator >=(SteadyTime left, SteadyTime right) => left.Elapsed >= right.Elapsed;
}
