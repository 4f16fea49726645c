using System.Buffers.Binary;
using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Consensus;

/// <summary>
/// A candidate: everything of a block but the Merkle root, the nonce and the seal. The state root does not depend on them, nor on
/// the time, so that a job may vary the last bytes of the reward's tag (the extra nonce) as it likes, and the time as far as the
/// rule allows.
/// </summary>
/// <param name="ChainId">The chain's identity.</param>
/// <param name="Format">The chain's format.</param>
/// <param name="Header">The header; its Merkle root is zero.</param>
/// <param name="Transactions">The transactions, the reward first.</param>
public sealed record BlockDraft(BlockId ChainId, IBlockFormat Format, BlockHeader Header, ImmutableArray<Transaction> Transactions)
{
    /// <summary>The earliest time that a job may write in place of the header's, which is the latest. Default: the header's.</summary>
    public Timestamp EarliestTimestamp { get; init; } = Header.Timestamp;

    /// <summary>Returns the candidate with another extra nonce, and with the Merkle root that follows.</summary>
    /// <param name="extraNonce">Added to the last eight bytes of the reward's tag, modulo 2⁶⁴: 0 is what the candidate was built with.</param>
    public BlockDraft WithExtraNonce(ulong extraNonce)
    {
        Transaction reward = Transactions[0];
        Span<byte> tag = stackalloc byte[Hash256.Size];
        reward.Tag.Value.CopyTo(tag);
        Span<byte> last = tag[^sizeof(ulong)..];
        BinaryPrimitives.WriteUInt64BigEndian(last, unchecked(BinaryPrimitives.ReadUInt64BigEndian(last) + extraNonce));
        var varied = new Transaction
        {
            Tag = new TransactionTag(new Hash256(tag)),
            Sender = reward.Sender,
            Receiver = reward.Receiver,
            Amount = reward.Amount,
            Signature = reward.Signature,
        };
        ImmutableArray<Transaction> transactions = Transactions.SetItem(0, varied);
        Hash256[] leaves = [.. transactions.Select((transaction, index) => Format.Leaf(transaction, index))];
        Format.TryComputeRoot(leaves, out Hash256 root);
        return this with { Transactions = transactions, Header = Header with { MerkleRoot = root } };
    }

    /// <summary>Makes the block, once the header is complete.</summary>
    /// <param name="nonce">The header's nonce.</param>
    /// <param name="seal">The witness beside it.</param>
    public HashedBlock Seal(ulong nonce, ReadOnlyMemory<byte> seal) => HashedBlock.Create(
        new Block { Header = Header with { Nonce = nonce }, Transactions = Transactions, Seal = seal }, Format, ChainId);
}
