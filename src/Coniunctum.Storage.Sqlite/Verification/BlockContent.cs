using Coniunctum.Ledger;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Storage.Sqlite.Verification;

/// <summary>Looks into headers and blocks: are they what their identities say, and does each follow the one before?</summary>
internal sealed class BlockContent(ChainProfile profile)
{
    private BlockId? _genesis;
    private StoredHead? _before;
    private BlockHeader? _header;

    /// <summary>Says what is wrong with a header. Those of the best chain come in the order of their heights.</summary>
    public string? FaultOf(StoredHead head, bool isBest)
    {
        _header = null;
        try
        {
            _header = HeadCodec.Read(head, profile.Format, profile.Limits).Header;
        }
        catch (InvalidDataException exception)
        {
            return exception.Message;
        }

        if (!isBest) return null;
        _genesis ??= head.Id;
        StoredHead? before = _before;
        _before = head;
        if (_header.Height != head.Height) return $"The header says height {_header.Height}.";
        bool follows = before is null || before.Height + 1 != head.Height || _header.Previous == before.Id;
        return follows ? null : $"The block follows {_header.Previous}, not {before!.Id}.";
    }

    /// <summary>Whether the head of a block beside the best chain is what its identity says.</summary>
    public bool IsHead(StoredSide side)
    {
        HeadCodec.Decode(side.Header, profile.Format, profile.Limits, out BlockHead? head);
        return head?.Header.Height == side.Height && new BlockId(profile.Format.Digest(head.Header)) == side.Id;
    }

    /// <summary>Says what is wrong with the body of the block whose header was looked at last.</summary>
    public string? FaultOf(StoredHead head, ReadOnlyMemory<byte> body)
    {
        var outcome = HashedBlock.Decode(body, profile.Format, profile.Limits, _genesis ?? head.Id, out HashedBlock? block);
        if (block is null) return $"The block cannot be read: {outcome}";
        if (block.Id != head.Id) return $"The block is {block.Id}, not {head.Id}.";
        return block.ComputedMerkleRoot == block.Header.MerkleRoot ? null : "The block's transactions are not those that its header commits to.";
    }
}
