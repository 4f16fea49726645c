using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger;

namespace Coniunctum.Node.Traffic;

/// <summary>What was submitted to the rules, and what they said.</summary>
/// <param name="IsBlock">Whether it was a block; a transfer otherwise.</param>
/// <param name="Intended">The rule that it was made to break; <see cref="BlockRule.None"/> when it is valid.</param>
/// <param name="What">What is wrong with it.</param>
/// <param name="Verdict">What the rules of the chain concluded.</param>
/// <param name="PoolRule">What the pool's own rules concluded.</param>
internal sealed record Judgement(bool IsBlock, BlockRule Intended, string What, Verdict Verdict, PoolRule PoolRule)
{
    public bool IsValid => Verdict.IsValid && PoolRule == PoolRule.None;

    /// <summary>The rule that refused it, or None.</summary>
    public string RuleName => Verdict.IsValid ? PoolRule.ToString() : Verdict.Rule.ToString();

    /// <summary>Whether it was refused under the very rule that it breaks, or accepted because it breaks none.</summary>
    public bool IsAsIntended => Intended == BlockRule.None ? IsValid : !Verdict.IsValid && Verdict.Rule == Intended;

    /// <summary>The transfer, when it was accepted.</summary>
    public AcceptedTransfer? Transfer { get; init; }

    public static Judgement Of(TransferFault? fault, Admission admission) =>
        new(false, fault?.Rule ?? BlockRule.None, fault?.What ?? "valid", admission.Verdict, admission.Rule);

    public static Judgement Of(BlockFault fault, Verdict verdict) => new(true, fault.Rule, fault.What, verdict, PoolRule.None);
}
