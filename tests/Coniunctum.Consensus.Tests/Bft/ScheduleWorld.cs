using System.Collections.Immutable;
using Coniunctum.Consensus.Bft;
using Coniunctum.Consensus.Tests.Bft.Exploration;
using Coniunctum.Crypto;

namespace Coniunctum.Consensus.Tests.Bft;

/// <summary>
/// Validators of one height whose messages arrive in any order, late, twice or never, who crash and start again from what was
/// durable; and liars of less than a third of the weight. Later the network gets well.
/// </summary>
internal sealed class ScheduleWorld
{
    private const int Blocks = 4;
    private const int ResendTicks = 4;

    private readonly Random _random;
    private readonly ValidatorSet _set;
    private readonly int[] _liars;
    private readonly Node[] _nodes;
    private readonly List<(BftMessage Message, int To)> _mail = [];
    private readonly Dictionary<(Address, int, BftMessageKind), BftMessage> _said = [];
    private bool _isWell;
    private int _tick;

    public ScheduleWorld(int seed)
    {
        _random = new Random(seed);
        int count = _random.Next(4, 8);
        _set = ValidatorSet.Of(Enumerable.Range(0, count).Select(number => new Validator(Actors.Address(number), (ulong)_random.Next(1, 4))));
        var liars = new List<int>();
        ulong weight = 0;
        foreach (int candidate in Enumerable.Range(0, count).OrderBy(_ => _random.Next()))
        {
            if (_set.HasHonest(weight + _set[candidate].Weight) || (weight + _set[candidate].Weight) * 3 >= _set.TotalWeight) continue;
            weight += _set[candidate].Weight;
            liars.Add(candidate);
        }

        _liars = [.. liars];
        _nodes = [.. Enumerable.Range(0, count).Where(number => !liars.Contains(number)).Select(number => new Node { Index = number })];
        foreach (Node node in _nodes) Start(node);
    }

    /// <summary>In how many rounds all had decided after the network got well.</summary>
    public int RoundsToDecide { get; private set; }

    public int Crashes { get; private set; }

    /// <summary>What is wrong, or <c>null</c>.</summary>
    public string? Run()
    {
        int steps = _random.Next(0, 300);
        for (int i = 0; i < steps; i++) Disturb();

        _isWell = true;
        foreach (Node node in _nodes.Where(node => node.Machine is null)) Start(node);
        int latest = _nodes.Max(node => node.Machine!.Control.Round);
        for (_tick = 0; _nodes.Any(node => node.Decided is null); _tick++)
        {
            if (_tick > 4_000) return "no decision";
            Tick();
        }

        RoundsToDecide = _nodes.Max(node => node.Machine!.Control.Round) - latest;
        // In a turn of the proposers' circle everyone proposes, whoever holds the latest lock too; a second one and eight rounds
        // are to spare for what liars do meanwhile. Timeouts outgrow the delays at once.
        return (ulong)RoundsToDecide > (2 * _set.TotalWeight) + 8 ? Invariant($"{RoundsToDecide} rounds") : Wrong();
    }

    private string? Wrong()
    {
        if (_nodes.Select(node => node.Decided).Distinct().Count() > 1) return "two decisions";
        if (!IsValid(_nodes[0].Decided!.Value)) return "an invalid block";
        if (_nodes.SelectMany(node => node.Accused).FirstOrDefault(offender => !_liars.Contains(offender), -1) is >= 0 and int framed) return Invariant($"{framed} is honest");
        return _nodes.Select(node => node.Contradiction).FirstOrDefault(text => text is not null);
    }

    // The last block is one that no honest validator accepts.
    private static bool IsValid(BlockId block) => block != Actors.Block(1, Blocks - 1);

    /// <summary>One thing of all that can happen while the network is ill.</summary>
    private void Disturb()
    {
        int what = _random.Next(100);
        Node node = _nodes[_random.Next(_nodes.Length)];
        if (what < 55 && _mail.Count > 0)
        {
            int index = _random.Next(_mail.Count);
            (BftMessage message, int to) = _mail[index];
            if (_random.Next(10) > 0) _mail.RemoveAt(index);
            if (_random.Next(10) > 1) Deliver(message, to);
        }
        else if (what < 70)
        {
            Lie();
        }
        else if (what < 90)
        {
            if (node.Machine is not null && node.Timers.Count > 0) Fire(node, node.Timers.Keys.ElementAt(_random.Next(node.Timers.Count)));
        }
        else if (what < 94)
        {
            Crash(node);
        }
        else
        {
            if (node.Machine is null)
                Start(node);
            else
                SayAgain(node);
        }

        foreach (Node any in _nodes) RunActions(any);
    }

    private void Tick()
    {
        (BftMessage Message, int To)[] mail = [.. _mail];
        _mail.Clear();
        foreach ((BftMessage message, int to) in mail) Deliver(message, to);
        Lie();
        foreach (Node node in _nodes)
        {
            foreach (BftStep step in node.Timers.Where(timer => timer.Value.Due <= _tick).Select(timer => timer.Key).ToArray()) Fire(node, step);
            if (_tick % ResendTicks == 0) SayAgain(node);
            RunActions(node);
        }
    }

    private void Lie()
    {
        if (_liars.Length == 0) return;
        int liar = _liars[_random.Next(_liars.Length)];
        Node victim = _nodes[_random.Next(_nodes.Length)];
        int round = Math.Max(0, (victim.Machine?.Control.Round ?? 0) + _random.Next(-2, 3));
        var kind = (BftMessageKind)_random.Next(1, 4);
        bool isProposal = kind == BftMessageKind.Proposal;
        int block = _random.Next(isProposal ? 0 : -1, Blocks);
        var lie = new BftMessage(
            kind, 1, round, block < 0 ? null : Actors.Block(1, block), isProposal ? _random.Next(-1, round) : -1, _set[liar].Address, default);
        for (int to = 0; to < _set.Count; to++)
        {
            if (_random.Next(2) == 0) _mail.Add((lie, to));
        }
    }

    private void Crash(Node node)
    {
        if (node.Decided is not null || node.Machine is null) return;
        node.Machine = null;
        node.Timers.Clear();
        node.Actions.Clear();
        Crashes++;
    }

    private void Start(Node node)
    {
        node.Machine = new BftMachine(_set, 1, node.Index, node.Durable, node.Actions.Enqueue);
        foreach (BftMessage prevote in node.Reasons) node.Machine.Take(prevote);
        if (node.Durable.Locked is { } locked) node.Machine.TakeJudgement(locked, true);
        node.Machine.Start();
        if (node.Durable.Step >= BftStep.Prevote) Send(node, BftMessageKind.Prevote, node.Durable.Round, node.Durable.Prevoted, -1);
        if (node.Durable.Step >= BftStep.Precommit) Send(node, BftMessageKind.Precommit, node.Durable.Round, node.Durable.Precommitted, -1);
        RunActions(node);
    }

    private void Fire(Node node, BftStep step)
    {
        node.Timers.Remove(step, out (int Round, int Due) timer);
        node.Machine!.TakeTimeout(step, timer.Round);
    }

    private void Deliver(BftMessage message, int to)
    {
        if (Array.Find(_nodes, node => node.Index == to) is not { Machine: { } machine } node) return;
        machine.Take(message);
        // Whoever has a proposal has its block; with a certificate comes its block too.
        if (message.Block is { } block && (message.Kind == BftMessageKind.Proposal || _isWell)) machine.TakeJudgement(block, IsValid(block));
        RunActions(node);
    }

    private void SayAgain(Node node)
    {
        if (node.Machine is not { } machine) return;
        foreach (BftMessage message in node.Said.Where(message => message.Round >= machine.Control.Round - 1).ToArray())
        {
            Post(message);
            if (message.Kind == BftMessageKind.Proposal && machine.Book.At(message.ValidRound) is { } valid)
            {
                foreach (BftMessage reason in valid.Prevotes.VotesFor(message.Block)) Post(reason);
            }
        }

        foreach (BftMessage precommit in node.Certificate) Post(precommit);
    }

    private void RunActions(Node node)
    {
        while (node.Actions.TryDequeue(out BftAction? action))
        {
            switch (action)
            {
                case BftAction.Time time:
                    node.Timers[time.Step] = (time.Round, _tick + 4 + time.Round);
                    break;
                case BftAction.Propose propose:
                    BlockId block = propose.Block ?? Actors.Block(1, _random.Next(Blocks - 1));
                    if (!node.Machine!.TryPropose(propose.Round, block)) break;
                    Persist(node);
                    Send(node, BftMessageKind.Proposal, propose.Round, block, propose.ValidRound);
                    break;
                case BftAction.Vote vote:
                    if (vote is { Kind: BftMessageKind.Precommit, Block: { } locked })
                        node.Reasons = [.. node.Machine!.Book.At(vote.Round)!.Prevotes.VotesFor(locked)];
                    Persist(node);
                    if (!_isWell && _random.Next(50) == 0)
                    {
                        Crash(node);
                        return;
                    }

                    Send(node, vote.Kind, vote.Round, vote.Block, -1);
                    break;
                case BftAction.Decide decide:
                    node.Decided = decide.Block;
                    node.Certificate = [.. node.Machine!.Book.At(decide.Round)!.Precommits.VotesFor(decide.Block)];
                    break;
                case BftAction.Accuse accuse:
                    node.Accused.Add(_set.IndexOf(accuse.First.Sender));
                    if (!accuse.First.Contradicts(accuse.Second)) node.Contradiction = "an accusation without a contradiction";
                    break;
                default:
                    break;
            }
        }
    }

    private static void Persist(Node node) => node.Durable = node.Machine!.Control with { IsPrevoteTimed = false, IsPrecommitTimed = false };

    private void Send(Node node, BftMessageKind kind, int round, BlockId? block, int validRound)
    {
        var message = new BftMessage(kind, 1, round, block, validRound, _set[node.Index].Address, default);
        if (!_said.TryAdd((message.Sender, round, kind), message) && _said[(message.Sender, round, kind)].Contradicts(message))
            node.Contradiction = Invariant($"{node.Index} has said two things in round {round}");
        node.Said.Add(message);
        Post(message);
        if (kind == BftMessageKind.Proposal) Deliver(message, node.Index);
    }

    private void Post(BftMessage message)
    {
        for (int to = 0; to < _set.Count; to++) _mail.Add((message, to));
    }

    private sealed class Node
    {
        public required int Index { get; init; }

        public BftMachine? Machine { get; set; }

        public BftControl Durable { get; set; } = BftControl.Fresh;

        public ImmutableArray<BftMessage> Reasons { get; set; } = [];

        public ImmutableArray<BftMessage> Certificate { get; set; } = [];

        public Queue<BftAction> Actions { get; } = [];

        public Dictionary<BftStep, (int Round, int Due)> Timers { get; } = [];

        public List<BftMessage> Said { get; } = [];

        public HashSet<int> Accused { get; } = [];

        public BlockId? Decided { get; set; }

        public string? Contradiction { get; set; }
    }
}
