using Coniunctum.Crypto;

namespace Coniunctum.Bft.Tests;

/// <summary>
/// A validator of one height: the shipped machine with the records, the repeats and the restarts of <see cref="BftProducer"/>,
/// without keys and blocks. What it sends, and which blocks there are, is the world's.
/// </summary>
internal sealed class ScheduledValidator(IScheduleWorld world, ValidatorSet set, ulong height, int index)
{
    private readonly Queue<BftAction> _actions = [];
    private readonly List<BftMessage> _said = [];
    private readonly Dictionary<(int Round, BftMessageKind Kind), BftMessage> _everSaid = [];
    private BftRecord _record = new(0, RoundState.Fresh);
    private BftRecord _before = new(0, RoundState.Fresh);
    private BftLock? _lock;
    private BftMessage[] _certificate = [];

    public int Index => index;

    public Address Address => set[index].Address;

    /// <summary>The machine, or <c>null</c> while it is down.</summary>
    public BftMachine? Machine { get; private set; }

    public Dictionary<BftStep, (int Round, int Due)> Timers { get; } = [];

    public HashSet<int> Accused { get; } = [];

    public BlockId? Decided { get; private set; }

    /// <summary>What it has done that it must never do, or <c>null</c>.</summary>
    public string? Contradiction { get; private set; }

    public void Start()
    {
        RoundState control = _record.Height == height ? BftLock.ShownBy(_lock, _record) : RoundState.Fresh;
        Machine = new BftMachine(set, height, index, control, _actions.Enqueue);
        foreach (BftMessage prevote in _lock?.Prevotes ?? []) Machine.Take(prevote);
        if (_lock is { Prevotes: [{ Block: { } block }, ..] }) Machine.TakeJudgement(block, true);
        Machine.Start();
        if (_record.Height == height)
        {
            if (_before.Height == height && _before.Control.Round == control.Round - 1) SignAgain(_before.Control);
            SignAgain(control);
        }

        RunActions();
    }

    public void Crash()
    {
        Machine = null;
        Timers.Clear();
        _actions.Clear();
        _said.Clear();
    }

    public void Fire(BftStep step)
    {
        // A crash upon another one of the same moment has stopped all of them.
        if (!Timers.Remove(step, out (int Round, int Due) timer)) return;
        Machine!.TakeTimeout(step, timer.Round);
        RunActions();
    }

    public void FireDue()
    {
        foreach (BftStep step in Timers.Where(timer => timer.Value.Due <= world.Tick).Select(timer => timer.Key).ToArray()) Fire(step);
    }

    public void Hear(BftMessage message, bool hasBlock)
    {
        if (Machine is null) return;
        if (!Machine.Book.Has(message, set.IndexOf(message.Sender))) Machine.Take(message);
        if (hasBlock && message.Block is { } block) Machine.TakeJudgement(block, world.IsValid(block));
        RunActions();
    }

    public void SendAgain()
    {
        if (Machine is null) return;
        foreach (BftMessage message in _said.Where(message => message.Kind != BftMessageKind.Proposal).ToArray()) world.Send(this, message);
        foreach (BftMessage prevote in Machine.LatestPolka.ToArray()) world.Send(this, prevote);
        if (_said.Find(message => message.Kind == BftMessageKind.Proposal && message.Round == Machine.Control.Round) is { } proposal
            && !Machine.HasPolka(proposal.Round, proposal.Block!.Value))
        {
            Say(proposal);
        }

        foreach (BftMessage precommit in _certificate) world.Send(this, precommit);
    }

    public override string ToString() => Invariant($"{index}: {Machine?.Control}");

    private void RunActions()
    {
        while (_actions.TryDequeue(out BftAction? action))
        {
            switch (action)
            {
                case BftAction.Time time:
                    if (time.Step == BftStep.Propose) _said.RemoveAll(message => message.Round < time.Round - 1);
                    Timers[time.Step] = (time.Round, world.Tick + world.TicksOf(time.Round));
                    break;
                case BftAction.Propose propose:
                    BlockId block = propose.Block ?? world.MakeBlock(propose.Round);
                    if (!Machine!.TryPropose(propose.Round, block)) break;
                    PersistControl();
                    Sign(BftMessageKind.Proposal, propose.Round, block, propose.ValidRound);
                    break;
                case BftAction.Vote vote:
                    if (vote is { Kind: BftMessageKind.Precommit, Block: { } locked })
                    {
                        _lock = new BftLock(default, [.. Machine!.PrevotesFor(vote.Round, locked)]);
                        if (CrashesNow()) return;
                    }

                    PersistControl();
                    if (CrashesNow()) return;
                    Sign(vote.Kind, vote.Round, vote.Block, -1);
                    break;
                case BftAction.Decide decide:
                    Decided = decide.Block;
                    _certificate = [.. Machine!.Book.At(decide.Round)!.Precommits.VotesFor(decide.Block)];
                    break;
                case BftAction.Accuse accuse:
                    Accused.Add(set.IndexOf(accuse.First.Sender));
                    if (!accuse.First.Contradicts(accuse.Second)) Contradiction = "an accusation without a contradiction";
                    break;
                default:
                    break;
            }
        }
    }

    private bool CrashesNow()
    {
        if (!world.CrashesNow(this)) return false;
        Crash();
        return true;
    }

    private void PersistControl()
    {
        if (_record.Height == height && _record.Control.Round < Machine!.Control.Round) _before = _record;
        // Through its bytes, as a file would give it back.
        _record = BftRecord.Decode(new BftRecord(height, Machine!.Control).Encode());
    }

    private void SignAgain(RoundState control)
    {
        if (control.Step >= BftStep.Prevote) Sign(BftMessageKind.Prevote, control.Round, control.Prevoted, -1);
        if (control.Step >= BftStep.Precommit) Sign(BftMessageKind.Precommit, control.Round, control.Precommitted, -1);
    }

    private void Sign(BftMessageKind kind, int round, BlockId? block, int validRound)
    {
        var message = new BftMessage(kind, height, round, block, validRound, set[index].Address, default);
        if (!_everSaid.TryAdd((round, kind), message) && _everSaid[(round, kind)].Contradicts(message))
            Contradiction = Invariant($"{index} has said two things in round {round}");
        _said.Add(message);
        Say(message);
        if (kind == BftMessageKind.Proposal) Machine!.TakeJudgement(block!.Value, true);
        Machine!.Take(message);
    }

    private void Say(BftMessage message)
    {
        world.Send(this, message);
        if (message.ValidRound < 0) return;
        foreach (BftMessage prevote in Machine!.PrevotesFor(message.ValidRound, message.Block!.Value).ToArray()) world.Send(this, prevote);
    }
}
