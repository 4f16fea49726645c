using System.Numerics;
using Coniunctum.Consensus;
using Coniunctum.Ledger;

namespace Coniunctum.Mining.Difficulty;

/// <summary>
/// Absolutely scheduled, exponentially rising targets (aserti3-2d, as in Bitcoin Cash since 2020): the target doubles for each
/// half-life by which the chain lies behind its schedule, and halves for each by which it is ahead. The schedule begins with an
/// anchor, block 1 at first. Time spent at the easiest target is not owed: a block whose child would get an easier target than
/// the limit becomes the anchor.
/// </summary>
/// <remarks>
/// Between two anchors the target depends on the parent's time and height alone, not on how they came about: what false
/// timestamps win is lost again with the next true one. Without anchors that move, the maker of block 1 could date it long before
/// the others begin, and difficulty would stay at its least until the schedule is met. The specification of the curve:
/// upgradespecs.bitcoincashnode.org/2020-11-15-asert.
/// </remarks>
public sealed record Asert : IDifficultyRule
{
    // 2^x − 1 for 0 ≤ x < 1 as a cubic, in units of 2⁻¹⁶, less than 0.013 % off (the specification's coefficients).
    private const ulong Linear = 195_766_423_245_049;
    private const ulong Quadratic = 971_821_376;
    private const ulong Cubic = 5_127;
    private const int FractionBits = 16;
    private const int CubicBits = 48;

    // Beyond these shifts every target is at an end of its range.
    private const int MaxDoublings = 512;

    /// <summary>Sets the pace.</summary>
    /// <param name="spacing">The intended time between blocks.</param>
    /// <param name="halfLife">By how much the chain must lie behind for the target to double; some hundred times the spacing.</param>
    public Asert(TimeSpan spacing, TimeSpan halfLife) => (Spacing, HalfLife) = (spacing, halfLife);

    /// <summary>The intended time between blocks.</summary>
    public TimeSpan Spacing { get; }

    /// <summary>By how much the chain must lie behind its schedule for the target to double.</summary>
    public TimeSpan HalfLife { get; }

    /// <inheritdoc/>
    public string Name => "asert2";

    /// <inheritdoc/>
    public IEnumerable<Parameter> Parameters => [Pace.Parameter("asert.spacing", Spacing), Pace.Parameter("asert.halflife", HalfLife)];

    /// <inheritdoc/>
    public bool NeedsTime => true;

    /// <inheritdoc/>
    /// <remarks>A 24th of the half-life: a header at that limit moves the next target by 3 %. At most two hours.</remarks>
    public TimeSpan FutureAllowance => HalfLife / 24 < MedianTime.MaxAllowance ? HalfLife / 24 : MedianTime.MaxAllowance;

    /// <inheritdoc/>
    public void ThrowIfImpossible(TargetBounds bounds)
    {
        Pace.Require("spacing", Spacing);
        Pace.Require("half-life", HalfLife);
    }

    /// <inheritdoc/>
    public ulong Reach(ulong height) => height - 1;

    /// <inheritdoc/>
    public bool Knows(ulong height, RuleState state) => height == 1 || state is AsertAnchor;

    /// <inheritdoc/>
    public Target Next(IAncestors ancestors, TargetBounds bounds, RuleState state)
    {
        HeaderView parent = ancestors.Parent;
        if (parent.Height == bounds.Origin) return bounds.First;
        var anchor = (AsertAnchor)state;
        return After(anchor.Target, LagOf(parent.Header, anchor), bounds.Limit);
    }

    /// <inheritdoc/>
    public RuleState Advance(RuleState state, in HeaderView header, TargetBounds bounds)
    {
        if (header.Height == bounds.Origin + 1) return new AsertAnchor(header.Height, header.Header.Timestamp, bounds.First);
        return state is AsertAnchor anchor && Scale(anchor.Target, LagOf(header.Header, anchor)) is var next && (next is null || next > bounds.Limit.ToNumber())
            ? new AsertAnchor(header.Height, header.Header.Timestamp, bounds.Limit)
            : state;
    }

    /// <inheritdoc/>
    public RuleState ReadState(ReadOnlyMemory<byte> encoded) => encoded.IsEmpty ? RuleState.None : AsertAnchor.Read(encoded);

    /// <summary>Computes the target of a chain that lies behind its schedule.</summary>
    /// <param name="anchor">The target on schedule.</param>
    /// <param name="lag">By how many milliseconds; negative when it is ahead.</param>
    /// <param name="limit">The greatest target.</param>
    internal Target After(Target anchor, Int128 lag, Target limit) =>
        Scale(anchor, lag) is { } next ? Target.Clamp(next, limit) : limit;

    /// <summary>Returns the target before it is brought between its ends; <c>null</c> when it is beyond every limit.</summary>
    private BigInteger? Scale(Target anchor, Int128 lag)
    {
        // Int128's division drops the fraction, so that it rounds toward zero, as the specification asks.
        Int128 exponent = (lag << FractionBits) / Pace.Milliseconds(HalfLife);
        Int128 doublings = exponent >> FractionBits;
        if (doublings >= MaxDoublings) return null;
        if (doublings <= -MaxDoublings) return BigInteger.Zero;

        ulong x = (ulong)(exponent & ((1 << FractionBits) - 1));
        // Less than 2⁶⁴ even for x = 65535, with the half that rounds.
        ulong power = (Linear * x) + (Quadratic * x * x) + (Cubic * x * x * x) + (1UL << (CubicBits - 1));
        BigInteger scaled = anchor.ToNumber() * ((1UL << FractionBits) + (power >> CubicBits));
        int shift = (int)doublings - FractionBits;
        return shift < 0 ? scaled >> -shift : scaled << shift;
    }

    /// <summary>By how many milliseconds the chain lies behind its schedule at a block.</summary>
    private Int128 LagOf(BlockHeader block, AsertAnchor anchor) =>
        (Int128)block.Timestamp.UnixMilliseconds - anchor.Time.UnixMilliseconds - ((Int128)Pace.Milliseconds(Spacing) * (block.Height - anchor.Height));
}
