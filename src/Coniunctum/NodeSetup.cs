using Coniunctum.Consensus;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Node;
using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;

namespace Coniunctum;

/// <summary>What a node is made of beside its profile and its store.</summary>
/// <remarks>May change in any release.</remarks>
public sealed record NodeSetup
{
    /// <summary>What makes blocks here, or <c>null</c> for a node that only follows.</summary>
    public IBlockProducer? Producer { get; init; }

    /// <summary>What speaks with other nodes, or <c>null</c> where the caller does.</summary>
    public IPeerMachine? Peers { get; init; }

    /// <summary>How much the pool keeps.</summary>
    public PoolOptions Pool { get; init; } = new();

    /// <summary>How much of the chain stays in memory.</summary>
    public ChainOptions Chain { get; init; } = new();

    /// <summary>
    /// Where the secret key comes from under which a new store's ledger remembers tags, and the extra nonces of the blocks that are
    /// made here. Default: the operating system.
    /// </summary>
    public IEntropySource Entropy { get; init; } = SystemEntropy.Instance;

    /// <summary>Hears how far opening the store has come; <c>null</c> for no one.</summary>
    public IProgress<OpeningProgress>? Progress { get; init; }
}
