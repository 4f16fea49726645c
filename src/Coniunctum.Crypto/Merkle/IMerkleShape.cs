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
}
