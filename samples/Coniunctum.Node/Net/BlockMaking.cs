using Coniunctum.Authority;
using Coniunctum.Bft;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Mining;
using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Net;

/// <summary>Whether and how a node makes blocks: what its role means under the chain's rule.</summary>
internal static class BlockMaking
{
    /// <summary>Says what makes blocks here, where anything does.</summary>
    /// <param name="builder">The ledger's.</param>
    /// <param name="options">The node's.</param>
    /// <param name="account">The node's own account, which outlives the ledger.</param>
    /// <exception cref="BadInputException">The role is none under the rule.</exception>
    public static void Choose(LedgerBuilder builder, NodeOptions options, PrivateKey account)
    {
        ChainProfile profile = options.Profile;
        Address own = profile.Signatures.AddressOf(account.PublicKey);
        bool isMember = options.Role is NodeRole.Validator or NodeRole.Full;
        switch (profile.Consensus)
        {
            case ProofOfWork when options.Role is NodeRole.Miner or NodeRole.Full:
                builder.UseProofOfWork(options.RewardTo ?? own, options.Threads);
                break;
            case ProofOfWork:
                break;
            case not ProofOfWork when options.Role == NodeRole.Miner:
                throw new BadInputException($"--role: no one mines under the rule {profile.Consensus.RuleName}; expected wallet or validator.");
            case SingleAuthority rule when isMember && IsAuthority(rule, own):
                builder.Use(rule, chosen => new AuthorityProducer(account, chosen.Signatures));
                break;
            case ProofOfAuthority rule when isMember:
                builder.Use(rule, chosen => new ProofOfAuthorityProducer(rule, account, chosen.Signatures));
                break;
            case BftConsensus rule when isMember:
                builder.Use(rule, chosen => new BftProducer(rule, account, chosen, SystemEntropy.Instance));
                break;
            default:
                break;
        }
    }

    /// <summary>Blocks that another key seals are refused by everyone: such a node only follows.</summary>
    private static bool IsAuthority(SingleAuthority rule, Address own) => rule.Parameters.Any(parameter => parameter.Value.ToString().Equals(own.Value.ToString(), StringComparison.Ordinal));
}
