using Coniunctum.Crypto;
using Coniunctum.Ledger.State;

namespace Coniunctum.Ledger.Execution;

/// <summary>
/// The first block of a chain, computed from its profile. It is exempt from the rules: its transactions come from root, are
/// unsigned and share the zero tag. It weighs nothing, since no one worked for it.
/// </summary>
public sealed class GenesisBlock
{
    private GenesisBlock(HashedBlock block, StateDelta delta) => (Block, Delta) = (block, delta);

    /// <summary>The block.</summary>
    public HashedBlock Block { get; }

    /// <summary>What it makes of an empty state.</summary>
    public StateDelta Delta { get; }

    /// <summary>Computes the genesis block of a profile.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="tagKey">The key of the state to which the delta is to be applied.</param>
    /// <exception cref="ArgumentException">No sound chain can exist under the profile's parameters.</exception>
    public static GenesisBlock Create(ChainProfile profile, TagKey tagKey = default)
    {
        ArgumentNullException.ThrowIfNull(profile);
        profile.ThrowIfImpossible();
        var overlay = new StateOverlay(new LedgerState(profile.Format.Traits, tagKey));
        Transaction[] transactions = [.. profile.Genesis.Allocations.Select(allocation => new Transaction
        {
            Tag = default,
            Sender = Address.Root,
            Receiver = allocation.Receiver,
            Amount = allocation.Amount,
            Signature = new byte[profile.Signatures.SignatureSize],
        })];

        foreach (Transaction transaction in transactions)
        {
            overlay.SetBalance(transaction.Receiver, overlay.BalanceOf(transaction.Receiver) + transaction.Amount);
            overlay.Supply += transaction.Amount;
        }

        bool extended = profile.Format.Traits.HasExtendedHeader;
        if (!profile.Format.Traits.TagsExpire && transactions.Length > 0)
            overlay.UseTag(Address.Root, default);

        // The state root is part of the identity that the history tree records: the block is done first, then remembered.
        StateDelta balances = overlay.EndBlock(0, HistoryTree.Empty, []);
        HashedBlock block = Seal(profile, transactions, overlay.StateRoot);
        HistoryTree history = extended ? HistoryTree.Empty.With(block.Id, Work.Zero) : HistoryTree.Empty;
        return new GenesisBlock(block, balances.WithHistory(history));
    }

    private static HashedBlock Seal(ChainProfile profile, Transaction[] transactions, Hash256 stateRoot)
    {
        Hash256[] leaves = [.. transactions.Select((transaction, index) => profile.Format.Leaf(transaction, index))];
        profile.Format.TryComputeRoot(leaves, out Hash256 root);
        bool extended = profile.Format.Traits.HasExtendedHeader;
        var header = new BlockHeader
        {
            Height = 0,
            Nonce = 0,
            Previous = new BlockId(profile.ComputeCommitment()),
            MerkleRoot = root,
            Target = profile.Consensus.GenesisTarget,
            Timestamp = extended ? profile.Genesis.Timestamp : default,
            StateRoot = stateRoot,
        };

        // The chain's identity is this block's, and its transactions' identities contain it like all others.
        var chainId = new BlockId(profile.Format.Digest(header));
        return HashedBlock.Create(new Block { Header = header, Transactions = transactions }, profile.Format, chainId);
    }
}
