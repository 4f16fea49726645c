using Coniunctum.Ledger;
using Coniunctum.Ledger.State;

namespace Coniunctum;

/// <summary>
/// A proof, and the block whose state it is about. Whoever trusts the block checks the proof with
/// <see cref="StateProof.VerifyBalance"/> or <see cref="StateProof.VerifyEntry"/>, and needs neither ledger nor store.
/// </summary>
/// <param name="Block">The block; its header holds the state root. Its commit may still be on its way.</param>
/// <param name="Proof">The proof.</param>
public sealed record ProofAtTip(HashedBlock Block, StateProof Proof);
