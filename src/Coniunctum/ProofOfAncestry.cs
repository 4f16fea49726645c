using Coniunctum.Ledger;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;

namespace Coniunctum;

/// <summary>A block, and the proof that it is an ancestor of another one. Whoever trusts that one's header needs neither ledger nor store.</summary>
/// <param name="Ancestor">The ancestor's identity.</param>
/// <param name="Height">Its height.</param>
/// <param name="Weight">What it added to the weight of the chain, as whoever made the blocks asserts.</param>
/// <param name="Proof">The proof.</param>
public sealed record ProofOfAncestry(BlockId Ancestor, ulong Height, Work Weight, HistoryProof Proof)
{
    /// <summary>Checks the proof.</summary>
    /// <param name="descendant">A header that is trusted.</param>
    /// <returns>Whether the block is its ancestor at that height, with that weight.</returns>
    public bool Verify(BlockHeader descendant)
    {
        ArgumentNullException.ThrowIfNull(descendant);
        return HistoryProof.Verify(Proof, descendant.HistoryRoot, descendant.Height, Height, Ancestor, Weight);
    }

    internal static ProofOfAncestry Read(IChainReader store, ulong descendant, ulong ancestor)
    {
        var proof = HistoryProof.Create(store, descendant, ancestor, out BlockId id, out Work weight);
        return new ProofOfAncestry(id, ancestor, weight, proof);
    }
}
