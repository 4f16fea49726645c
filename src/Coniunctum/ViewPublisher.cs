using Coniunctum.Consensus;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Internal;
using Coniunctum.Consensus.Node;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.Storage;

namespace Coniunctum;

/// <summary>
/// Makes the view that everyone reads, and puts the next one in its place: when a commit is durable, with the state that was taken
/// when the commit was begun, and when pool, producer or the ledger's own condition have changed. Written under the node's gate,
/// read on all threads without waiting.
/// </summary>
internal sealed class ViewPublisher
{
    private readonly NodeCore<ChainCore> _node;
    // In the order of the commits, which is that of their answers.
    private readonly Queue<Pending> _pending = new();
    private LedgerView _view;

    public ViewPublisher(NodeCore<ChainCore> node)
    {
        _node = node;
        HashedBlock tip = node.Chain.Tip;
        var state = new OwnedReading(node.Chain.TakeReading());
        States = new RecentStates(tip, state);
        var status = new LedgerStatus(tip, node.Chain.State.Supply, node.Chain.PoolCount, node.Production)
        {
            FinalHeight = Math.Min(node.Chain.FinalHeight, tip.Header.Height),
            UnknownRuleset = node.Chain.UnknownRuleset,
        };
        _view = new LedgerView(status, state);
    }

    /// <summary>The states after the last durable tips.</summary>
    public RecentStates States { get; }

    /// <summary>What the newest view says of the ledger.</summary>
    public LedgerStatus Status => Volatile.Read(ref _view).Status;

    /// <summary>Returns the newest view, for as long as the caller wants it.</summary>
    public LedgerView ReadView()
    {
        while (true)
        {
            LedgerView view = Volatile.Read(ref _view);
            if (view.TryGive()) return view;

            // Another one was published between the two looks.
        }
    }

    /// <inheritdoc cref="LedgerView.Balance"/>
    public ulong BalanceOf(Address address)
    {
        using OwnedReading.Look look = Look();
        return look.State.BalanceOf(address);
    }

    /// <inheritdoc cref="LedgerView.EntryOf"/>
    public ReadOnlyMemory<byte> EntryOf(AppId application, ReadOnlySpan<byte> key)
    {
        using OwnedReading.Look look = Look();
        return look.State.EntryOf(application, key);
    }

    /// <summary>
    /// Takes the state that a commit makes durable. Called at the moment at which the chain emits it, since a step may go on to
    /// the next block.
    /// </summary>
    public void TakeState(StoreBatch batch)
    {
        if (batch.CutAbove is null && batch.Connected.IsEmpty) return;
        HashedBlock tip = _node.Chain.Tip;
        if (batch.Connected is [.., var last] ? last.Head.Id != tip.Id : batch.CutAbove != tip.Header.Height)
            throw new InvalidOperationException($"A commit does not end at the chain's tip {tip.Id}.");
        _pending.Enqueue(new Pending(tip.Id, _node.Chain.State.Supply, new OwnedReading(_node.Chain.TakeReading())));
    }

    /// <summary>Publishes what a step has made true, before anyone is told of it.</summary>
    /// <param name="effects">What the step has emitted.</param>
    /// <param name="halted">Why the ledger has stopped, or <c>null</c>.</param>
    public void Publish(IReadOnlyList<NodeEffect> effects, HaltReason? halted)
    {
        LedgerView view = _view;
        LedgerStatus status = view.Status;
        OwnedReading state = view.State;
        foreach (NodeEffect effect in effects)
        {
            if (effect is NodeEffect.TipMoved moved)
            {
                Pending durable = _pending.Dequeue();
                if (durable.Tip != moved.Tip.Id) throw new InvalidOperationException($"The chain moved to {moved.Tip.Id}, but {durable.Tip} was being written.");
                state = durable.State;
                States.Keep(moved, state);
                status = status with { Tip = moved.Tip, Supply = durable.Supply, FinalHeight = Math.Min(moved.FinalHeight, moved.Tip.Header.Height) };
            }
            else if (effect is NodeEffect.UnknownRulesetNoted noted)
            {
                status = status with { UnknownRuleset = noted.Noted };
            }
        }

        status = status with { PoolCount = _node.Chain.PoolCount, Production = ProductionOf(halted), Halted = halted };
        if (ReferenceEquals(state, view.State) && status == view.Status) return;
        Volatile.Write(ref _view, new LedgerView(status, state));

        // Whoever finds one of these given up finds the new view.
        States.GiveUp();
    }

    private ProductionStatus ProductionOf(HaltReason? halted) => halted is null ? _node.Production : new ProductionStatus(ProductionState.Halted, halted.Text);

    private OwnedReading.Look Look()
    {
        while (true)
        {
            if (Volatile.Read(ref _view).State.TryLook(out OwnedReading.Look look)) return look;

            // Another one was published between the two looks.
        }
    }

    /// <summary>What a commit under way makes true.</summary>
    private readonly record struct Pending(BlockId Tip, ulong Supply, OwnedReading State);
}
