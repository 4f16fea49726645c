using Coniunctum.Ledger;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Consensus.Chain;

/// <summary>The block at which a chain begins in memory: genesis, or one of the store's best chain, with the state after it.</summary>
/// <remarks>May change in any release.</remarks>
public sealed class ChainOrigin
{
    private readonly StoredHead? _head;

    /// <summary>Begins at a block of the store.</summary>
    /// <param name="genesis">The chain's first block.</param>
    /// <param name="state">The state after the block; the chain's from now on.</param>
    /// <param name="head">The block; part of the store's best chain.</param>
    public ChainOrigin(HashedBlock genesis, LedgerState state, StoredHead head)
        : this(genesis, state)
    {
        ArgumentNullException.ThrowIfNull(genesis);
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(state);
        _head = head;
    }

    private ChainOrigin(HashedBlock genesis, LedgerState state) => (GenesisBlock, State) = (genesis, state);

    /// <summary>The chain's first block.</summary>
    public HashedBlock GenesisBlock { get; }

    internal LedgerState State { get; }

    internal ulong Height => _head?.Height ?? 0;

    /// <summary>Begins at genesis.</summary>
    /// <param name="profile">The chain's profile.</param>
    /// <param name="tagKey">The key under which the ledger remembers tags.</param>
    /// <exception cref="ArgumentException">No sound chain can exist under the profile's parameters.</exception>
    public static ChainOrigin Genesis(ChainProfile profile, TagKey tagKey)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var genesis = Ledger.Execution.GenesisBlock.Create(profile, tagKey);
        var state = new LedgerState(profile.Format.Traits, tagKey);
        state.Apply(genesis.Delta);
        return new ChainOrigin(genesis.Block, state);
    }

    /// <summary>Returns a block of the store as the beginning of a tree.</summary>
    internal static BlockNode CreateRoot(StoredHead head, ConsensusSpec spec, StoredHeaders stored) =>
        new(stored.Read(head), null, Work.Zero, head.ChainWeight, spec.ReadState(head.RuleState));

    internal BlockNode CreateNode(ConsensusSpec spec, ConsensusParts consensus, StoredHeaders stored)
    {
        if (_head is { } head) return CreateRoot(head, spec, stored);
        var node = new BlockNode(HeaderView.Of(GenesisBlock), null, Work.Zero, Work.Zero, consensus.Initial);
        node.Load(GenesisBlock, null);
        return node;
    }
}
