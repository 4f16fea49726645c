using System.Globalization;

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
        // Changes are composed around earlier ones: the scope of a producer's records stays its own when another one follows it.
        _turns = [new Turn(first, 0, null), new Turn(second, 1, height.ToString(CultureInfo.InvariantCulture))];
    }

    /// <inheritdoc/>
    public ProductionStatus Status => _active < 0 ? ProductionStatus.Unknown : _turns[_active].Status;

    /// <inheritdoc/>
    public void Step(IProducerInput input, NodeTime now, IEffectSink<IProducerEffect> effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        ArgumentNullException.ThrowIfNull(input);
        switch (input)
        {
            case NodeInput.Started started:
                foreach (Turn turn in _turns) turn.Started = started;
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
            case ProducerInput.Refused refused:
                StepIfActive(TurnOf(refused.Height), input, now, effects);
                break;
            case ProducerInput.Judged judged:
                StepIfActive(TurnOf(judged.Block.Header.Height), input, now, effects);
                break;
            case NodeInput.TimerFired fired:
                if (_active >= 0 && fired.Timer.TryLeave(_turns[_active].TimerScope, out TimerId timer))
                    _turns[_active].Step(new NodeInput.TimerFired(timer), now, effects);
                break;
            case NodeInput.JobDone done:
                _turns[Turn.OwnerOf(done.Job)].End(done, now, effects);
                break;
            default:
                if (_active >= 0) _turns[_active].Step(input, now, effects);
                break;
        }
    }

    private int TurnOf(ulong height) => height <= _height ? 0 : 1;

    private void StepIfActive(int owner, IProducerInput input, NodeTime now, IEffectSink<IProducerEffect> effects)
    {
        if (owner == _active) _turns[owner].Step(input, now, effects);
    }

    /// <summary>One of the producers, whose jobs, timers and records are told from the other's.</summary>
    private sealed class Turn(IBlockProducer? producer, int index, string? recordScope) : IEffectSink<IProducerEffect>
    {
        private readonly SortedSet<long> _jobs = [];
        private IEffectSink<IProducerEffect>? _effects;

        public string TimerScope { get; } = index.ToString(CultureInfo.InvariantCulture);

        public ProductionStatus Status => producer?.Status ?? ProductionStatus.NoProducer;

        public static int OwnerOf(JobId job) => (int)(job.Value & 1);

        /// <summary>
        /// What the producer hears before anything else, once its turn comes: what it begins then, such as to listen for a while,
        /// would go on unseen while the other one has its turn.
        /// </summary>
        public NodeInput.Started? Started { get; set; }

        public void Step(IProducerInput input, NodeTime now, IEffectSink<IProducerEffect> effects)
        {
            _effects = effects;
            if (Started is { } started) producer?.Step(started with { ReadRecord = key => started.ReadRecord(Outer(key)) }, now, this);
            Started = null;
            producer?.Step(input, now, this);
            _effects = null;
        }

        public void End(NodeInput.JobDone done, NodeTime now, IEffectSink<IProducerEffect> effects)
        {
            _jobs.Remove(done.Job.Value);
            Step(done with { Job = new JobId(done.Job.Value >> 1) }, now, effects);
        }

        /// <summary>Cancels what still runs.</summary>
        public void Rest(IEffectSink<IProducerEffect> effects)
        {
            foreach (long job in _jobs) effects.Emit(new NodeEffect.CancelJob(new JobId(job)));
        }

        private RecordKey Outer(RecordKey key) => recordScope is null ? key : key.Within(recordScope);

        private JobId Outer(JobId job) => new((job.Value << 1) | (uint)index);

        void IEffectSink<IProducerEffect>.Emit(IProducerEffect effect)
        {
            switch (effect)
            {
                case NodeEffect.StartJob start:
                    JobId job = Outer(start.Id);
                    _jobs.Add(job.Value);
                    _effects!.Emit(start with { Id = job });
                    break;
                case NodeEffect.CancelJob cancel:
                    _effects!.Emit(new NodeEffect.CancelJob(Outer(cancel.Id)));
                    break;
                case NodeEffect.SetTimer timer:
                    _effects!.Emit(timer with { Timer = timer.Timer.Within(TimerScope) });
                    break;
                case ProducerEffect.Persist persist:
                    _effects!.Emit(persist with { Key = Outer(persist.Key) });
                    break;
                default:
                    _effects!.Emit(effect);
                    break;
            }
        }
    }
}
