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
    private const string ControlRecord = "bft.control";
    private const string BeforeRecord = "bft.before";
    private const string LockRecord = "bft.lock";
    private const string EvidenceRecord = "bft.evidence";

    private const string PauseTimer = "bft.pause";
    private const string ResendTimer = "bft.resend";
    private const string ListenTimer = "bft.listen";

    // Whoever floods a validator delays it; what is dropped comes again.
    private const int MaxChecks = 256;
    private const int MaxBlocks = 16;

    // Proposals of rounds further ahead come again when it is their turn.
    private const int MaxAhead = 2;

    private readonly ChainProfile _profile;
    private readonly BftTiming _timing;
    private readonly IEntropySource _entropy;
    private readonly BftJobs _jobs;
    private readonly Address _self;
    private readonly EvidenceLog _evidence = new();
    private readonly Queue<BftAction> _actions = new();
    private readonly HashSet<long> _checks = [];
    private readonly Dictionary<BlockId, HashedBlock> _blocks = [];
    private readonly HashSet<BlockId> _unjudged = [];
    private readonly HashSet<BlockId> _invalid = [];
    private readonly Dictionary<Address, BftMessage> _seen = [];
    private readonly Dictionary<(Address Sender, BftMessageKind Kind), BftMessage> _early = [];
    private readonly Dictionary<BftStep, int> _timedRounds = [];
    private readonly List<BftMessage> _sent = [];
    private (BftMessage Proposal, ReadOnlyMemory<byte> Block)? _earlyProposal;
    private BftRecord _record = new(0, RoundState.Fresh);
    private BftRecord _before = new(0, RoundState.Fresh);
    private BftLock? _lock;
    private ValidatorSet? _validators;
    private BftMachine? _machine;
    private BftListening? _listening;
    private ulong _silentThrough;
    private int _madeFor = -1;
    private long _job;
    private Timestamp _now;
    private IEffectSink<ProducerEffect>? _effects;

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
    }

    /// <summary>The proofs that validators have contradicted themselves, seen or heard of, oldest first. May be read from any thread.</summary>
    public ImmutableArray<BftEvidence> Evidence => _evidence.Pieces;

    /// <inheritdoc/>
    public ProductionStatus Status => _machine is null ? ProductionStatus.Unknown
        : _validators!.IndexOf(_self) < 0 ? new ProductionStatus(ProductionState.NotEntitled, Invariant($"the key of {_self} is no validator's"))
        : _listening is { } listening ? Waits(member => !listening.HasAnswered(member.Address), "after this start, validators of more than two thirds must say where they are")
        : _machine.Height <= _silentThrough ? new ProductionStatus(ProductionState.NotEntitled, Invariant($"this validator's key has signed what its file does not know, so it signs nothing up to height {_silentThrough}"))
        : StatusOf(_machine);

    private bool MaySign => _listening is null && _machine is not null && _machine.Height > _silentThrough && _validators!.IndexOf(_self) >= 0;

    private ProductionStatus StatusOf(BftMachine machine)
    {
        RoundState control = machine.Control;
        RoundVotes? now = machine.Book.At(control.Round);
        string where = Invariant($"height {machine.Height}, round {control.Round}");
        return control.Step switch
        {
            BftStep.Waiting => new ProductionStatus(ProductionState.WaitsForTime, Invariant($"block {machine.Height} is agreed upon after a pause")),
            BftStep.Propose => Waits(member => _validators!.ProposerAt(machine.Height, control.Round) == _validators.IndexOf(member.Address), where + ": the block of the proposer is waited for"),
            BftStep.Prevote => Waits(member => now?.Prevotes.HasVoted(_validators!.IndexOf(member.Address)) != true, where + ": prevotes are missing"),
            BftStep.Precommit => Waits(member => now?.Precommits.HasVoted(_validators!.IndexOf(member.Address)) != true, where + ": precommits are missing"),
            _ => ProductionStatus.Making,
        };
    }

    private ProductionStatus Waits(Func<Validator, bool> isAwaited, string reason)
    {
        ImmutableArray<Address> awaited = [.. _validators!.Where(isAwaited).Select(member => member.Address)];
        return ProductionStatus.WaitsForOthers(awaited, awaited.IsEmpty ? reason : Invariant($"{reason}: {string.Join(", ", awaited)}"));
    }

    /// <inheritdoc/>
    public void Step(ProducerInput input, Timestamp now, IEffectSink<ProducerEffect> effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        ArgumentNullException.ThrowIfNull(input);
        (_now, _effects) = (now, effects);
        switch (input)
        {
            case ProducerInput.Restored restored:
                Restore(restored);
                break;
            case ProducerInput.TipChanged changed:
                BeginHeight(changed.Tip.Height + 1, ((BftState)changed.State).Current);
                break;
            case ProducerInput.TimerFired fired when _machine is not null:
                TakeTimer(fired.Timer, _machine);
                break;
            case ProducerInput.Prepared prepared when prepared.Candidate.Header.Height == _machine?.Height && _madeFor == _machine.Control.Round:
                Start(_jobs.Make(prepared.Candidate, _madeFor));
                break;
            case ProducerInput.Judged judged:
                TakeJudgement(judged.Block, judged.Verdict);
                break;
            case ProducerInput.Message message when _machine is not null:
                TakeMessage(message, _machine);
                break;
            case ProducerInput.JobDone done:
                _checks.Remove(done.Job);
                TakeResult(done.Result);
                break;
            default:
                break;
        }

        RunActions();
        _effects = null;
    }

    private void Restore(ProducerInput.Restored restored)
    {
        _jobs.Begin(restored.ChainId);
        if (restored.Read(ControlRecord) is { } control) _record = BftRecord.Decode(control);
        if (restored.Read(BeforeRecord) is { } before) _before = BftRecord.Decode(before);
        if (restored.Read(LockRecord) is { } locked) _lock = BftLock.Decode(locked);
        if (restored.Read(EvidenceRecord) is { } evidence) _evidence.Restore(evidence);
        byte[] challenge = new byte[Hash256.Size];
        _entropy.Fill(challenge);
        _listening = new BftListening(new Hash256(challenge), _self, _record.Place);
        // A round's time: what was under way when this validator stopped has arrived somewhere by then.
        SetTimer(ListenTimer, _timing.Propose + (_timing.Vote * 2));
    }

    private void BeginHeight(ulong height, ValidatorSet validators)
    {
        if (_machine is not null && _machine.Height >= height) return;
        _validators = validators;
        _blocks.Clear();
        _unjudged.Clear();
        _invalid.Clear();
        _sent.Clear();
        _timedRounds.Clear();
        foreach (Address former in _seen.Keys.Where(address => validators.IndexOf(address) < 0).ToArray()) _seen.Remove(former);
        Place(height, []);
        SetTimer(PauseTimer, _timing.Pause);
        SetTimer(ResendTimer, _timing.Resend);
        if (_listening is not null) Ask();

        ImmutableArray<BftMessage> early = [.. _early.Values.Where(message => message.Height == height)];
        _early.Clear();
        if (!early.IsEmpty) Check(_jobs.Check(early));
        if (_earlyProposal is { } proposal && proposal.Proposal.Height == height) TakeProposal(proposal.Proposal, proposal.Block, _machine!);
        _earlyProposal = null;
    }

    /// <summary>Puts a machine where the validator stands: behind its record where it may sign, and as a listener elsewhere.</summary>
    private void Place(ulong height, ImmutableArray<BftMessage> checkedVotes)
    {
        _machine = new BftMachine(_validators!, height, -1, RoundState.Fresh, _actions.Enqueue);
        if (MaySign)
        {
            RoundState control = _record.Height == height ? BftLock.ShownBy(_lock, _record) : RoundState.Fresh;
            _machine = new BftMachine(_validators!, height, _validators!.IndexOf(_self), control, _actions.Enqueue);
            if (_record.Height == height && _lock is not null)
            {
                foreach (BftMessage prevote in _lock.Prevotes.Where(vote => vote.Height == height)) _machine.Take(prevote);
                Start(_jobs.Decode(_lock.Block));
            }
        }

        foreach (BftMessage message in checkedVotes) _machine.Take(message);
        foreach (BlockId block in _blocks.Keys.Except(_unjudged).Except(_invalid)) _machine.TakeJudgement(block, true);
    }

    private void TakeTimer(string timer, BftMachine machine)
    {
        switch (timer)
        {
            case PauseTimer when machine.Control.Step == BftStep.Waiting:
                machine.Start();
                break;
            case ResendTimer:
                SendAgain(machine);
                SetTimer(ResendTimer, _timing.Resend);
                break;
            case ListenTimer when _listening is not null:
                _listening.IsTimeOver = true;
                EndListening();
                break;
            default:
                foreach ((BftStep step, int round) in _timedRounds)
                {
                    if (!string.Equals(NameOf(step), timer, StringComparison.Ordinal)) continue;
                    machine.TakeTimeout(step, round);
                    break;
                }

                break;
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
                    _timedRounds[time.Step] = time.Round;
                    SetTimer(NameOf(time.Step), _timing.Of(time.Step, time.Round));
                    break;
                case BftAction.Propose { Block: null } propose:
                    _madeFor = propose.Round;
                    _effects!.Emit(new ProducerEffect.Prepare(_self));
                    break;
                case BftAction.Propose propose:
                    if (_blocks.ContainsKey(propose.Block!.Value)) Propose(propose.Round, propose.Block.Value, propose.ValidRound);
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
        PersistControl(_machine);
        Sign(BftMessageKind.Proposal, round, block, validRound);
    }

    /// <summary>Makes durable what a vote binds to, before it is signed.</summary>
    private void Persist(BftAction.Vote vote)
    {
        BftMachine machine = _machine!;
        if (vote is { Kind: BftMessageKind.Precommit, Block: { } block })
        {
            _lock = new BftLock(_blocks[block].Encoded, [.. machine.PrevotesFor(vote.Round, block)]);
            _effects!.Emit(new ProducerEffect.Persist(LockRecord, _lock.Encode()));
        }

        PersistControl(machine);
    }

    private void PersistControl(BftMachine machine)
    {
        if (_record.Height == machine.Height && _record.Control.Round < machine.Control.Round)
        {
            _before = _record;
            _effects!.Emit(new ProducerEffect.Persist(BeforeRecord, _before.Encode()));
        }

        _record = new BftRecord(machine.Height, machine.Control);
        _effects!.Emit(new ProducerEffect.Persist(ControlRecord, _record.Encode()));
    }

    private void Sign(BftMessageKind kind, int round, BlockId? block, int validRound) =>
        Start(_jobs.Sign(new BftMessage(kind, _machine!.Height, round, block, validRound, _self, default)));

    private void Accuse(BftEvidence evidence)
    {
        if (!_evidence.Wants(evidence)) return;
        _evidence.Add(evidence);
        _effects!.Emit(new ProducerEffect.Persist(EvidenceRecord, _evidence.Encode()));
        _effects.Emit(new ProducerEffect.Send(BftWire.EvidenceTopic, evidence.Encode()));
    }

    private void ForgetOldRounds(int round)
    {
        RoundState control = _machine!.Control;
        _sent.RemoveAll(message => message.Round < round - 1);
        foreach (BlockId block in _blocks.Keys.Where(block => !IsKept(block)).ToArray())
        {
            _blocks.Remove(block);
            _unjudged.Remove(block);
            _invalid.Remove(block);
        }

        _machine.ForgetBlocks(IsKept);

        bool IsKept(BlockId block) => block == control.Locked || block == control.Valid || block == control.Proposed
            || _machine.Book.Rounds.Any(known => known.Key >= round - 2 && known.Value.Proposal?.Block == block);
    }

    private static string NameOf(BftStep step) => step switch
    {
        BftStep.Propose => "bft.propose",
        BftStep.Prevote => "bft.prevote",
        _ => "bft.precommit",
    };

    private void SetTimer(string timer, TimeSpan span) => _effects!.Emit(new ProducerEffect.SetTimer(timer, _now.Plus(span)));

    private void Start(IProducerJob job) => _effects!.Emit(new ProducerEffect.StartJob(++_job, job));

    /// <summary>Starts a job on what others sent, unless too many are under way.</summary>
    private void Check(IProducerJob job)
    {
        if (_checks.Count >= MaxChecks) return;
        Start(job);
        _checks.Add(_job);
    }
}
