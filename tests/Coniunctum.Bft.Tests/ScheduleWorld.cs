using Coniunctum.Bft.Tests.Exploration;

namespace Coniunctum.Bft.Tests;

/// <summary>
/// Validators of one height whose messages arrive in any order, late, twice or never, who crash and start again from what was
/// durable; and liars of less than a third of the weight. Later the network gets well.
/// </summary>
internal sealed class ScheduleWorld : IScheduleWorld
{
    private const int Blocks = 4;
    private const int ResendTicks = 4;

    private readonly Random _random;
    private readonly ValidatorSet _set;
    private readonly int[] _liars;
    private readonly ScheduledValidator[] _nodes;
    private readonly List<(BftMessage Message, int To)> _mail = [];
    private bool _isWell;

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
        _nodes = [.. Enumerable.Range(0, count).Where(number => !liars.Contains(number)).Select(number => new ScheduledValidator(this, _set, 1, number))];
        foreach (ScheduledValidator node in _nodes) node.Start();
    }

    public int Tick { get; private set; }

    /// <summary>In how many rounds all had decided after the network got well.</summary>
    public int RoundsToDecide { get; private set; }

    public int Crashes { get; private set; }

    /// <summary>What is wrong, or <c>null</c>.</summary>
    public string? Run()
    {
        int steps = _random.Next(0, 300);
        for (int i = 0; i < steps; i++) Disturb();

        _isWell = true;
        foreach (ScheduledValidator node in _nodes.Where(node => node.Machine is null)) node.Start();
        int latest = _nodes.Max(node => node.Machine!.Control.Round);
        for (Tick = 0; _nodes.Any(node => node.Decided is null); Tick++)
        {
            if (Tick > 4_000) return "no decision";
            Pass();
        }

        RoundsToDecide = _nodes.Max(node => node.Machine!.Control.Round) - latest;
        // In a turn of the proposers' circle everyone proposes, whoever holds the latest lock too; a second one and eight rounds
        // are to spare for what liars do meanwhile. Timeouts outgrow the delays at once.
        return (ulong)RoundsToDecide > (2 * _set.TotalWeight) + 8 ? Invariant($"{RoundsToDecide} rounds") : Wrong();
    }

    void IScheduleWorld.Send(ScheduledValidator from, BftMessage message)
    {
        for (int to = 0; to < _set.Count; to++)
        {
            if (to != from.Index) _mail.Add((message, to));
        }
    }

    int IScheduleWorld.TicksOf(int round) => 4 + round;

    BlockId IScheduleWorld.MakeBlock(int round) => Actors.Block(1, _random.Next(Blocks - 1));

    // The last block is one that no honest validator accepts.
    bool IScheduleWorld.IsValid(BlockId block) => IsValid(block);

    bool IScheduleWorld.CrashesNow(ScheduledValidator validator)
    {
        if (_isWell || _random.Next(50) > 0) return false;
        Crashes++;
        return true;
    }

    private static bool IsValid(BlockId block) => block != Actors.Block(1, Blocks - 1);

    private string? Wrong()
    {
        if (_nodes.Select(node => node.Decided).Distinct().Count() > 1) return "two decisions";
        if (!IsValid(_nodes[0].Decided!.Value)) return "an invalid block";
        if (_nodes.SelectMany(node => node.Accused).FirstOrDefault(offender => !_liars.Contains(offender), -1) is >= 0 and int framed) return Invariant($"{framed} is honest");
        return _nodes.Select(node => node.Contradiction).FirstOrDefault(text => text is not null);
    }

    /// <summary>One thing of all that can happen while the network is ill.</summary>
    private void Disturb()
    {
        int what = _random.Next(100);
        ScheduledValidator node = _nodes[_random.Next(_nodes.Length)];
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
            if (node.Machine is not null && node.Timers.Count > 0) node.Fire(node.Timers.Keys.ElementAt(_random.Next(node.Timers.Count)));
        }
        else if (what < 94)
        {
            if (node.Decided is not null || node.Machine is null) return;
            node.Crash();
            Crashes++;
        }
        else
        {
            if (node.Machine is null)
                node.Start();
            else
                node.SendAgain();
        }
    }

    private void Pass()
    {
        (BftMessage Message, int To)[] mail = [.. _mail];
        _mail.Clear();
        foreach ((BftMessage message, int to) in mail) Deliver(message, to);
        Lie();
        foreach (ScheduledValidator node in _nodes)
        {
            node.FireDue();
            if (Tick % ResendTicks == 0) node.SendAgain();
        }
    }

    private void Lie()
    {
        if (_liars.Length == 0) return;
        int liar = _liars[_random.Next(_liars.Length)];
        ScheduledValidator victim = _nodes[_random.Next(_nodes.Length)];
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

    // Whoever has a proposal has its block; with a certificate comes its block too.
    private void Deliver(BftMessage message, int to) =>
        Array.Find(_nodes, node => node.Index == to)?.Hear(message, hasBlock: message.Kind == BftMessageKind.Proposal || _isWell);
}
