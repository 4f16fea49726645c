using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Consensus;

/// <summary>
/// A consensus rule as a profile names it: parameters, and the factory that builds the rule's parts for one ledger. Immutable;
/// two ledgers that share one never meet.
/// </summary>
/// <example>
/// <code>
/// LedgerBuilder own = LedgerBuilder.For(profile)
///     .Use(new RoundRobin(members), profile =&gt; new RoundRobinProducer(self, key, members, profile));
/// </code>
/// </example>
public abstract class ConsensusSpec : IConsensusParameters
{
    /// <inheritdoc/>
    public abstract string RuleName { get; }

    /// <inheritdoc/>
    public virtual string RuleNameAt(ulong height) => RuleName;

    /// <inheritdoc/>
    public abstract Hash256 GenesisTarget { get; }

    /// <inheritdoc/>
    public abstract IEnumerable<Parameter> Parameters { get; }

    /// <summary>Builds the rule's parts for one ledger.</summary>
    /// <param name="profile">The ledger's profile.</param>
    /// <param name="genesis">The identity of its genesis block.</param>
    /// <exception cref="ArgumentException">The parameters are impossible, or do not fit the profile; the message says why.</exception>
    public abstract ConsensusParts Build(ChainProfile profile, BlockId genesis);

    /// <summary>
    /// Builds the rule's parts where it takes over from another one. A rule whose answers depend on how far it is from its first
    /// block overrides this; by default it is built as for a chain of its own.
    /// </summary>
    /// <param name="height">The height of the last block that the rule before decides; 0 for genesis.</param>
    /// <param name="profile">The ledger's profile.</param>
    /// <param name="genesis">The identity of its genesis block.</param>
    /// <exception cref="ArgumentException">The parameters are impossible, or do not fit the profile; the message says why.</exception>
    public virtual ConsensusParts BuildBehind(ulong height, ChainProfile profile, BlockId genesis) => Build(profile, genesis);

    /// <summary>
    /// Reads back what the rule carried on after a block, from one's own store. A rule that carries something overrides this.
    /// </summary>
    /// <param name="encoded">What <see cref="RuleState.Encode"/> returned.</param>
    /// <exception cref="InvalidDataException">The bytes are no state of this rule: the store is damaged.</exception>
    public virtual RuleState ReadState(ReadOnlyMemory<byte> encoded) => encoded.IsEmpty
        ? RuleState.None
        : throw new InvalidDataException($"The rule {RuleName} carries nothing, and the store has {encoded.Length} bytes for it.");
}
