using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Puzzles;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Mining.Puzzles;

/// <summary>
/// The second paper's puzzle: SHA-256 of the decimal text of x² + PH², where x is the nonce, at least 1. The proof is compared
/// with the target; the block's identity stays the header's digest.
/// </summary>
public sealed record SquareSum : IHeaderPuzzle
{
    private SquareSum(bool isBound) => IsBound = isBound;

    /// <summary>PH is this header's digest with nonce 0, so that a proof is its block's alone.</summary>
    public static SquareSum Bound { get; } = new(isBound: true);

    /// <summary>
    /// PH is the previous block's identity, as in the paper. Whoever sees a proof may put it under a block of his own, and the
    /// nonces are the same for all miners, so that the fastest one always wins: for chains of one's own.
    /// </summary>
    public static SquareSum Paper { get; } = new(isBound: false);

    /// <summary>Whether a proof commits to its own block.</summary>
    public bool IsBound { get; }

    /// <inheritdoc/>
    public string Name => IsBound ? "square-sum-bound" : "square-sum-paper";

    /// <inheritdoc/>
    public void ThrowUnlessFits(IBlockFormat format)
    {
        // Every format has a previous hash and a digest.
    }

    /// <inheritdoc/>
    /// <remarks>The greatest value, which is less than no target, for nonce 0.</remarks>
    public Hash256 ProofOf(in HeaderView header, IBlockFormat format) =>
        header.Header.Nonce == 0 ? Difficulty.Target.Max : PuzzleOf(header.Header, format).Digest(header.Header.Nonce);

    /// <inheritdoc/>
    /// <remarks>It tries nonces alone, and keeps nothing.</remarks>
    public IHeaderSearch CreateSearch(MiningOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new Search(this);
    }

    private SquareSumPuzzle PuzzleOf(BlockHeader header, IBlockFormat format) =>
        new(IsBound ? format.Digest(header with { Nonce = 0 }) : header.Previous.Value);

    private sealed class Search(SquareSum owner) : IHeaderSearch
    {
        public SearchSpace Prepare(BlockHeader header, Timestamp earliest, IBlockFormat format)
        {
            ArgumentNullException.ThrowIfNull(header);
            return new SearchSpace(owner.PuzzleOf(header, format), nonce => header with { Nonce = nonce });
        }
    }
}
