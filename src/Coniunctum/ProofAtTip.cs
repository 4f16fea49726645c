using Coniunctum.Ledger;
using Coniunctum.Ledger.State;

namespace Coniunctum;

/// <summary>
/// A proof, and the block whose state it is about. Whoever trusts the block checks the proof with
/// <see cref="StateProof.VerifyBalance"/> or <see cref="StateProof.VerifyEntry"/>, and needs neither ledger nor store.
/// </summary>
/// <param name="Block">The block, which is durable; its header holds the state root.</param>
/// <param name="Proof">The proof.</param>
public sealed record ProofAtTip(HashedBlock Block, StateProof Proof);
