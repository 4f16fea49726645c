using Coniunctum.Ledger;
using Coniunctum.Mining;

namespace Coniunctum.Node.Net;

/// <summary>What roles are called, and what they mean.</summary>
internal static class NodeRoles
{
    /// <summary>The names, as options take them.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetNames<NodeRole>().Select(name => name.ToLowerInvariant())];

    /// <summary>Says what a node of a role does, and what it trusts.</summary>
    public static string Describe(NodeRole role, ChainProfile profile)
    {
        string makes = profile.Consensus is ProofOfWork
            ? role is NodeRole.Miner or NodeRole.Full ? "mines" : "does not mine"
            : role is NodeRole.Validator or NodeRole.Full ? "seals or votes if its account is a member" : "makes no blocks";
        string takes = role is NodeRole.Validator or NodeRole.Full ? "takes connections" : "takes no connections";
        string trust = role == NodeRole.Wallet
            ? " It checks every block by every rule and trusts no one for that; it does trust that not all of its peers hide a better chain from it."
            : "";
        return $"{role.ToString().ToLowerInvariant()}: checks every block, {takes}, {makes}.{trust}";
    }
}
