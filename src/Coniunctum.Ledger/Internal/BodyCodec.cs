using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Ledger.Internal;

/// <summary>Whole blocks as stores keep them: the canonical encoding that nodes exchange.</summary>
public static class BodyCodec
{
    /// <summary>Reads a block back.</summary>
    /// <param name="encoded">What the store returned for it.</param>
    /// <param name="id">Its identity.</param>
    /// <param name="profile">The chain's profile.</param>
    /// <param name="chainId">The chain's identity.</param>
    /// <exception cref="InvalidDataException">The bytes are no block, or not that one: the store is damaged.</exception>
    public static HashedBlock Read(ReadOnlyMemory<byte> encoded, BlockId id, ChainProfile profile, BlockId chainId)
    {
        ArgumentNullException.ThrowIfNull(profile);
        DecodeOutcome outcome = HashedBlock.Decode(encoded, profile.Format, profile.Limits, chainId, out HashedBlock? block);
        if (block is null) throw new InvalidDataException($"The store's block {id} cannot be read: {outcome}");
        if (block.Id != id) throw new InvalidDataException($"The store's block {id} at height {block.Header.Height} is {block.Id}.");
        return block.ComputedMerkleRoot == block.Header.MerkleRoot
            ? block
            : throw new InvalidDataException($"The store's block {id} at height {block.Header.Height} has other transactions than its header says.");
    }
}
