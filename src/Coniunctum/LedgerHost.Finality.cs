using Coniunctum.Consensus.Node;
using Coniunctum.Consensus.Upgrades;

namespace Coniunctum;

/// <content>What can no longer change, and what was refused.</content>
public sealed partial class LedgerHost
{
    private NodeEffect.BranchRefused? _refusedBranch;
    private UnknownRuleset? _unknownRuleset;

    /// <summary>The height up to which the best chain is final: no block at or below it can change any more. 0 where only genesis is.</summary>
    public ulong FinalHeight => _chain.FinalHeight;

    /// <summary>
    /// The last branch that would have won and was refused, or <c>null</c>: others may have left this ledger's chain. What to do
    /// about it is the owner's decision; see <see cref="Consensus.Chain.ChainOptions.MaxReorganization"/>.
    /// </summary>
    public NodeEffect.BranchRefused? RefusedBranch => Volatile.Read(ref _refusedBranch);

    /// <summary>
    /// A chain that goes on by rules that this software does not know, or <c>null</c>. Until it is settled which chain others follow,
    /// this ledger goes on by the known rules and warns; then <see cref="Halted"/> says that an upgrade is missing, also after a
    /// restart. An owner who stays with the known rules opens the ledger with
    /// <see cref="Consensus.Chain.ChainOptions.IgnoresUpgrades"/>.
    /// </summary>
    public UnknownRuleset? UnknownRuleset => Volatile.Read(ref _unknownRuleset);

    private Confirmation WithWarning(Confirmation confirmation) =>
        UnknownRuleset is { } unknown && confirmation.Height > unknown.ForkHeight ? confirmation with { UnknownRuleset = unknown } : confirmation;
}
