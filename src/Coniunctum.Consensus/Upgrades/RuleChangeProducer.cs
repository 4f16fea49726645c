using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Upgrades;

/// <summary>
/// Makes blocks under two rules in turn: one producer up to the height of a <see cref="RuleChange"/>, the other above it. When
/// the chain passes that height, in either direction, the work of the one that had its turn is cancelled.
/// </summary>
public sealed class RuleChangeProducer : IBlockProducer
{
    private readonly ulong _height;
    private readonly Turn[] _turns;
    private int _active = -1;

    /// <summary>Composes two producers.</summary>
    /// <param name="first">Makes blocks up to the height, and the one at it; <c>null</c> where this node makes none then.</param>
    /// <param name="height">The height of the hand-over.</param>
    /// <param name="second">Makes blocks above it; <c>null</c> where this node makes none then.</param>
    public RuleChangeProducer(IBlockProducer? first, ulong height, IBlockProducer? second)
    {
        _height = height;
        _turns = [new Turn(first, 0), new Turn(second, 1)];
    }

    /// <inheritdoc/>
    public ProductionStatus Status => _active < 0 ? ProductionStatus.Unknown : _turns[_active].Status;

    /// <inheritdoc/>
    public void Step(ProducerInput input, Timestamp now, IEffectSink<ProducerEffect> effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        ArgumentNullException.ThrowIfNull(input);
        switch (input)
        {
            case ProducerInput.Restored restored:
                foreach (Turn turn in _turns) turn.Restored = restored;
                break;
            case ProducerInput.TipChanged changed:
                int next = TurnOf(changed.Tip.Height + 1);
                if (_active >= 0 && _active != next) _turns[_active].Rest(effects);
                _active = next;
                RuleState state = changed.State is ChangedState other && other.Height == _height ? other.Inner : changed.State;
                _turns[next].Step(changed with { State = state }, now, effects);
                break;
            case ProducerInput.Prepared prepared:
                StepIfActive(TurnOf(prepared.Candidate.Header.Height), input, now, effects);
                break;
            case ProducerInput.Refused { Block: { } block }:
                StepIfActive(TurnOf(block.Header.Height), input, now, effects);
                break;
            case ProducerInput.Judged judged:
                StepIfActive(TurnOf(judged.Block.Header.Height), input, now, effects);
                break;
            case ProducerInput.TimerFired fired:
                if (Turn.TryReadTimer(fired.Timer, out int owner, out string name))
                    StepIfActive(owner, new ProducerInput.TimerFired(name), now, effects);
                break;
            case ProducerInput.JobDone done:
                _turns[Turn.OwnerOf(done.Job)].End(done, now, effects);
                break;
            default:
                if (_active >= 0) _turns[_active].Step(input, now, effects);
                break;
        }
    }

    private int TurnOf(ulong height) => height <= _height ? 0 : 1;

    private void StepIfActive(int owner, ProducerInput input, Timestamp now, IEffectSink<ProducerEffect> effects)
    {
        if (owner == _active) _turns[owner].Step(input, now, effects);
    }

    /// <summary>One of the producers, whose jobs and timers are told from the other's.</summary>
    private sealed class Turn(IBlockProducer? producer, int index) : IEffectSink<ProducerEffect>
    {
        private readonly SortedSet<long> _jobs = [];
        private IEffectSink<ProducerEffect>? _effects;

        public ProductionStatus Status => producer?.Status ?? ProductionStatus.NoProducer;

        public static int OwnerOf(long job) => (int)(job & 1);

        public static bool TryReadTimer(string timer, out int owner, out string name)
        {
            owner = timer.StartsWith("0:", StringComparison.Ordinal) ? 0 : 1;
            name = timer.Length > 2 ? timer[2..] : "";
            return timer.StartsWith("0:", StringComparison.Ordinal) || timer.StartsWith("1:", StringComparison.Ordinal);
        }

        /// <summary>
        /// What the producer is told before anything else, once its turn comes: what it begins then, such as to listen for a while,
        /// would go on unseen while the other one has its turn.
        /// </summary>
        public ProducerInput.Restored? Restored { get; set; }

        public void Step(ProducerInput input, Timestamp now, IEffectSink<ProducerEffect> effects)
        {
            _effects = effects;
            if (Restored is { } restored) producer?.Step(restored, now, this);
            Restored = null;
            producer?.Step(input, now, this);
            _effects = null;
        }

        public void End(ProducerInput.JobDone done, Timestamp now, IEffectSink<ProducerEffect> effects)
        {
            _jobs.Remove(done.Job);
            Step(done with { Job = done.Job >> 1 }, now, effects);
        }

        /// <summary>Cancels what still runs.</summary>
        public void Rest(IEffectSink<ProducerEffect> effects)
        {
            foreach (long job in _jobs) effects.Emit(new ProducerEffect.CancelJob(job));
        }

        void IEffectSink<ProducerEffect>.Emit(ProducerEffect effect)
        {
            switch (effect)
            {
                case ProducerEffect.StartJob start:
                    long job = (start.Id << 1) | (uint)index;
                    _jobs.Add(job);
                    _effects!.Emit(start with { Id = job });
                    break;
                case ProducerEffect.CancelJob cancel:
                    _effects!.Emit(new ProducerEffect.CancelJob((cancel.Id << 1) | (uint)index));
                    break;
                case ProducerEffect.SetTimer timer:
                    _effects!.Emit(timer with { Timer = Invariant($"{index}:{timer.Timer}") });
                    break;
                default:
                    _effects!.Emit(effect);
                    break;
            }
        }
    }
}
