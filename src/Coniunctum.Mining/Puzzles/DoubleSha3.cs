using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Puzzles;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Mining.Puzzles;

/// <summary>The papers' puzzle: the header's digest itself, SHA3-256 twice over the hashes of its fields.</summary>
public sealed record DoubleSha3 : IHeaderPuzzle
{
    /// <inheritdoc/>
    public string Name => "sha3-256-twice";

    /// <inheritdoc/>
    public void ThrowUnlessFits(IBlockFormat format)
    {
        if (format is not IFieldHashFormat)
            throw new ArgumentException($"The format {format.Traits.Name} has no nonce to search.", nameof(format));
    }

    /// <inheritdoc/>
    public Hash256 ProofOf(in HeaderView header, IBlockFormat format) => header.Digest;

    /// <inheritdoc/>
    public INoncePuzzle Prepare(BlockHeader header, IBlockFormat format)
    {
        var fields = (IFieldHashFormat)format;
        Span<byte> row = stackalloc byte[Sha3NoncePuzzle.MaxPreimageBytes];
        row = row[..fields.FieldHashesSize];
        fields.WriteFieldHashes(header, row);
        return new Sha3NoncePuzzle(row);
    }
}
