using System.Buffers.Binary;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.TestKit.Chains;

/// <summary>
/// The one place where tests and benchmarks put blocks together without a node. What they put in need not be valid: only what
/// follows from it is right.
/// </summary>
internal static class BlockAssembly
{
    /// <summary>The header of the block behind a parent, before a nonce is searched. A format without time and roots gets none.</summary>
    /// <param name="profile">The chain's profile.</param>
    /// <param name="parent">The block before.</param>
    /// <param name="transactions">What the block holds, its reward included.</param>
    /// <param name="stateRoot">The root of the state after it.</param>
    /// <param name="historyRoot">The root of the history before it.</param>
    /// <param name="milliseconds">How much later than the parent it is.</param>
    public static BlockHeader HeaderOn(
        ChainProfile profile, HashedBlock parent, IReadOnlyList<Transaction> transactions, Hash256 stateRoot, Hash256 historyRoot, ulong milliseconds)
    {
        ulong height = parent.Header.Height + 1;
        var header = new BlockHeader
        {
            Ruleset = profile.RulesetAt(height),
            Height = height,
            Nonce = 0,
            Previous = parent.Id,
            MerkleRoot = MerkleRootOf(profile.Format, parent.Id, transactions),
            Target = profile.Consensus.GenesisTarget,
        };
        return !profile.Format.Traits.HasExtendedHeader ? header : header with
        {
            Timestamp = new Timestamp(parent.Header.Timestamp.UnixMilliseconds + milliseconds),
            StateRoot = stateRoot,
            HistoryRoot = historyRoot,
        };
    }

    /// <summary>The Merkle root of transactions.</summary>
    /// <param name="format">The format.</param>
    /// <param name="chain">The chain's identity, on which no leaf depends.</param>
    /// <param name="transactions">The transactions.</param>
    public static Hash256 MerkleRootOf(IBlockFormat format, BlockId chain, IReadOnlyList<Transaction> transactions)
    {
        Hash256[] leaves = Array.ConvertAll(format.HashAll(transactions, chain), transaction => transaction.Leaf);
        format.TryComputeRoot(leaves, out Hash256 root);
        return root;
    }

    /// <summary>The reward that is due at the end of an execution, or at its beginning where the format wants it there.</summary>
    /// <param name="execution">The block's execution.</param>
    /// <param name="receiver">Who is paid.</param>
    /// <param name="number">Makes its tag different from those of other blocks of the height.</param>
    public static Transaction RewardOf(BlockExecution execution, Address receiver, ulong number = 0)
    {
        Span<byte> tag = stackalloc byte[Hash256.Size];
        tag.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(tag, execution.Height);
        BinaryPrimitives.WriteUInt64BigEndian(tag[24..], number);
        return new Transaction
        {
            Tag = new TransactionTag(new Hash256(tag)),
            Sender = Address.Root,
            Receiver = receiver,
            Amount = execution.RewardAmount,
            Signature = new byte[65],
        };
    }
}
