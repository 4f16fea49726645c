using Coniunctum.Consensus;
using Coniunctum.Ledger;

namespace Coniunctum;

/// <summary>Blocks that were made elsewhere, on their way to the node, and those who wait for what it says of them.</summary>
internal sealed class BlockSubmissions(NodeRunner runner, bool receivesBlocks) : INodeListener
{
    // By the very copy: another copy of the same identity may deserve another verdict. Guarded by the node's gate.
    private readonly Dictionary<HashedBlock, List<TaskCompletionSource<Verdict>>> _blocks = [];

    // The last answers that are waited for, by the copy too.
    private readonly Dictionary<HashedBlock, TaskCompletionSource<Verdict>> _settling = [];

    /// <summary>Whether blocks come from elsewhere: one was submitted, or the owner expects some. Read under the node's gate.</summary>
    public bool ReceivesBlocks { get; private set; } = receivesBlocks;

    /// <inheritdoc cref="LedgerHost.SubmitBlockAsync"/>
    public async Task<Verdict> SubmitAsync(HashedBlock block, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(block);
        Task<Verdict> answer = await PostAsync(block, cancellation).ConfigureAwait(false);
        return await answer.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Submits a block, waits until the chain has settled, and returns the last that was said of it: a seal may turn out bad after the first answer.</summary>
    public async Task<Verdict> SettleAsync(HashedBlock block, CancellationToken cancellation)
    {
        TaskCompletionSource<Verdict> last = Answers.New<Verdict>();
        runner.Do(() => _settling[block] = last);
        try
        {
            Verdict first = await SubmitAsync(block, cancellation).ConfigureAwait(false);
            if (!first.IsValid) return first;
            await runner.WaitUntilIdleAsync(cancellation).ConfigureAwait(false);
            return last.Task.IsCompleted ? await last.Task.ConfigureAwait(false) : first;
        }
        finally
        {
            runner.Do(() => _settling.Remove(block));
        }
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
        if (effect is NodeEffect.BlockSettled settled && _settling.TryGetValue(settled.Block, out TaskCompletionSource<Verdict>? last)) last.TrySetResult(settled.Verdict);
        if (effect is not NodeEffect.BlockJudged judged || !_blocks.Remove(judged.Block, out List<TaskCompletionSource<Verdict>>? answers)) return;
        foreach (TaskCompletionSource<Verdict> answer in answers) answer.TrySetResult(judged.Verdict);
    }

    void INodeListener.End(LedgerHaltedException reason)
    {
        foreach (TaskCompletionSource<Verdict> answer in _blocks.Values.SelectMany(answers => answers)) answer.TrySetException(reason);
        _blocks.Clear();
    }
}
