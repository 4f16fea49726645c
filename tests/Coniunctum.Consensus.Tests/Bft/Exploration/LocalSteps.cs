using Coniunctum.Consensus.Bft;

namespace Coniunctum.Consensus.Tests.Bft.Exploration;

/// <summary>
/// The steps of one validator: the shipped machine is run once for each of its states and each smallest group of messages that
/// makes a difference, and what comes of it is remembered.
/// </summary>
internal sealed class LocalSteps(ExploredWorld world, int validator)
{
    private readonly Dictionary<LocalState, int> _numbers = [];
    private readonly List<LocalState> _states = [];
    private readonly List<Step[]?> _steps = [];
    private readonly List<bool> _lockChanges = [];

    public LocalState this[int number] => _states[number];

    public int Count => _states.Count;

    /// <summary>Returns whether the validator has left a lock for another block's in a state.</summary>
    public bool HasChangedLock(int state) => _lockChanges[state];

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
        _lockChanges.Add(state.Control is { Locked: { } locked, LockedRound: > 0 }
            && bits.HasPrecommittedOther(state.Said, state.Height, state.Control.LockedRound, locked));
        return number;
    }

    private LocalState BeginHeight(int height, int first, UInt128 said, MessageBits bits)
    {
        var fresh = new LocalState(height, BftControl.Fresh, said, first, -1);
        return Run(fresh, bits, [], _ => true, machine => machine.Start());
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
            Try([], _ => true, machine => machine.TakeTimeout(BftStep.Propose, round));
            foreach (Said proposal in Proposals(state.Height, round, set))
            {
                if (proposal.ValidRound < 0)
                    Try([proposal], _ => true, null);
                else
                    TryVotes(proposal.ValidRound, BftMessageKind.Prevote, [proposal], _ => true);
            }
        }

        for (int r = 0; r < rounds; r++)
        {
            // Of rounds behind, precommits can still decide; of rounds ahead, who is in them counts.
            if (r >= round) TryVotes(r, BftMessageKind.Prevote, [], _ => true);
            TryVotes(r, BftMessageKind.Precommit, [], _ => true);
            if (r != round) continue;
            // A validator that lacks a block, or both.
            for (int known = -1; known < 2; known++)
            {
                int one = known;
                TryVotes(r, BftMessageKind.Prevote, [], block => block == one);
                TryVotes(r, BftMessageKind.Precommit, [], block => block == one);
            }
        }

        return Minimal(found);

        bool Try(IReadOnlyList<Said> heard, Predicate<int> knows, Action<BftMachine>? then)
        {
            LocalState next = Run(state, bits, heard, knows, then);
            if (next == state) return false;
            UInt128 needs = heard.Where(said => !world.Liars.Contains(said.Sender)).Aggregate(UInt128.Zero, (mask, said) => mask | bits.Of(said));
            found.Add(new Step(needs, NumberOf(next, bits)));
            return true;
        }

        // All smallest groups of votes of a round that make a difference, by size.
        void TryVotes(int r, BftMessageKind kind, Said[] before, Predicate<int> knows)
        {
            var groups = new List<Said[]> { Array.Empty<Said>() };
            foreach (Validator member in set)
            {
                int sender = member.Address.Value.AsSpan()[2] - 1;
                foreach (Said[] group in groups.ToArray())
                {
                    for (int block = -1; block < 2; block++) groups.Add([.. group, new Said(sender, state.Height, r, kind, block, -1)]);
                }
            }

            var enough = new List<Said[]>();
            foreach (Said[] group in groups.OrderBy(group => group.Length).Where(group => group.Length > 0))
            {
                if (enough.Exists(smaller => smaller.All(group.Contains))) continue;
                if (Try([.. before, .. group], knows, null)) enough.Add(group);
            }
        }
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

    private LocalState Run(LocalState state, MessageBits bits, IReadOnlyList<Said> heard, Predicate<int> knows, Action<BftMachine>? then)
    {
        ValidatorSet set = world.SetOf(state.Height, state.First);
        var actions = new Queue<BftAction>();
        var machine = new BftMachine(set, (ulong)state.Height, set.IndexOf(Names.Address(validator)), state.Control, actions.Enqueue);
        for (int block = 0; block < 2; block++)
        {
            if (knows(block)) machine.TakeJudgement(Names.Block(state.Height, block), true);
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
                    BlockId block = propose.Block ?? Names.Block(state.Height, propose.Round % 2);
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

    private LocalState Decided(in LocalState state, BftControl control, int block, UInt128 said, MessageBits bits)
    {
        int first = state.Height == 1 ? block : state.First;
        if (state.Height < world.Rounds.Length) return BeginHeight(state.Height + 1, first, said, bits);
        return new LocalState(state.Height, BftControl.Fresh with { Step = control.Step }, said, first, block);
    }

    /// <summary>Forgets what can make no difference any more, so that states that are the same are counted once.</summary>
    private BftControl Normal(in LocalState state, BftControl control, ValidatorSet set)
    {
        control = control with { IsPrevoteTimed = false, IsPrecommitTimed = false };
        int self = set.IndexOf(Names.Address(validator));
        for (int round = control.Round + 1; round < world.Rounds[state.Height - 1]; round++)
        {
            if (set.ProposerAt((ulong)state.Height, round) == self) return control;
        }

        return control with { Valid = null, ValidRound = -1 };
    }

    /// <summary>A step of a validator.</summary>
    /// <param name="Needs">Which messages of honest validators must have been said.</param>
    /// <param name="Next">The state behind it.</param>
    internal readonly record struct Step(UInt128 Needs, int Next);
}
