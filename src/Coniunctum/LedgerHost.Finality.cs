namespace Coniunctum;

/// <content>What can no longer change, and what was refused.</content>
public sealed partial class LedgerHost
{
    private NodeEffect.BranchRefused? _refusedBranch;

    /// <summary>The height up to which the best chain is final: no block at or below it can change any more. 0 where only genesis is.</summary>
    public ulong FinalHeight => _chain.FinalHeight;

    /// <summary>
    /// The last branch that would have won and was refused, or <c>null</c>: others may have left this ledger's chain. What to do
    /// about it is the owner's decision; see <see cref="Consensus.Chain.ChainOptions.MaxReorganization"/>.
    /// </summary>
    public NodeEffect.BranchRefused? RefusedBranch => Volatile.Read(ref _refusedBranch);
}
