using System.Numerics;
using Coniunctum.Consensus;
using Coniunctum.Ledger;

namespace Coniunctum.Mining.Difficulty;

/// <summary>
/// Linearly weighted moving average, for chains that pause: next = mean of the last N targets · Σ i·tᵢ / (T·N(N+1)/2), where
/// tᵢ is the solve time of the i-th of the last N blocks, the newest counting most, and T the intended one. No solve time
/// counts for more than 6T, so that a night's pause is forgotten like one slow block.
/// </summary>
/// <remarks>
/// zawy12's LWMA-1 (github.com/zawy12/difficulty-algorithms, issue 3, the form for Bitcoin's descendants): a block that claims
/// to be older than those before it counts as 1 ms younger than they, so that no solve time is negative; Σ i·tᵢ is at least a
/// twentieth of T·N². One division at the end rounds down. Until there are N solve times after block 1, blocks have the first
/// target. How far a header may lie ahead of the clock has no least value: a floor that is longer than the window would let
/// false timestamps lower the difficulty at will.
/// </remarks>
public sealed record Lwma : IDifficultyRule
{
    private const int MaxSolveTimes = 6;
    private const int MinPart = 20;
    private const int MinWindow = 2;

    // Every header is as expensive as its window is long.
    private const int MaxWindow = 1_000;

    /// <summary>Sets the pace.</summary>
    /// <param name="spacing">The intended time between blocks.</param>
    /// <param name="window">How many blocks count: 2 to 1,000. Default: 60.</param>
    public Lwma(TimeSpan spacing, int window = 60) => (Spacing, Window) = (spacing, window);

    /// <summary>The intended time between blocks.</summary>
    public TimeSpan Spacing { get; }

    /// <summary>How many blocks count.</summary>
    public int Window { get; }

    /// <inheritdoc/>
    public string Name => "lwma";

    /// <inheritdoc/>
    public IEnumerable<Parameter> Parameters => [Pace.Parameter("lwma.spacing", Spacing), new("lwma.window", (ulong)Window)];

    /// <inheritdoc/>
    public bool NeedsTime => true;

    /// <inheritdoc/>
    /// <remarks>A twentieth of the window's time, in whole milliseconds, at most two hours.</remarks>
    public TimeSpan FutureAllowance
    {
        get
        {
            var part = TimeSpan.FromMilliseconds(Pace.Milliseconds(Spacing) * Window / MinPart);
            return part < MedianTime.MaxAllowance ? part : MedianTime.MaxAllowance;
        }
    }

    /// <inheritdoc/>
    public void ThrowIfImpossible(TargetBounds bounds)
    {
        Pace.Require("spacing", Spacing);
        if (Window is < MinWindow or > MaxWindow)
            throw new ArgumentException(Invariant($"The window must have {MinWindow} to {MaxWindow} blocks, not {Window}."));
    }

    /// <inheritdoc/>
    public ulong Reach(ulong height) => HasWindow(height) ? height - 1 - (ulong)Window : height - 1;

    /// <inheritdoc/>
    public Target Next(IAncestors ancestors, TargetBounds bounds, RuleState state)
    {
        ulong top = ancestors.Parent.Height;
        if (!HasWindow(top + 1 - bounds.Origin)) return bounds.First;
        Int128 spacing = Pace.Milliseconds(Spacing);
        Int128 before = ancestors.At(top - (ulong)Window).Header.Timestamp.UnixMilliseconds;
        Int128 weighted = 0;
        BigInteger targets = BigInteger.Zero;
        for (int i = 1; i <= Window; i++)
        {
            BlockHeader header = ancestors.At(top - (ulong)(Window - i)).Header;
            Int128 time = Int128.Max(header.Timestamp.UnixMilliseconds, before + 1);
            weighted += i * Int128.Min(time - before, MaxSolveTimes * spacing);
            before = time;
            targets += new Target(header.Target).ToNumber();
        }

        weighted = Int128.Max(weighted, spacing * Window * Window / MinPart);
        BigInteger intended = (BigInteger)spacing * Window * (Window + 1) / 2;
        return Target.Clamp(targets * (BigInteger)weighted / (intended * Window), bounds.Limit);
    }

    // The window's first solve time is block 2's: genesis may be far older than block 1.
    private bool HasWindow(ulong height) => height >= (ulong)Window + 2;
}
