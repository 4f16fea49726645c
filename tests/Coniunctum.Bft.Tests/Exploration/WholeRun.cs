namespace Coniunctum.Bft.Tests.Exploration;

/// <summary>A random run of a world of one height, in which the machines keep all that they hear.</summary>
internal sealed class WholeRun
{
    private readonly ExploredWorld _world;
    private readonly Random _random;
    private readonly BftMachine[] _machines;
    private readonly Queue<BftAction>[] _actions;
    private readonly List<(BftStep Step, int Round)>[] _timers;
    private readonly HashSet<Said>[] _said;
    private readonly int[] _decided;

    public WholeRun(ExploredWorld world, int seed)
    {
        (_world, _random) = (world, new Random(seed));
        ValidatorSet set = world.SetOf(1, -1);
        int count = world.Honest.Length;
        _actions = [.. Enumerable.Range(0, count).Select(_ => new Queue<BftAction>())];
        _timers = [.. Enumerable.Range(0, count).Select(_ => new List<(BftStep, int)>())];
        _decided = [.. Enumerable.Repeat(-1, count)];
        _said = [.. Enumerable.Range(0, count).Select(_ => new HashSet<Said>())];
        _machines =
        [
            .. world.Honest.Select((number, index) => new BftMachine(set, 1, set.IndexOf(Actors.Address(number)), RoundState.Fresh, _actions[index].Enqueue)),
        ];
        for (int i = 0; i < count; i++)
        {
            for (int block = 0; block < 2; block++)
            {
                if (_random.Next(4) > 0) _machines[i].TakeJudgement(Actors.Block(1, block), true);
            }

            _machines[i].Start();
            RunActions(i);
        }
    }

    public IReadOnlyList<(RoundState Control, IReadOnlyCollection<Said> Said, int Decided)> States =>
        [.. _machines.Select((machine, index) => (machine.Control, (IReadOnlyCollection<Said>)_said[index], _decided[index]))];

    /// <summary>One validator hears one message, or one of its times runs out.</summary>
    public void Step()
    {
        int who = _random.Next(_machines.Length);
        int rounds = _world.Rounds[0];
        int what = _random.Next(10);
        if (what < 6)
        {
            Said[] all = [.. _said.SelectMany(said => said)];
            if (all.Length > 0) _machines[who].Take(all[_random.Next(all.Length)].ToMessage());
        }
        else if (what < 8)
        {
            var kind = (BftMessageKind)_random.Next(1, 4);
            int round = _random.Next(rounds);
            bool isProposal = kind == BftMessageKind.Proposal;
            var lie = new Said(_world.Liars[0], 1, round, kind, _random.Next(isProposal ? 0 : -1, 2), isProposal ? _random.Next(-1, round) : -1);
            _machines[who].Take(lie.ToMessage());
        }
        else if (what == 8)
        {
            _machines[who].TakeJudgement(Actors.Block(1, _random.Next(2)), true);
        }
        else if (_timers[who].Count > 0)
        {
            int index = _random.Next(_timers[who].Count);
            (BftStep step, int round) = _timers[who][index];
            _timers[who].RemoveAt(index);
            if (step != BftStep.Precommit || round < rounds - 1) _machines[who].TakeTimeout(step, round);
        }

        RunActions(who);
    }

    private void RunActions(int who)
    {
        while (_actions[who].TryDequeue(out BftAction? action))
        {
            switch (action)
            {
                case BftAction.Time time:
                    _timers[who].Add((time.Step, time.Round));
                    break;
                case BftAction.Propose propose:
                    BlockId made = propose.Block ?? Actors.Block(1, propose.Round % 2);
                    if (_machines[who].TryPropose(propose.Round, made)) Say(who, BftMessageKind.Proposal, propose.Round, made, propose.ValidRound);
                    break;
                case BftAction.Vote vote:
                    Say(who, vote.Kind, vote.Round, vote.Block, -1);
                    break;
                case BftAction.Decide decide:
                    _decided[who] = decide.Block.Value.AsSpan()[2] - 1;
                    break;
                default:
                    break;
            }
        }
    }

    private void Say(int who, BftMessageKind kind, int round, BlockId? block, int validRound) =>
        _said[who].Add(new Said(_world.Honest[who], 1, round, kind, block is { } some ? some.Value.AsSpan()[2] - 1 : -1, validRound));
}
