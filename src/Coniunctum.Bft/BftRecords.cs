using Coniunctum.Consensus;

namespace Coniunctum.Bft;

/// <summary>What a validator makes durable before it signs, and finds again after a start.</summary>
internal sealed class BftRecords
{
    private static readonly RecordKey s_controlKey = new("bft.control");
    private static readonly RecordKey s_beforeKey = new("bft.before");
    private static readonly RecordKey s_lockKey = new("bft.lock");
    private static readonly RecordKey s_evidenceKey = new("bft.evidence");

    /// <summary>Where the validator stands.</summary>
    public BftRecord Current { get; private set; } = new(0, RoundState.Fresh);

    /// <summary>Where it stood when it left the round before.</summary>
    public BftRecord Before { get; private set; } = new(0, RoundState.Fresh);

    /// <summary>What shows its lock to others, or <c>null</c>.</summary>
    public BftLock? Lock { get; private set; }

    /// <summary>Reads what an earlier run has written.</summary>
    /// <exception cref="InvalidDataException">A record cannot be read.</exception>
    public void Restore(Func<RecordKey, ReadOnlyMemory<byte>?> read, EvidenceLog evidence)
    {
        if (read(s_controlKey) is { } control) Current = BftRecord.Decode(control);
        if (read(s_beforeKey) is { } before) Before = BftRecord.Decode(before);
        if (read(s_lockKey) is { } locked) Lock = BftLock.Decode(locked);
        if (read(s_evidenceKey) is { } pieces) evidence.Restore(pieces);
    }

    /// <summary>Returns where a validator that may sign begins at a height: where it stood there, as far as its lock shows it.</summary>
    public RoundState ControlAt(ulong height) => Current.Height == height ? BftLock.ShownBy(Lock, Current) : RoundState.Fresh;

    public void Persist(BftLock locked, IEffectSink<IProducerEffect> effects)
    {
        Lock = locked;
        effects.Emit(new ProducerEffect.Persist(s_lockKey, locked.Encode()));
    }

    public void Persist(BftRecord record, IEffectSink<IProducerEffect> effects)
    {
        if (Current.Height == record.Height && Current.Control.Round < record.Control.Round)
        {
            Before = Current;
            effects.Emit(new ProducerEffect.Persist(s_beforeKey, Before.Encode()));
        }

        Current = record;
        effects.Emit(new ProducerEffect.Persist(s_controlKey, Current.Encode()));
    }

    public static void Persist(EvidenceLog evidence, IEffectSink<IProducerEffect> effects) =>
        effects.Emit(new ProducerEffect.Persist(s_evidenceKey, evidence.Encode()));
}
