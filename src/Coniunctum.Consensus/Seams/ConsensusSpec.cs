using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Consensus;

/// <summary>
/// A consensus rule as a profile names it: parameters, and the factory that builds the rule's parts for one ledger. Immutable;
/// two ledgers that share one never meet.
/// </summary>
public abstract class ConsensusSpec : IConsensusParameters
{
    /// <inheritdoc/>
    public abstract string RuleName { get; }

    /// <inheritdoc/>
    public abstract Hash256 GenesisTarget { get; }

    /// <inheritdoc/>
    public abstract IEnumerable<Parameter> Parameters { get; }

    /// <summary>Builds the rule's parts for one ledger.</summary>
    /// <param name="profile">The ledger's profile.</param>
    /// <param name="genesis">The identity of its genesis block.</param>
    /// <exception cref="ArgumentException">The parameters are impossible, or do not fit the profile; the message says why.</exception>
    public abstract ConsensusParts Build(ChainProfile profile, BlockId genesis);
}
