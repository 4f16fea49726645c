namespace Coniunctum.Bft.Tests.Exploration;

/// <summary>
/// The steps of one validator: the shipped machine is run once for each of its states and each smallest group of messages that
/// makes a difference, and what comes of it is remembered.
/// </summary>
internal sealed class LocalSteps(ExploredWorld world, int validator)
{
    private readonly Dictionary<LocalState, int> _numbers = [];
    private readonly List<LocalState> _states = [];
    private readonly List<Step[]?> _steps = [];
    private readonly List<Facts> _facts = [];
    private readonly List<int[]> _forgotten = [];

    public LocalState this[int number] => _states[number];

    public int Count => _states.Count;

    /// <summary>Returns a state's number, or −1 when it was never reached.</summary>
    public int Find(RoundState control, UInt128 said, int decided)
    {
        // A world of one height: nothing was decided before.
        RoundState normal = decided >= 0 ? RoundState.Fresh with { Step = control.Step } : Normal(new LocalState(1, control, said, -1, -1), control, world.SetOf(1, -1));
        return _numbers.GetValueOrDefault(new LocalState(1, normal, said, decided, decided), -1);
    }

    /// <summary>Returns what the explorer wants to know of a state.</summary>
    public Facts FactsOf(int state) => _facts[state];

    /// <summary>
    /// Returns the state that is left of a state when no one honest is below a place any more: proposals and votes for nothing
    /// in rounds below it are of no use to anybody.
    /// </summary>
    public int Forget(int state, int place, MessageBits bits)
    {
        int[] known = _forgotten[state];
        if (place < known.Length && known[place] > 0) return known[place] - 1;
        LocalState full = _states[state];
        int left = NumberOf(full with { Said = full.Said & ~bits.UselessBelow(place) }, bits);
        Array.Resize(ref known, Math.Max(known.Length, place + 1));
        known[place] = left + 1;
        _forgotten[state] = known;
        return left;
    }

    /// <summary>Returns the first state's number.</summary>
    public int Begin(MessageBits bits) => NumberOf(BeginHeight(1, -1, default, bits), bits);

    /// <summary>Returns what can happen to the validator in a state.</summary>
    public ReadOnlySpan<Step> Of(int state, MessageBits bits) => _steps[state] ??= Find(_states[state], bits);

    private int NumberOf(in LocalState state, MessageBits bits)
    {
        if (_numbers.TryGetValue(state, out int number)) return number;
        _numbers.Add(state, number = _states.Count);
        _states.Add(state);
        _steps.Add(null);
        bool hasChangedLock = state.Control is { Locked: { } locked, LockedRound: > 0 }
            && bits.HasPrecommittedOther(state.Said, state.Height, state.Control.LockedRound, locked);
        int place = state.Control.Step == BftStep.Decided ? int.MaxValue : MessageBits.PlaceOf(state.Height, state.Control.Round);
        _facts.Add(new Facts(state.Said, place, state.First, state.Last, hasChangedLock));
        _forgotten.Add([]);
        return number;
    }

    private LocalState BeginHeight(int height, int first, UInt128 said, MessageBits bits)
    {
        var fresh = new LocalState(height, RoundState.Fresh, said, first, -1);
        return Run(fresh, bits, [], true, machine => machine.Start());
    }

    private Step[] Find(LocalState state, MessageBits bits)
    {
        if (state.Control.Step == BftStep.Decided) return [];
        var found = new List<Step>();
        int round = state.Control.Round;
        int rounds = world.Rounds[state.Height - 1];
        ValidatorSet set = world.SetOf(state.Height, state.First);
        if (state.Control.Step == BftStep.Propose)
        {
            Try([], true, machine => machine.TakeTimeout(BftStep.Propose, round));
            foreach (Said proposal in Proposals(state.Height, round, set))
            {
                if (proposal.ValidRound < 0)
                    Try([proposal], true, null);
                else
                    TryVotes(proposal.ValidRound, BftMessageKind.Prevote, [proposal]);
            }
        }

        for (int r = 0; r < rounds; r++)
        {
            // Of rounds behind, precommits can still decide; of rounds ahead, who is in them counts.
            if (r >= round) TryVotes(r, BftMessageKind.Prevote, []);
            TryVotes(r, BftMessageKind.Precommit, []);
            if (r > round) TryProposalAhead(r);
        }

        return Minimal(found);

        void Try(IReadOnlyList<Said> heard, bool knowsBlocks, Action<BftMachine>? then)
        {
            LocalState next = Run(state, bits, heard, knowsBlocks, then);
            if (next == state) return;
            UInt128 needs = heard.Where(said => !world.Liars.Contains(said.Sender)).Aggregate(UInt128.Zero, (mask, said) => mask | bits.Of(said));
            found.Add(new Step(needs, NumberOf(next, bits)));
        }

        // Of a proposer that is ahead the others may have heard nothing yet but its proposal.
        void TryProposalAhead(int r)
        {
            foreach (Said[] group in Groups(set, state.Height, r, BftMessageKind.Prevote, isAhead: true))
            {
                foreach (Said proposal in Proposals(state.Height, r, set))
                {
                    if (!Array.Exists(group, said => said.Sender == proposal.Sender && said.Block < 0)) continue;
                    Said[] heard = [.. group.Where(said => said.Sender != proposal.Sender), proposal];
                    Try(heard, true, null);
                    Try(heard, false, null);
                }
            }
        }

        // All smallest groups of votes of a round that can make a difference.
        void TryVotes(int r, BftMessageKind kind, Said[] before)
        {
            foreach (Said[] group in Groups(set, state.Height, r, kind, isAhead: r > round))
            {
                Try([.. before, .. group], true, null);
                // Whoever lacks the block can only wait until the time runs out.
                if (before.Length == 0 && r == round && Array.TrueForAll(group, said => said.Block >= 0 && said.Block == group[0].Block))
                    Try(group, false, null);
            }
        }
    }

    /// <summary>
    /// Returns the groups of votes that are more than two thirds, or more than a third where a round ahead is concerned, and
    /// are it no longer without any one of them: what more votes do, they do behind the step that such a group leads to.
    /// </summary>
    private static List<Said[]> Groups(ValidatorSet set, int height, int round, BftMessageKind kind, bool isAhead)
    {
        var groups = new List<(Said[] Votes, ulong Weight, ulong Least)> { ([], 0, ulong.MaxValue) };
        foreach (Validator member in set)
        {
            int sender = member.Address.Value.AsSpan()[2] - 1;
            foreach ((Said[] votes, ulong weight, ulong least) in groups.ToArray())
            {
                for (int block = -1; block < 2; block++)
                    groups.Add(([.. votes, new Said(sender, height, round, kind, block, -1)], weight + member.Weight, Math.Min(least, member.Weight)));
            }
        }

        return [.. groups.Where(group => IsEnough(group.Weight) && !IsEnough(group.Weight - group.Least)).Select(group => group.Votes)];

        bool IsEnough(ulong weight) => isAhead ? set.HasHonest(weight) : set.IsQuorum(weight);
    }

    private static Step[] Minimal(List<Step> steps)
    {
        var minimal = new List<Step>();
        foreach (Step step in steps.OrderBy(step => UInt128.PopCount(step.Needs)))
        {
            if (!minimal.Exists(other => other.Next == step.Next && (other.Needs & ~step.Needs) == 0)) minimal.Add(step);
        }

        return [.. minimal];
    }

    /// <summary>The proposals of a round that can be heard: of a liar any, of an honest proposer those that it may make.</summary>
    private static IEnumerable<Said> Proposals(int height, int round, ValidatorSet set)
    {
        int proposer = set[set.ProposerAt((ulong)height, round)].Address.Value.AsSpan()[2] - 1;
        for (int block = 0; block < 2; block++)
        {
            for (int validRound = -1; validRound < round; validRound++)
                yield return new Said(proposer, height, round, BftMessageKind.Proposal, block, validRound);
        }
    }

    private LocalState Run(LocalState state, MessageBits bits, IReadOnlyList<Said> heard, bool knowsBlocks, Action<BftMachine>? then)
    {
        ValidatorSet set = world.SetOf(state.Height, state.First);
        var actions = new Queue<BftAction>();
        var machine = new BftMachine(set, (ulong)state.Height, set.IndexOf(Actors.Address(validator)), state.Control, actions.Enqueue);
        for (int block = 0; block < 2; block++)
        {
            if (knowsBlocks) machine.TakeJudgement(Actors.Block(state.Height, block), true);
        }

        foreach (Said said in heard) machine.Take(said.ToMessage());
        then?.Invoke(machine);
        UInt128 spoken = state.Said;
        while (actions.TryDequeue(out BftAction? action))
        {
            switch (action)
            {
                case BftAction.Propose propose:
                    // Whoever makes a new block makes number 0 in even rounds and number 1 in odd ones.
                    BlockId block = propose.Block ?? Actors.Block(state.Height, propose.Round % 2);
                    if (machine.TryPropose(propose.Round, block)) Say(BftMessageKind.Proposal, propose.Round, block, propose.ValidRound);
                    break;
                case BftAction.Vote vote:
                    Say(vote.Kind, vote.Round, vote.Block, -1);
                    break;
                case BftAction.Time { Step: not BftStep.Propose } time when time.Round < world.Rounds[state.Height - 1] - 1 || time.Step == BftStep.Prevote:
                    // A time that has begun to run may run out at once, and nothing is missed by waiting for that with its beginning.
                    machine.TakeTimeout(time.Step, time.Round);
                    break;
                case BftAction.Decide decide:
                    return Decided(state, machine.Control, NumberOf(decide.Block), spoken, bits);
                default:
                    break;
            }
        }

        return state with { Control = Normal(state, world.Fault(state.Control, machine.Control), set), Said = spoken };

        void Say(BftMessageKind kind, int round, BlockId? block, int validRound)
        {
            var said = new Said(validator, state.Height, round, kind, block is { } some ? NumberOf(some) : -1, validRound);
            if ((spoken & bits.OfKind(said)) != 0 && (spoken & bits.Of(said)) == 0) throw new ContradictionException($"{said} after another");
            spoken |= bits.Of(said);
        }

        static int NumberOf(BlockId block) => block.Value.AsSpan()[2] - 1;
    }

    private LocalState Decided(in LocalState state, RoundState control, int block, UInt128 said, MessageBits bits)
    {
        int first = state.Height == 1 ? block : state.First;
        if (state.Height < world.Rounds.Length) return BeginHeight(state.Height + 1, first, said, bits);
        return new LocalState(state.Height, RoundState.Fresh with { Step = control.Step }, said, first, block);
    }

    /// <summary>Forgets what can make no difference any more, so that states that are the same are counted once.</summary>
    private RoundState Normal(in LocalState state, RoundState control, ValidatorSet set)
    {
        control = control with { IsPrevoteTimed = false, IsPrecommitTimed = false };
        int self = set.IndexOf(Actors.Address(validator));
        for (int round = control.Round + 1; round < world.Rounds[state.Height - 1]; round++)
        {
            if (set.ProposerAt((ulong)state.Height, round) == self) return control;
        }

        return control with { Valid = null, ValidRound = -1 };
    }

    /// <summary>What the explorer wants to know of a state.</summary>
    /// <param name="Said">What the validator has said.</param>
    /// <param name="Place">How far it is: rises with heights and rounds.</param>
    /// <param name="First">Which block it decided at the first height, or −1.</param>
    /// <param name="Last">Which block it decided at the last height, or −1.</param>
    /// <param name="HasChangedLock">Whether it has left a lock for another block's.</param>
    internal readonly record struct Facts(UInt128 Said, int Place, int First, int Last, bool HasChangedLock);

    /// <summary>A step of a validator.</summary>
    /// <param name="Needs">Which messages of honest validators must have been said.</param>
    /// <param name="Next">The state behind it.</param>
    internal readonly record struct Step(UInt128 Needs, int Next);
}
