using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Puzzles;
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
        ArgumentNullException.ThrowIfNull(format);
        if (format is not IFieldHashFormat fields)
            throw new ArgumentException($"The format {format.Traits.Name} has no nonce to search.", nameof(format));
        if (fields.NonceHashOffset != Sha3NoncePuzzle.NonceHashOffset)
            throw new ArgumentException(Invariant($"The format {format.Traits.Name} has the nonce's hash at byte {fields.NonceHashOffset} of the preimage; expected {Sha3NoncePuzzle.NonceHashOffset}."), nameof(format));
        if (fields.FieldHashesSize is < Sha3NoncePuzzle.NonceHashOffset + Hash256.Size or > Sha3NoncePuzzle.MaxPreimageBytes)
            throw new ArgumentException(Invariant($"The format {format.Traits.Name} has a preimage of {fields.FieldHashesSize} bytes; expected {Sha3NoncePuzzle.NonceHashOffset + Hash256.Size} to {Sha3NoncePuzzle.MaxPreimageBytes}."), nameof(format));
    }

    /// <inheritdoc/>
    public Hash256 ProofOf(in HeaderView header, IBlockFormat format) => header.Digest;

    /// <inheritdoc/>
    /// <remarks>
    /// Where a header's time can vary in the last block of the hash, up to 64 milliseconds are tried with each nonce; where it has
    /// none, the hashes of nonces come from a table of <see cref="MiningOptions.NonceTableBytes"/>.
    /// </remarks>
    public IHeaderSearch CreateSearch(MiningOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new DoubleSha3Search(options.NonceTableBytes);
    }
}
