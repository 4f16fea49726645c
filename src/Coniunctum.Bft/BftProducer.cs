using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Bft;

/// <summary>
/// One validator: the <see cref="BftMachine"/> of each height with keys, timers, records and messages around it. What it signs
/// is durable before it is sent; after a start it signs nothing before it has listened to the others.
/// </summary>
public sealed partial class BftProducer : IBlockProducer
{
    private static readonly TimerId s_pauseTimer = new("bft.pause");
    private static readonly TimerId s_resendTimer = new("bft.resend");
    private static readonly TimerId s_listenTimer = new("bft.listen");

    private readonly ChainProfile _profile;
    private readonly BftTiming _timing;
    private readonly IEntropySource _entropy;
    private readonly BftJobs _jobs;
    private readonly Address _self;
    private readonly EvidenceLog _evidence = new();
    private readonly Queue<BftAction> _actions = new();
    private readonly ProposedBlocks _blocks = new();
    private readonly BftRecords _records = new();
    private readonly EarlyVotes _early = new();
    private readonly BftOutbox _outbox;
    private readonly Dictionary<Address, BftMessage> _seen = [];
    private readonly AnsweredQuestions _answered = new();
    private readonly RoundTimers _timers = new();
    private ValidatorSet? _validators;
    private BftMachine? _machine;
    private BftListening? _listening;
    private ulong _silentThrough;
    private int _madeFor = -1;
    private JobId _job;
    private SteadyTime _now;
    private IEffectSink<IProducerEffect>? _effects;

    /// <summary>Makes a validator.</summary>
    /// <param name="rule">The rule under which it votes: the profile's, or the one that a hand-over leads to or from.</param>
    /// <param name="key">Its key; stays the caller's, who disposes it after the ledger. No second node may use it at the same time.</param>
    /// <param name="profile">The ledger's profile.</param>
    /// <param name="entropy">Where the questions after a start are drawn from; must not repeat itself from start to start.</param>
    public BftProducer(BftConsensus rule, PrivateKey key, ChainProfile profile, IEntropySource entropy)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(entropy);
        (_profile, _timing, _entropy) = (profile, rule.Timing, entropy);
        _jobs = new BftJobs(key, profile);
        _self = profile.Signatures.AddressOf(key.PublicKey);
        _outbox = new BftOutbox(_blocks);
    }

    /// <summary>The proofs that validators have contradicted themselves, seen or heard of, oldest first. May be read from any thread.</summary>
    public ImmutableArray<BftEvidence> Evidence => _evidence.Pieces;

    /// <inheritdoc/>
    public ProductionStatus Status => _machine is null ? ProductionStatus.Unknown
        : _validators!.IndexOf(_self) < 0 ? new ProductionStatus(ProductionState.NotEntitled, Invariant($"the key of {_self} is no validator's"))
        : _listening is { } listening ? BftProductionStatus.Waits(_validators, member => !listening.HasAnswered(member.Address), "after this start, validators of more than two thirds must say where they are")
        : _machine.Height <= _silentThrough ? new ProductionStatus(ProductionState.NotEntitled, Invariant($"this validator's key has signed what its file does not know, so it signs nothing up to height {_silentThrough}"))
        : BftProductionStatus.Of(_machine, _validators);

    private bool MaySign => _listening is null && _machine is not null && _machine.Height > _silentThrough && _validators!.IndexOf(_self) >= 0;

    /// <inheritdoc/>
    public void Step(IProducerInput input, NodeTime now, IEffectSink<IProducerEffect> effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        ArgumentNullException.ThrowIfNull(input);
        (_now, _effects) = (now.Steady, effects);
        switch (input)
        {
            case NodeInput.Started started:
                Restore(started);
                break;
            case ProducerInput.TipChanged changed:
                BeginHeight(changed.Tip.Height + 1, ((BftState)changed.State).Current);
                break;
            case NodeInput.TimerFired fired when _machine is not null:
                TakeTimer(fired.Timer, _machine);
                break;
            case ProducerInput.Prepared prepared when prepared.Candidate.Header.Height == _machine?.Height && _madeFor == _machine.Control.Round:
                Start(_jobs.Make(prepared.Candidate, _madeFor));
                break;
            case ProducerInput.Judged judged:
                TakeJudgement(judged.Block, judged.Verdict);
                break;
            case ProducerInput.MessageAccepted message when _machine is not null:
                TakeMessage(message, _machine);
                break;
            case NodeInput.JobDone done:
                TakeResult(done.Result);
                break;
            default:
                break;
        }

        RunActions();
        _effects = null;
    }

    private void Restore(NodeInput.Started started)
    {
        _jobs.Begin(started.ChainId);
        _records.Restore(started.ReadRecord, _evidence);
        byte[] challenge = new byte[Hash256.Size];
        _entropy.Fill(challenge);
        _listening = new BftListening(new Hash256(challenge), _self, _records.Current.Place);
        // A round's time: what was under way when this validator stopped has arrived somewhere by then.
        SetTimer(s_listenTimer, _timing.Propose + (_timing.Vote * 2));
    }

    private void BeginHeight(ulong height, ValidatorSet validators)
    {
        if (_machine is not null && _machine.Height >= height) return;
        _validators = validators;
        _blocks.Clear();
        _outbox.Clear();
        _timers.Clear();
        foreach (Address former in _seen.Keys.Where(address => validators.IndexOf(address) < 0).ToArray()) _seen.Remove(former);
        Place(height, []);
        SetTimer(s_pauseTimer, _timing.Pause);
        SetTimer(s_resendTimer, _timing.Resend);
        if (_listening is not null) Ask();

        foreach (BftMessage vote in _early.Take(height, validators)) Receive(vote);
    }

    /// <summary>Puts a machine where the validator stands: behind its record where it may sign, and as a listener elsewhere.</summary>
    private void Place(ulong height, ImmutableArray<BftMessage> checkedVotes)
    {
        _machine = new BftMachine(_validators!, height, -1, RoundState.Fresh, _actions.Enqueue);
        if (MaySign)
        {
            _machine = new BftMachine(_validators!, height, _validators!.IndexOf(_self), _records.ControlAt(height), _actions.Enqueue);
            if (_records.Current.Height == height && _records.Lock is { } shown)
            {
                foreach (BftMessage prevote in shown.Prevotes.Where(vote => vote.Height == height)) _machine.Take(prevote);
                Start(_jobs.Decode(shown.Block));
            }
        }

        foreach (BftMessage message in checkedVotes) _machine.Take(message);
        foreach (BlockId block in _blocks.Valid) _machine.TakeJudgement(block, true);
    }

    private void TakeTimer(TimerId timer, BftMachine machine)
    {
        if (timer == s_pauseTimer && machine.Control.Step == BftStep.Waiting)
        {
            machine.Start();
        }
        else if (timer == s_resendTimer)
        {
            SendAgain(machine);
            SetTimer(s_resendTimer, _timing.Resend);
        }
        else if (timer == s_listenTimer && _listening is not null)
        {
            _listening.IsTimeOver = true;
            EndListening();
        }
        else if (_timers.Find(timer) is var (step, round))
        {
            machine.TakeTimeout(step, round);
        }
    }

    /// <summary>Does what the machine wants; that may make it want more.</summary>
    private void RunActions()
    {
        while (_actions.TryDequeue(out BftAction? action))
        {
            switch (action)
            {
                case BftAction.Time time:
                    if (time.Step == BftStep.Propose) ForgetOldRounds(time.Round);
                    SetTimer(_timers.Set(time.Step, time.Round), _timing.Of(time.Step, time.Round));
                    break;
                case BftAction.Propose { Block: null } propose:
                    _madeFor = propose.Round;
                    _effects!.Emit(new ProducerEffect.Prepare(_self));
                    break;
                case BftAction.Propose propose:
                    if (_blocks.Contains(propose.Block!.Value)) Propose(propose.Round, propose.Block.Value, propose.ValidRound);
                    break;
                case BftAction.Vote vote:
                    Persist(vote);
                    Sign(vote.Kind, vote.Round, vote.Block, -1);
                    break;
                case BftAction.Decide decide:
                    IEnumerable<BftMessage> precommits = _machine!.Book.At(decide.Round)!.Precommits.VotesFor(decide.Block);
                    ReadOnlyMemory<byte> certificate = BftCertificate.Write(_validators!, decide.Round, precommits);
                    _effects!.Emit(new ProducerEffect.Adopt(_blocks[decide.Block].WithCertificate(certificate, _profile.Format)));
                    break;
                case BftAction.Accuse accuse:
                    Accuse(new BftEvidence(accuse.First, accuse.Second));
                    break;
                default:
                    break;
            }
        }
    }

    private void Propose(int round, BlockId block, int validRound)
    {
        if (!MaySign || !_machine!.TryPropose(round, block)) return;
        _records.Persist(new BftRecord(_machine.Height, _machine.Control), _effects!);
        Sign(BftMessageKind.Proposal, round, block, validRound);
    }

    /// <summary>Makes durable what a vote binds to, before it is signed.</summary>
    private void Persist(BftAction.Vote vote)
    {
        BftMachine machine = _machine!;
        if (vote is { Kind: BftMessageKind.Precommit, Block: { } block })
            _records.Persist(new BftLock(_blocks[block].Encoded, [.. machine.PrevotesFor(vote.Round, block)]), _effects!);
        _records.Persist(new BftRecord(machine.Height, machine.Control), _effects!);
    }

    private void Sign(BftMessageKind kind, int round, BlockId? block, int validRound) =>
        Start(_jobs.Sign(new BftMessage(kind, _machine!.Height, round, block, validRound, _self, default)));

    private void Accuse(BftEvidence evidence)
    {
        if (!_evidence.Wants(evidence)) return;
        _evidence.Add(evidence);
        BftRecords.Persist(_evidence, _effects!);
        _effects!.Emit(new NodeEffect.Send(BftTopics.EvidenceTopic, evidence.Encode()));
    }

    private void ForgetOldRounds(int round)
    {
        RoundState control = _machine!.Control;
        _outbox.ForgetBefore(round - 1);
        _blocks.RemoveExcept(IsKept);
        _machine.ForgetBlocks(IsKept);

        bool IsKept(BlockId block) => block == control.Locked || block == control.Valid || block == control.Proposed
            || _machine.Book.Rounds.Any(known => known.Key >= round - 2 && known.Value.Proposal?.Block == block) || _actions.Any(action => action.IsAbout(block));
    }

    private void SetTimer(TimerId timer, TimeSpan span) => _effects!.Emit(new NodeEffect.SetTimer(timer, _now.Plus(span)));

    private void Start(IProducerJob job) => _effects!.Emit(new NodeEffect.StartJob(_job = _job.Next(), job));
}
