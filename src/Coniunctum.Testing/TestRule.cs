using Coniunctum.Authority;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Finality;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Testing;

/// <summary>One authority, as <see cref="SingleAuthority"/> has it; where a test wants reorganizations, without finality.</summary>
/// <param name="authority">The authority's address.</param>
/// <param name="isFinalAtOnce">Whether a block is final as soon as it is made.</param>
internal sealed class TestRule(Address authority, bool isFinalAtOnce) : ConsensusSpec
{
    private readonly SingleAuthority _rule = new(authority);

    /// <inheritdoc/>
    public override string RuleName => _rule.RuleName;

    /// <inheritdoc/>
    public override Hash256 GenesisTarget => _rule.GenesisTarget;

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters => _rule.Parameters;

    /// <inheritdoc/>
    public override ConsensusParts Build(ChainProfile profile, BlockId genesis)
    {
        ConsensusParts parts = _rule.Build(profile, genesis);
        return isFinalAtOnce ? parts : parts with { Finality = new NoFinality() };
    }
}
