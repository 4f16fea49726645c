using System.Buffers.Binary;
using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Relay;

/// <summary>Gives the last blocks of the best chain compactly: unasked, or to whoever asks; and the transactions of them that someone lacks.</summary>
internal sealed class CompactSender(IBlockFormat format, PeerOutput output, IEntropySource entropy)
{
    private const int MostBlocks = 8;
    private const long MostBytes = 16L * 1_024 * 1_024;

    private readonly RecentBlocks _blocks = new(MostBlocks, MostBytes);
    private readonly Dictionary<BlockId, Hash256[]> _leaves = [];

    /// <summary>Keeps a block that has become part of the best chain.</summary>
    public void Add(HashedBlock block)
    {
        _blocks.Add(block);
        if (_leaves.Count > 2 * MostBlocks) _leaves.Clear();
    }

    /// <summary>Returns a block with a certificate.</summary>
    public HashedBlock Certify(HashedBlock block, ReadOnlyMemory<byte> certificate) => block.WithCertificate(certificate, format);

    /// <summary>Encodes the head of a block.</summary>
    public EncodedHead HeadOf(HashedBlock block) => EncodedHead.Of(block.Block, format);

    /// <summary>Whether a block can be given so.</summary>
    public bool Has(BlockId id) => _blocks.Find(id) is { } block && block.Transactions.Count <= WireLimits.BlockTransactions;

    /// <summary>Sends a block; returns whether it is here, and the peer reads what it is sent.</summary>
    public bool TrySend(Peer peer, BlockId id)
    {
        if (peer.Unsent >= Peer.MaxUnsent || !Has(id)) return false;
        HashedBlock block = _blocks.Find(id)!;
        Span<byte> drawn = stackalloc byte[sizeof(ulong)];
        entropy.Fill(drawn);
        ulong salt = BinaryPrimitives.ReadUInt64BigEndian(drawn);
        var shortIds = new ShortIds(id, salt);
        Hash256[] leaves = LeavesOf(block);
        byte[] ids = new byte[leaves.Length * WireLimits.ShortIdBytes];
        var prefilled = ImmutableArray.CreateBuilder<PlacedTransaction>();
        int written = 0, bytes = 0;
        for (int i = 0; i < leaves.Length; i++)
        {
            if (block.Transactions[i].Transaction.IsFromRoot)
            {
                // No one else has a reward.
                ReadOnlyMemory<byte> encoded = block.Transactions[i].Detach(format).Encoded;
                prefilled.Add(new PlacedTransaction((uint)i, encoded));
                bytes += encoded.Length;
                continue;
            }

            ShortIds.Write(ids.AsSpan(written), shortIds.Of(leaves[i]));
            written += WireLimits.ShortIdBytes;
        }

        EncodedHead head = HeadOf(block);
        output.Send(peer, new Compact(head, salt, prefilled.DrainToImmutable(), ids.AsMemory(0, written)), head.Size + bytes + written);
        return true;
    }

    /// <summary>Answers with the transactions that a peer lacks, or with none where the block is not here any more.</summary>
    public void Answer(Peer peer, GetParts asked)
    {
        var parts = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        int bytes = 0;
        if (peer.Unsent < Peer.MaxUnsent && _blocks.Find(new BlockId(asked.BlockId)) is { } block)
        {
            for (int i = 0; i < block.Transactions.Count && i / 8 < asked.Bitmap.Length; i++)
            {
                if ((asked.Bitmap.Span[i / 8] & (0x80 >> (i % 8))) == 0) continue;
                ReadOnlyMemory<byte> encoded = block.Transactions[i].Detach(format).Encoded;
                parts.Add(encoded);
                bytes += encoded.Length;
            }
        }

        output.Send(peer, new Parts(asked.BlockId, parts.DrainToImmutable()), bytes);
    }

    // In a block leaves may depend on their place; relay calls a transaction by the one that it has at the first.
    private Hash256[] LeavesOf(HashedBlock block)
    {
        if (!_leaves.TryGetValue(block.Id, out Hash256[]? leaves))
            _leaves.Add(block.Id, leaves = [.. block.Block.Transactions.Select(transaction => format.Leaf(transaction, 0))]);
        return leaves;
    }
}
