using Coniunctum.Consensus;
using Coniunctum.Ledger;

namespace Coniunctum;

/// <summary>Blocks that were made elsewhere, on their way to the node, and those who wait for what it says of them.</summary>
internal sealed class BlockSubmissions(NodeRunner runner, bool receivesBlocks) : INodeListener
{
    // By the very copy: another copy of the same identity may deserve another verdict. Guarded by the node's gate.
    private readonly Dictionary<HashedBlock, List<TaskCompletionSource<Verdict>>> _blocks = [];

    /// <summary>Whether blocks come from elsewhere: one was submitted, or the owner expects some. Read under the node's gate.</summary>
    public bool ReceivesBlocks { get; private set; } = receivesBlocks;

    /// <inheritdoc cref="LedgerHost.SubmitBlockAsync"/>
    public async Task<Verdict> SubmitAsync(HashedBlock block, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(block);
        Task<Verdict> answer = await PostAsync(block, cancellation).ConfigureAwait(false);
        return await answer.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Puts a block into the node's queue; the answer follows. Blocks are taken in the order in which this returns.</summary>
    public Task<Task<Verdict>> PostAsync(HashedBlock block, CancellationToken cancellation) => runner.PostAsync<Verdict>(
        answer =>
        {
            ReceivesBlocks = true;
            if (_blocks.TryGetValue(block, out List<TaskCompletionSource<Verdict>>? others))
            {
                others.Add(answer);
                return null;
            }

            _blocks.Add(block, [answer]);
            return new NodeInput.BlockArrived(block);
        },
        block.Encoded.Length,
        cancellation);

    void INodeListener.Take(NodeEffect effect)
    {
        if (effect is not NodeEffect.BlockJudged judged || !_blocks.Remove(judged.Block, out List<TaskCompletionSource<Verdict>>? answers)) return;
        foreach (TaskCompletionSource<Verdict> answer in answers) answer.TrySetResult(judged.Verdict);
    }

    void INodeListener.End(LedgerHaltedException reason)
    {
        foreach (TaskCompletionSource<Verdict> answer in _blocks.Values.SelectMany(answers => answers)) answer.TrySetException(reason);
        _blocks.Clear();
    }
}
