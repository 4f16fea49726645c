using Coniunctum.Bft.Tests.Exploration;

namespace Coniunctum.Bft.Tests;

/// <summary>
/// Four validators, one of which lies. In round 0 one of the others locks on a block, of which the rest sees too few prevotes;
/// then come rounds in which proposals are lost; then the network is well, but for the liar.
/// </summary>
internal sealed class BadRoundsWorld : IScheduleWorld
{
    private const int ResendTicks = 4;
    private const int NoRound = -1;

    private readonly Random _random;
    private readonly ValidatorSet _set = ValidatorSet.Of(Enumerable.Range(0, 4).Select(Actors.Address));
    private readonly ulong _height;
    private readonly int _badRounds;
    private readonly ScheduledValidator[] _nodes;
    private readonly ScheduledValidator _holder;
    private readonly PriorityQueue<(BftMessage Message, ScheduledValidator To), (int Tick, long Number)> _mail = new();
    private readonly Liar _liar;
    private readonly double _loss;
    private readonly bool _mayLockAgain;
    private readonly bool _crashes;
    private long _number;

    public BadRoundsWorld(int seed, int badRounds, LiarKind? kind = null)
    {
        _random = new Random(seed);
        _badRounds = badRounds;
        _height = (ulong)_random.Next(1, 1_000);
        int liar = _random.Next(4);
        _nodes = [.. Enumerable.Range(0, 4).Where(number => number != liar).Select(number => new ScheduledValidator(this, _set, _height, number))];
        _holder = _nodes[_random.Next(_nodes.Length)];
        LiarKind drawn = (LiarKind)_random.Next(1, (int)LiarKind.OneAtATime + 1);
        _liar = new Liar(kind ?? drawn, liar, _set, _height, _random, Report);
        _loss = _random.Next(3) * 0.2;
        _mayLockAgain = _random.Next(4) == 0;
        _crashes = _random.Next(3) == 0;
    }

    public int Tick { get; private set; }

    /// <summary>In how many rounds all had decided after the network got well.</summary>
    public int RoundsToDecide { get; private set; }

    private bool IsWell { get; set; }

    private string Stand => string.Join("; ", _nodes.Select(node => node.ToString()));

    private int Round => _nodes.Max(node => node.Machine?.Control.Round ?? NoRound);

    /// <summary>What is wrong, or <c>null</c>.</summary>
    public string? Run()
    {
        foreach (ScheduledValidator node in _nodes) node.Start();
        for (; Round <= _badRounds; Tick++)
        {
            if (Tick > 100 * (_badRounds + 2)) return Invariant($"stuck in round {Round}, before the network got well: {Stand}");
            Pass();
            if (Round == 1 && !_mayLockAgain && !_nodes.All(node => node.Machine!.Control.LockedRound == (node == _holder ? 0 : -1))) return "not one lock in round 0";
            if (_nodes.Any(node => node.Decided is not null)) return "decided before the network got well";
        }

        IsWell = true;
        foreach (ScheduledValidator node in _nodes.Where(node => node.Machine is null)) node.Start();
        int first = Round;
        for (; _nodes.Any(node => node.Decided is null); Tick++)
        {
            if (Round - first > 60) return Invariant($"no decision in {Round - first} rounds: {Stand}");
            Pass();
        }

        RoundsToDecide = Round - first;
        if (_nodes.Select(node => node.Decided).Distinct().Count() > 1) return "two decisions";
        if (_nodes.Any(node => node.Accused.Any(offender => offender != _liar.Index))) return "somebody honest is accused";
        return _nodes.Select(node => node.Contradiction).FirstOrDefault(text => text is not null);
    }

    void IScheduleWorld.Send(ScheduledValidator from, BftMessage message)
    {
        foreach (ScheduledValidator to in _nodes)
        {
            if (to != from && !IsLost(from, to, message)) Report(message, to, _random.Next(1, 3));
        }

        _liar.Hear(message);
    }

    // Constant, or 200 rounds would be many ticks; longer than messages take, and than it takes until they are sent again.
    int IScheduleWorld.TicksOf(int round) => 9;

    BlockId IScheduleWorld.MakeBlock(int round) => Actors.Block(1, _random.Next(250));

    bool IScheduleWorld.IsValid(BlockId block) => true;

    bool IScheduleWorld.CrashesNow(ScheduledValidator validator) => _crashes && !IsWell && Round > 1 && _random.Next(60) == 0;

    /// <summary>Whether a message of an honest validator does not arrive while the network is ill.</summary>
    private bool IsLost(ScheduledValidator from, ScheduledValidator to, BftMessage message)
    {
        if (IsWell) return false;
        // What locks the one must not lock the others, so that nothing is decided yet.
        if (message.Sender != from.Address) return true;
        if (message is { Kind: BftMessageKind.Prevote, Round: 0 } && from == _holder && to != _holder) return true;
        if (message is { Kind: BftMessageKind.Prevote, Round: 0 } or { Kind: BftMessageKind.Proposal, Round: 0 }) return false;
        if (message.Kind == BftMessageKind.Proposal) return !_mayLockAgain || to != _nodes.First(node => node != from);
        return _random.NextDouble() < _loss;
    }

    private void Pass()
    {
        while (_mail.TryPeek(out _, out (int Tick, long Number) due) && due.Tick <= Tick)
        {
            (BftMessage message, ScheduledValidator to) = _mail.Dequeue();
            to.Hear(message, hasBlock: message.Kind == BftMessageKind.Proposal || IsWell);
        }

        if (IsWell)
            _liar.Lie(Tick, _nodes);
        else
            LieWhileIll();
        foreach (ScheduledValidator node in _nodes)
        {
            if (node.Machine is null) node.Start();
            node.FireDue();
            if (Tick % ResendTicks == 0) node.SendAgain();
        }
    }

    /// <summary>In round 0 helps the one to lock and the others to go on; later helps all to go on.</summary>
    private void LieWhileIll()
    {
        int round = Round;
        if (round == 0)
        {
            if (_liar.IsProposerOf(0)) _liar.Propose(0, Actors.Block(1, 255), _nodes);
            _liar.PrevoteProposalOf(0, _holder);
            foreach (ScheduledValidator other in _nodes) _liar.Say(BftMessageKind.Prevote, 0, null, other == _holder ? [] : [other]);
            return;
        }

        if (Tick % ResendTicks > 0) return;
        ScheduledValidator helped = _nodes[round % _nodes.Length];
        if (_mayLockAgain) _liar.PrevoteProposalOf(round, helped);
        _liar.Say(BftMessageKind.Prevote, round, null, _mayLockAgain ? _nodes.Where(node => node != helped) : _nodes);
        _liar.Say(BftMessageKind.Precommit, round, null, _nodes);
    }

    private void Report(BftMessage message, ScheduledValidator to, int ticks) => _mail.Enqueue((message, to), (Tick + ticks, ++_number));
}
