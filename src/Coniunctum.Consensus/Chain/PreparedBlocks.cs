using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus.Chain;

/// <summary>
/// Executes blocks, and keeps what the last candidates and proposals on the tip do, so that none of them is executed again when it
/// is judged or adopted. Their transactions' signatures were verified: a candidate's by the pool, a proposal's before it was executed.
/// </summary>
/// <remarks>
/// Few are kept, since each keeps the tree's nodes that it changed, and none when the tip moves: those nodes are others' then. What
/// is not kept is executed again, and that is all.
/// </remarks>
internal sealed class PreparedBlocks(ChainProfile profile, LedgerState state)
{
    // A candidate, and the two blocks of a proposer who contradicts itself; or the candidate whose search was under way when it was replaced.
    private const int Capacity = 3;

    private readonly Queue<PreparedBlock> _kept = new(Capacity);
    private PreparedBlock? _candidate;
    private long _arrivals;

    /// <summary>How many blocks were executed, candidates among them.</summary>
    public long Executions { get; private set; }

    /// <summary>How many blocks of branches were done before.</summary>
    public long Reuses { get; private set; }

    /// <summary>Whether it is known what a block does, and that its transactions' signatures are good.</summary>
    public bool Has(HashedBlock block) => Find(block) is not null;

    /// <summary>Returns the last candidate, where a new one would be the same but for its reward's tag; <c>null</c> elsewhere.</summary>
    /// <param name="receiver">Who is paid the reward.</param>
    /// <param name="arrivals">How many transactions the pool has taken.</param>
    public PreparedBlock? FindCandidate(Address receiver, long arrivals) =>
        _candidate is { } candidate && _arrivals == arrivals && candidate.Transactions[0].Receiver == receiver && _kept.Contains(candidate) ? candidate : null;

    /// <summary>Keeps what a candidate does that was built.</summary>
    /// <param name="tip">The tip's block.</param>
    /// <param name="transactions">Its transactions.</param>
    /// <param name="after">The state after it, made on that of the tip.</param>
    /// <param name="arrivals">How many transactions the pool had taken.</param>
    public PreparedBlock Keep(BlockId tip, IReadOnlyList<Transaction> transactions, StateOverlay after, long arrivals)
    {
        Executions++;
        (_candidate, _arrivals) = (new PreparedBlock(tip, transactions, after), arrivals);
        Add(_candidate);
        return _candidate;
    }

    /// <summary>Returns whether a proposal on the tip does what it should; its signatures were verified.</summary>
    public Verdict Judge(BlockNode proposal)
    {
        HashedBlock block = proposal.Body!;
        if (Find(block) is { } prepared) return prepared.CheckRoots(block.Header);
        var after = new StateOverlay(state);
        Executions++;
        Verdict verdict = BlockRules.Execute(block, profile, after, proposal.Weight, out _);
        if (verdict.IsValid) Add(new PreparedBlock(block.Header.Previous, block.Block.Transactions, after));
        return verdict;
    }

    /// <summary>Does the next block of a branch, unless that was done before.</summary>
    public Verdict Execute(BlockNode node, Branch branch, out StateDelta? delta)
    {
        HashedBlock block = node.Body!;
        if (Find(block) is not { } prepared)
        {
            Executions++;
            return BlockRules.Execute(block, profile, branch.Overlay, node.Weight, out delta);
        }

        delta = null;
        Verdict verdict = prepared.CheckRoots(block.Header);
        if (!verdict.IsValid) return verdict;
        Reuses++;
        branch.Take(prepared.Complete(block, node.Weight, out delta));
        return Verdict.Valid;
    }

    /// <summary>Forgets everything: the tip has moved.</summary>
    public void Clear()
    {
        _kept.Clear();
        _candidate = null;
    }

    private PreparedBlock? Find(HashedBlock block)
    {
        foreach (PreparedBlock prepared in _kept)
        {
            if (prepared.IsOf(block)) return prepared;
        }

        return null;
    }

    private void Add(PreparedBlock prepared)
    {
        if (_kept.Count == Capacity) _kept.Dequeue();
        _kept.Enqueue(prepared);
    }
}
