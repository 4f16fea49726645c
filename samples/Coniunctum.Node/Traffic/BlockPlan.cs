using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Node.Traffic;

/// <summary>A block before it is hashed. A fault changes one thing about an honest one.</summary>
internal sealed record BlockPlan(BlockHeader Header, ImmutableArray<Transaction> Transactions)
{
    public ReadOnlyMemory<byte> Seal { get; init; }

    public ReadOnlyMemory<byte>? Certificate { get; init; }

    public BlockPlan WithReward(Func<Transaction, Transaction> change) => this with { Transactions = Transactions.SetItem(0, change(Transactions[0])) };

    public BlockPlan WithMerkleRoot(IBlockFormat format)
    {
        Hash256[] leaves = [.. Transactions.Select((transaction, index) => format.Leaf(transaction, index))];
        format.TryComputeRoot(leaves, out Hash256 root);
        return this with { Header = Header with { MerkleRoot = root } };
    }

    /// <summary>Chooses the first nonce under which the digest meets a target, or misses it.</summary>
    public BlockPlan WithNonce(IBlockFormat format, Hash256 target, bool meets)
    {
        BlockHeader header = Header;
        while (format.Digest(header) < target != meets) header = header with { Nonce = header.Nonce + 1 };
        return this with { Header = header };
    }

    public HashedBlock Hash(IBlockFormat format, BlockId chainId) => HashedBlock.Create(
        new Block { Header = Header, Transactions = Transactions, Seal = Seal, Certificate = Certificate }, format, chainId);
}
