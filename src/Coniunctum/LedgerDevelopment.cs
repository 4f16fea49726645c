using Coniunctum.Consensus;
using Coniunctum.Ledger;

namespace Coniunctum;

/// <summary>Going back in time, for tests and games: on chains of one's own only, whose genesis is drawn.</summary>
/// <example>
/// <code>
/// LedgerSnapshot before = ledger.Development.TakeSnapshot();
/// await ledger.SubmitAndConfirmAsync(Transfer.Sign(key, to: friend, amount: 5, ledger.Context));
/// await ledger.Development.RevertAsync(before);
/// </code>
/// </example>
public sealed class LedgerDevelopment : INodeListener
{
    private readonly ChainProfile _profile;
    private readonly NodeRunner _runner;
    private readonly LedgerChain _chain;
    private readonly Dictionary<long, TaskCompletionSource<string?>> _reverts = [];
    private long _lastTicket;

    internal LedgerDevelopment(ChainProfile profile, NodeRunner runner, LedgerChain chain) => (_profile, _runner, _chain) = (profile, runner, chain);

    /// <summary>
    /// Remembers the ledger as it durably is, to come back to it by <see cref="RevertAsync"/>. Costs nothing, whatever the
    /// ledger's size: every block can be undone anyway. What waits in the pool is no part of it.
    /// </summary>
    public LedgerSnapshot TakeSnapshot()
    {
        HashedBlock tip = _chain.Tip;
        return new LedgerSnapshot(tip.Id, tip.Header.Height);
    }

    /// <summary>
    /// Makes the ledger what it was at a snapshot: the blocks since are undone, which takes time in proportion to what they
    /// changed, and given up with their transactions. What waits in the pool stays there, as far as it is still valid.
    /// Snapshots of the time since cannot be reverted to any more; this one can, again and again. Other nodes of the same chain
    /// do not follow.
    /// </summary>
    /// <param name="snapshot">A snapshot of this ledger.</param>
    /// <param name="cancellation">Stops waiting; the ledger is reverted all the same.</param>
    /// <returns>Completes when that is durable.</returns>
    /// <exception cref="InvalidOperationException">
    /// The chain is a public one, the snapshot's block is not part of it, or what would have to be undone was pruned.
    /// </exception>
    /// <exception cref="LedgerHaltedException">The ledger has stopped.</exception>
    public async Task RevertAsync(LedgerSnapshot snapshot, CancellationToken cancellation = default)
    {
        if (!_profile.Genesis.IsDrawn)
            throw new InvalidOperationException($"The chain {_profile.Name} is not one's own: only a chain whose genesis is drawn by its owner can be reverted.");
        string? fault = await _runner.AskAsync<string?>(
            answer =>
            {
                _reverts.Add(++_lastTicket, answer);
                return new NodeInput.RevertRequested(_lastTicket, snapshot.Block);
            },
            0,
            cancellation).ConfigureAwait(false);
        if (fault is not null)
            throw new InvalidOperationException($"The ledger cannot be reverted to height {snapshot.Height}: {fault}.");
    }

    void INodeListener.Take(NodeEffect effect)
    {
        switch (effect)
        {
            case NodeEffect.TipMoved { Ticket: { } ticket }:
                Answer(ticket, null);
                break;
            case NodeEffect.RevertRefused refused:
                Answer(refused.Ticket, refused.Reason);
                break;
            default:
                break;
        }
    }

    void INodeListener.End(LedgerHaltedException reason)
    {
        foreach (TaskCompletionSource<string?> answer in _reverts.Values) answer.TrySetException(reason);
        _reverts.Clear();
    }

    private void Answer(long ticket, string? fault)
    {
        if (_reverts.Remove(ticket, out TaskCompletionSource<string?>? answer)) answer.TrySetResult(fault);
    }
}
