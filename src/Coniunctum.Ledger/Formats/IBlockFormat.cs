using Coniunctum.Crypto;
using Coniunctum.Crypto.Merkle;

namespace Coniunctum.Ledger.Formats;

/// <summary>
/// How blocks and transactions become bytes and hashes. Implementations hold no state and may be used from all threads.
/// </summary>
public interface IBlockFormat
{
    /// <summary>What the format's blocks and transactions carry.</summary>
    FormatTraits Traits { get; }

    /// <summary>How blocks, headers and transactions are written and read.</summary>
    IBlockCodec Codec { get; }

    /// <summary>Hashes a header: the block's identity, which proof-of-work compares with the target.</summary>
    /// <param name="header">The header.</param>
    Hash256 Digest(BlockHeader header);

    /// <summary>Hashes what the sender signs.</summary>
    /// <param name="transaction">The transaction; its signature does not matter.</param>
    /// <param name="chainId">The identity of the genesis block, in formats whose signatures hold on one chain only.</param>
    TransactionId SigningDigest(Transaction transaction, BlockId chainId);

    /// <summary>Hashes a whole transaction, signature included, as a leaf of the block's Merkle tree.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="index">Its position in the block, where the format's leaves depend on it.</param>
    Hash256 Leaf(Transaction transaction, int index);

    /// <summary>
    /// Hashes all transactions of a block, several at once where the processor can: what <see cref="SigningDigest"/> and
    /// <see cref="Leaf"/> return for each at its position.
    /// </summary>
    /// <param name="transactions">The transactions, in the block's order.</param>
    /// <param name="chainId">The identity of the genesis block.</param>
    HashedTransaction[] HashAll(IReadOnlyList<Transaction> transactions, BlockId chainId)
    {
        var hasher = new TransactionHasher(this, chainId);
        return [.. transactions.Select(hasher.Hash)];
    }

    /// <summary>Computes the root of the Merkle tree over a block's transactions.</summary>
    /// <param name="leaves">The leaves in the block's order.</param>
    /// <param name="root">The root; that of an empty list is the format's own.</param>
    /// <returns>
    /// Whether the list is sound; <c>false</c> when it is a mutated one that has the same root as a shorter list
    /// (CVE-2012-2459).
    /// </returns>
    bool TryComputeRoot(ReadOnlySpan<Hash256> leaves, out Hash256 root);

    /// <summary>Makes the proof that a leaf is in the Merkle tree.</summary>
    /// <param name="leaves">The leaves in the block's order.</param>
    /// <param name="index">The leaf's position.</param>
    MerkleProof ProveLeaf(ReadOnlySpan<Hash256> leaves, int index);

    /// <summary>Whether a proof leads from a leaf to a root.</summary>
    /// <param name="root">The root.</param>
    /// <param name="leaf">The leaf.</param>
    /// <param name="proof">The proof. It may come from anyone.</param>
    bool VerifyLeaf(Hash256 root, Hash256 leaf, MerkleProof proof);
}
