namespace Coniunctum.Client.Models;

/// <summary>A proof of what stands, or that nothing stands, in the state after a block. Whoever trusts the block's state root needs no server to check it.</summary>
/// <param name="Block">The block's id.</param>
/// <param name="Height">Its height.</param>
/// <param name="StateRoot">The state root in its header.</param>
/// <param name="Proof">The canonical encoding of a <see cref="Coniunctum.Ledger.State.StateProof"/>, hexadecimal.</param>
/// <remarks>May change in any release.</remarks>
public sealed record StateProofModel(string Block, ulong Height, string StateRoot, string Proof);
