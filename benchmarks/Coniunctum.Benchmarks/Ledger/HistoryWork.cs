using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.State;

namespace Coniunctum.Benchmarks.Ledger;

/// <summary>
/// Blocks on a state that has a number of transfers behind it. They are done and then undone, so that the history stays as
/// long as it is. Nothing is signed or stored.
/// </summary>
internal sealed class HistoryWork : IDisposable
{
    private const int Seed = 20260101;

    /// <summary>How many transfers a block holds.</summary>
    public const int TransfersABlock = 500;

    private const int Blocks = 20;

    private readonly TransferChain _chain;
    private readonly ReadOnlyMemory<byte>[] _blocks = new ReadOnlyMemory<byte>[Blocks];

    public HistoryWork(int transfers, int accounts)
        : this(ChainWith(transfers, accounts), chain => chain.Prepare(TransfersABlock))
    {
    }

    /// <summary>Takes any blocks, one prepared on the other.</summary>
    /// <param name="chain">The chain, which is disposed with this.</param>
    /// <param name="prepare">Prepares the next one.</param>
    public HistoryWork(TransferChain chain, Func<TransferChain, HashedBlock> prepare)
    {
        _chain = chain;
        var undo = new Stack<(HashedBlock Block, StateDelta Delta)>();
        HashedBlock tip = _chain.Tip;
        for (int i = 0; i < Blocks; i++)
        {
            HashedBlock block = prepare(_chain);
            undo.Push((tip, Do(block)));
            tip = block;
            _blocks[i] = block.Encoded;
        }

        while (undo.TryPop(out (HashedBlock Before, StateDelta Delta) step)) _chain.Move(step.Before, step.Delta.Reverse());
    }

    /// <summary>How many transfers are done before they are undone.</summary>
    public static int Batch => Blocks * TransfersABlock;

    public void Dispose() => _chain.Dispose();

    public void DoAndUndo(int count)
    {
        HashedBlock tip = _chain.Tip;
        var deltas = new Stack<StateDelta>();
        for (int done = 0; done < count; done += Batch)
        {
            foreach (ReadOnlyMemory<byte> encoded in _blocks)
            {
                HashedBlock.Decode(encoded, _chain.Profile.Format, _chain.Profile.Limits, _chain.Genesis.Id, out HashedBlock? block);
                Verdict verdict = BlockRules.CheckBody(block!, _chain.Profile);
                if (!verdict.IsValid) throw new InvalidOperationException($"The workload is wrong: {verdict}.");
                deltas.Push(Do(block!));
            }

            while (deltas.TryPop(out StateDelta? delta)) _chain.Move(tip, delta.Reverse());
        }
    }

    private static TransferChain ChainWith(int transfers, int accounts)
    {
        var chain = new TransferChain(Profiles.Standard, accounts, signed: false, Seed);
        for (int done = 0; done < transfers; done += TransfersABlock) chain.Next(TransfersABlock);
        return chain;
    }

    private StateDelta Do(HashedBlock block)
    {
        var overlay = new StateOverlay(_chain.State);
        Verdict verdict = BlockRules.Execute(block, _chain.Profile, overlay, Work.FromTarget(block.Header.Target), out StateDelta? delta);
        if (!verdict.IsValid) throw new InvalidOperationException($"The workload is wrong: {verdict}.");
        _chain.Move(block, overlay.Total());
        return delta!;
    }
}
