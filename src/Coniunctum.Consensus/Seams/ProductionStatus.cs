using System.Collections.Immutable;
using System.Globalization;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Consensus;

/// <summary>What a node's producer is doing, or what it waits for: a code for programs, and a line for people. Immutable.</summary>
/// <param name="State">The code.</param>
/// <param name="Reason">What is being done or waited for, in one line of English without a full stop.</param>
public sealed record ProductionStatus(ProductionState State, string Reason)
{
    /// <summary>The producer does not say.</summary>
    public static ProductionStatus Unknown { get; } = new(ProductionState.Unknown, "the producer does not say");

    /// <summary>Nothing makes blocks here.</summary>
    public static ProductionStatus NoProducer { get; } = new(ProductionState.NoProducer, "nothing makes blocks here: this node only follows");

    /// <summary>A block is being made.</summary>
    public static ProductionStatus Making { get; } = new(ProductionState.Making, "a block is being made");

    /// <summary>A transaction is waited for.</summary>
    public static ProductionStatus WaitsForTransactions { get; } = new(ProductionState.WaitsForTransactions, "waiting for a transaction");

    /// <summary>Under <see cref="ProductionState.WaitsForOthers"/>, those of whom one or more must act first; empty where they are not known.</summary>
    public ImmutableArray<Address> Awaited { get; init; } = [];

    /// <summary>When the producer goes on by itself at the latest, as far as that is known.</summary>
    public Timestamp? Until { get; init; }

    /// <summary>Others must act first.</summary>
    /// <param name="awaited">Of whom one or more must act first.</param>
    /// <param name="reason">What they must do.</param>
    public static ProductionStatus WaitsForOthers(ImmutableArray<Address> awaited, string reason) =>
        new(ProductionState.WaitsForOthers, reason) { Awaited = awaited };

    /// <summary>A time must come first.</summary>
    /// <param name="until">The time.</param>
    /// <param name="reason">What comes then.</param>
    public static ProductionStatus WaitsForTime(Timestamp until, string reason) => new(ProductionState.WaitsForTime, reason) { Until = until };

    /// <summary>What was asked for is refused, for good or until its time comes.</summary>
    /// <param name="height">The height of the block that is not made.</param>
    /// <param name="verdict">Why; not valid.</param>
    public static ProductionStatus Of(ulong height, Verdict verdict) => verdict.Kind == VerdictKind.Deferred
        ? WaitsForTime(
            verdict.Until,
            $"this machine's clock is behind the chain: block {height} must be dated {Show(verdict.Found.Number)}, and is taken from {Show(verdict.Until.UnixMilliseconds)} on")
        : new ProductionStatus(ProductionState.Refused, $"block {height} cannot be made: {verdict}");

    /// <summary>Returns <see cref="Reason"/>.</summary>
    public override string ToString() => Reason;

    /// <summary>Returns a time for people, in UTC, such as <c>2026-01-01T00:00:00Z</c>.</summary>
    /// <param name="time">The time.</param>
    public static string Show(Timestamp time) => Show(time.UnixMilliseconds);

    private static string Show(ulong unixMilliseconds) => unixMilliseconds <= (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
        ? DateTimeOffset.FromUnixTimeMilliseconds((long)unixMilliseconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
        : unixMilliseconds.ToString(CultureInfo.InvariantCulture);
}
