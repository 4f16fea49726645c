namespace Coniunctum.Consensus;

/// <summary>
/// What a consensus rule carries from block to block, such as a signer set; immutable. Rules that carry nothing use
/// <see cref="None"/>.
/// </summary>
public abstract record RuleState
{
    /// <summary>Nothing to carry.</summary>
    public static RuleState None { get; } = new Nothing();

    private sealed record Nothing : RuleState;
}
