using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Crypto;

namespace Coniunctum.Bft;

/// <summary>Why no block comes, as a validator knows it: which step is under way, and who is missing.</summary>
internal static class BftProductionStatus
{
    /// <summary>What a validator that takes part is waiting for.</summary>
    public static ProductionStatus Of(BftMachine machine, ValidatorSet validators)
    {
        RoundState control = machine.Control;
        RoundVotes? now = machine.Book.At(control.Round);
        string where = Invariant($"height {machine.Height}, round {control.Round}");
        return control.Step switch
        {
            BftStep.Waiting => new ProductionStatus(ProductionState.WaitsForTime, Invariant($"block {machine.Height} is agreed upon after a pause")),
            BftStep.Propose => Waits(validators, member => validators.ProposerAt(machine.Height, control.Round) == validators.IndexOf(member.Address), where + ": the block of the proposer is waited for"),
            BftStep.Prevote => Waits(validators, member => now?.Prevotes.HasVoted(validators.IndexOf(member.Address)) != true, where + ": prevotes are missing"),
            BftStep.Precommit => Waits(validators, member => now?.Precommits.HasVoted(validators.IndexOf(member.Address)) != true, where + ": precommits are missing"),
            _ => ProductionStatus.Making,
        };
    }

    /// <summary>Waiting for the validators that a condition names.</summary>
    public static ProductionStatus Waits(ValidatorSet validators, Func<Validator, bool> isAwaited, string reason)
    {
        ImmutableArray<Address> awaited = [.. validators.Where(isAwaited).Select(member => member.Address)];
        return ProductionStatus.WaitsForOthers(awaited, awaited.IsEmpty ? reason : Invariant($"{reason}: {string.Join(", ", awaited)}"));
    }
}
