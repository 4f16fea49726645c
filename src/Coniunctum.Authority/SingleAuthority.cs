using Coniunctum.Consensus.Finality;
using Coniunctum.Consensus;
using Coniunctum.Consensus.ForkChoice;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Authority;

/// <summary>
/// One authority seals every block: the seal is its signature over the header's digest. What private ledgers inside a game or
/// a service use; its blocks are final as soon as they are made.
/// </summary>
public sealed class SingleAuthority : ConsensusSpec
{
    private readonly Address _authority;

    /// <summary>Names the authority.</summary>
    /// <param name="authority">Its address; not root.</param>
    /// <exception cref="ArgumentException"><paramref name="authority"/> is root, which no one has the key of.</exception>
    public SingleAuthority(Address authority)
    {
        if (authority.IsRoot) throw new ArgumentException("The authority must have a key; the root address has none.", nameof(authority));
        _authority = authority;
    }

    /// <inheritdoc/>
    public override string RuleName => "authority";

    /// <inheritdoc/>
    public override Hash256 GenesisTarget => Hash256.Zero;

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters => [new("authority", _authority.Value)];

    /// <inheritdoc/>
    public override ConsensusParts Build(ChainProfile profile, BlockId genesis)
    {
        ArgumentNullException.ThrowIfNull(profile);
        if (!profile.Format.Traits.HasExtendedHeader)
            throw new ArgumentException($"The format {profile.Format.Traits.Name} has no place for a seal.", nameof(profile));
        return new ConsensusParts(new Rule(_authority), new HeaviestChain(), new InstantFinality(), RuleState.None);
    }

    private sealed class Rule(Address authority) : IConsensusRule
    {
        // EIP-225: a block sealed in turn weighs 2; a single signer is always in turn.
        private static readonly Work s_inTurn = Work.From(2);

        public int StateLag => int.MaxValue;

        public Verdict Check(in HeaderView header, IAncestors ancestors, RuleState parent, Timestamp? now, SealClaims seals)
        {
            if (!header.Header.Target.IsZero) return Verdict.Invalid(BlockRule.TargetWrong, header.Header.Target, Hash256.Zero);
            if (header.Header.Nonce != 0) return Verdict.Invalid(BlockRule.ProofInvalid, header.Header.Nonce, 0);
            if (header.Seal.IsEmpty) return Verdict.Invalid(BlockRule.SealInvalid, "no seal", "the authority's signature");
            Verdict past = MedianTime.CheckPast(header, ancestors);
            if (past.IsValid) seals.Add(new SignatureClaim(header.Digest, header.Seal, authority));
            return past;
        }

        public void Prepare(ref HeaderDraft draft, IAncestors ancestors, RuleState parent) =>
            draft.Timestamp = MedianTime.ForCandidate(draft.Timestamp, ancestors);

        public Work Weight(in HeaderView header, RuleState parent) => s_inTurn;

        public int SignersInForce(ulong height, RuleState parent) => 1;
    }
}
