namespace Coniunctum.Client.Models;

/// <summary>A proof that a transaction is in a block. Whoever trusts the block's Merkle root needs no server to check it.</summary>
/// <param name="Block">The block's id.</param>
/// <param name="Height">Its height.</param>
/// <param name="MerkleRoot">The Merkle root in its header.</param>
/// <param name="Transaction">The transaction's canonical encoding, signature included, hexadecimal.</param>
/// <param name="Proof">The canonical encoding of a <see cref="Coniunctum.Ledger.InclusionProof"/>, hexadecimal.</param>
/// <remarks>May change in any release.</remarks>
public sealed record InclusionProofModel(string Block, ulong Height, string MerkleRoot, string Transaction, string Proof);
