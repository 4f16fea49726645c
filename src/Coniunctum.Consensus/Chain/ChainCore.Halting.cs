using Coniunctum.Consensus.Upgrades;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Consensus.Chain;

/// <content>What stops a chain, and what only warns.</content>
public sealed partial class ChainCore
{
    /// <summary>
    /// The heaviest chain whose ruleset this software does not know, or <c>null</c>: what is confirmed above where it branches off
    /// may not stand there. Its record may still be on its way to the store.
    /// </summary>
    public UnknownRuleset? UnknownRuleset => _unknown.Noted;

    /// <summary>Why nothing is accepted any more, or <c>null</c>. A chain may have stopped in an earlier run already.</summary>
    public HaltReason? HaltReason => _haltReason;

    /// <summary>Returns whether a block of an unknown ruleset was noted: others can be judged behind it, though it is no part of the tree.</summary>
    /// <param name="id">Its identity.</param>
    public bool IsOfUnknownRuleset(BlockId id) => _unknown.Has(id);

    /// <summary>What was noted of chains of unknown rulesets is told, and acted on, when it is durable: a stop outlasts a restart.</summary>
    private void RememberUnknown(IEffectSink<ChainEffect> effects)
    {
        UnknownRuleset? noted = _unknown.Noted;
        var record = new StoreBatch.Record(UnknownRuleset.RecordName, noted?.Encode() ?? default);
        _commits.Commit(record, new ChainEffect.UnknownRulesetNoted(noted), effects);
    }

    private void Report(ChainEffect.UnknownRulesetNoted moved, IEffectSink<ChainEffect> effects)
    {
        effects.Emit(moved);
        if (moved.Noted is { Stop: not UpgradeStop.None } stop) Halt(new HaltReason(HaltCode.UpgradeMissing, stop.Text), effects);
    }

    private void Halt(HaltReason reason, IEffectSink<ChainEffect> effects)
    {
        if (_haltReason is not null) return;
        _haltReason = reason;
        effects.Emit(new ChainEffect.Halted(reason));
    }
}
