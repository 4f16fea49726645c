namespace Coniunctum.Crypto.Merkle;

/// <summary>In what two kinds of binary Merkle trees differ; the walk through them is <see cref="MerkleFold{TShape}"/>.</summary>
internal interface IMerkleShape
{
    /// <summary>
    /// Whether an odd last node is paired with itself (two equal siblings are then a forgery); otherwise it moves up as it is.
    /// </summary>
    static abstract bool PairsLastWithItself { get; }

    /// <summary>Hashes two siblings.</summary>
    /// <param name="pair">The left and the right one.</param>
    static abstract Hash256 Node(ReadOnlySpan<Hash256> pair);

    /// <summary>Hashes a level's siblings, several pairs at once where the processor can.</summary>
    /// <param name="pairs">The pairs, one after the other.</param>
    /// <param name="parents">Receives a hash for each pair; it may begin where <paramref name="pairs"/> begins.</param>
    static abstract void Nodes(ReadOnlySpan<Hash256> pairs, Span<Hash256> parents);
}
