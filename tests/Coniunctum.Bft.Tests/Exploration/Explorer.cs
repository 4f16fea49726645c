namespace Coniunctum.Bft.Tests.Exploration;

/// <summary>
/// Goes through all states of a world. A state is what its honest validators must remember and what they have said; every step
/// that any of them can take upon any of the messages that were said, and upon any lie, is taken.
/// </summary>
/// <remarks>
/// Why nothing is missed although what was heard is no part of a state: messages stay available, every rule's condition stays
/// true when more is heard, and hearing alone changes nothing that counts. So every run is matched by one in which each
/// message is heard right before the step that it leads to, together with the others that this step needs.
/// </remarks>
internal sealed class Explorer
{
    private const int BitsForLocal = 21;

    private readonly LocalSteps[] _validators;
    private readonly MessageBits _bits = new();
    private readonly StateTable _seen = new();
    private readonly Stack<ulong> _next = new();
    private readonly int _heights;
    private readonly int[] _left;

    public Explorer(ExploredWorld world)
    {
        if (world.Honest.Length > 3) throw new ArgumentException("Three numbers fit into a state.", nameof(world));
        _heights = world.Rounds.Length;
        _left = new int[world.Honest.Length];
        _validators = [.. world.Honest.Select(validator => new LocalSteps(world, validator))];
    }

    /// <summary>The distinct states so far.</summary>
    public long States => _seen.Count;

    /// <summary>The steps taken so far.</summary>
    public long Steps { get; private set; }

    /// <summary>The states of single validators so far.</summary>
    public int LocalStates => _validators.Sum(validator => validator.Count);

    /// <summary>In how many states a validator has left a lock for another block's, counted for each.</summary>
    public long LockChanges { get; private set; }

    /// <summary>In how many states all honest validators had decided.</summary>
    public long Ends { get; private set; }

    /// <summary>Which first blocks were decided.</summary>
    public HashSet<int> FirstBlocks { get; } = [];

    /// <summary>What is wrong, once something is.</summary>
    public string? Fault { get; private set; }

    /// <summary>Goes through all states, or up to a number of them, or to the first that is wrong.</summary>
    /// <returns>Whether there is nothing more to see.</returns>
    public bool Run(long maxStates)
    {
        try
        {
            Span<int> locals = stackalloc int[_validators.Length];
            for (int i = 0; i < locals.Length; i++) locals[i] = _validators[i].Begin(_bits);
            Visit(locals);
            while (Fault is null && _seen.Count < maxStates && _next.TryPop(out ulong state)) Expand(state, locals);
        }
        catch (ContradictionException contradiction)
        {
            Fault = contradiction.Message;
        }

        return Fault is null && _next.Count == 0;
    }

    private int AboveAll => MessageBits.PlaceOf(_heights + 1, 0);

    /// <summary>Returns whether a state was seen.</summary>
    /// <param name="states">For each honest validator where it stands, the messages that it has said, and the block that it has decided, or −1.</param>
    public bool HasSeen(IReadOnlyList<(Coniunctum.Bft.RoundState Control, IReadOnlyCollection<Said> Said, int Decided)> states)
    {
        Span<int> locals = stackalloc int[_validators.Length];
        int lowest = states.Where(state => state.Control.Step != Coniunctum.Bft.BftStep.Decided)
            .Min(state => (int?)MessageBits.PlaceOf(1, state.Control.Round)) ?? AboveAll;
        for (int i = 0; i < locals.Length; i++)
        {
            UInt128 said = states[i].Said.Aggregate(UInt128.Zero, (mask, message) => mask | _bits.Of(message));
            locals[i] = _validators[i].Find(states[i].Control, said & ~_bits.UselessBelow(lowest), states[i].Decided);
            if (locals[i] < 0) return false;
        }

        return _seen.Contains(Pack(locals));
    }

    private static ulong Pack(ReadOnlySpan<int> locals)
    {
        ulong packed = 1;
        foreach (int local in locals) packed = (packed << BitsForLocal) | (uint)local;
        return packed;
    }

    private void Expand(ulong state, Span<int> locals)
    {
        UInt128 said = 0;
        for (int i = locals.Length - 1; i >= 0; i--, state >>= BitsForLocal)
        {
            locals[i] = (int)(state & ((1UL << BitsForLocal) - 1));
            said |= _validators[i].FactsOf(locals[i]).Said;
        }

        Check(locals);
        for (int i = 0; i < locals.Length; i++)
        {
            int before = locals[i];
            foreach (LocalSteps.Step step in _validators[i].Of(before, _bits))
            {
                if ((step.Needs & ~said) != 0) continue;
                Steps++;
                locals[i] = step.Next;
                Visit(locals);
                locals[i] = before;
            }
        }
    }

    private void Visit(ReadOnlySpan<int> locals)
    {
        ulong state = Pack(Left(locals));
        if (_seen.TryAdd(state)) _next.Push(state);
    }

    /// <summary>Returns the states without what is of no use to anybody any more.</summary>
    private ReadOnlySpan<int> Left(ReadOnlySpan<int> locals)
    {
        int lowest = int.MaxValue;
        for (int i = 0; i < locals.Length; i++) lowest = Math.Min(lowest, _validators[i].FactsOf(locals[i]).Place);
        if (lowest == int.MaxValue) lowest = AboveAll;
        for (int i = 0; i < locals.Length; i++) _left[i] = _validators[i].Forget(locals[i], lowest, _bits);
        return _left;
    }

    private void Check(ReadOnlySpan<int> locals)
    {
        int first = -1;
        int last = -1;
        int ended = 0;
        for (int i = 0; i < locals.Length; i++)
        {
            LocalSteps.Facts facts = _validators[i].FactsOf(locals[i]);
            if (Differs(facts.First, ref first) || Differs(facts.Last, ref last)) Fault = $"two blocks at one height: {_validators[i][locals[i]]}";
            if (facts.Last >= 0) ended++;
            if (facts.First >= 0) FirstBlocks.Add(facts.First);
            if (facts.HasChangedLock) LockChanges++;
        }

        if (ended == locals.Length) Ends++;

        static bool Differs(int decided, ref int common)
        {
            if (decided < 0) return false;
            if (common < 0) common = decided;
            return common != decided;
        }
    }
}
