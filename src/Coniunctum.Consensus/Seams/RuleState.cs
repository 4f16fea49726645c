namespace Coniunctum.Consensus;

/// <summary>
/// What a consensus rule carries from block to block, such as a signer set; immutable. Rules that carry nothing use
/// <see cref="None"/>.
/// </summary>
public abstract record RuleState
{
    /// <summary>Nothing to carry.</summary>
    public static RuleState None { get; } = new Nothing();

    /// <summary>Returns the bytes that the store keeps with a block, from which <see cref="ConsensusSpec.ReadState"/> reads it back; at most a few KiB.</summary>
    public abstract ReadOnlyMemory<byte> Encode();

    private sealed record Nothing : RuleState
    {
        public override ReadOnlyMemory<byte> Encode() => default;
    }
}
