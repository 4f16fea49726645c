namespace Coniunctum.Client.Models;

/// <summary>A block, with its transactions.</summary>
/// <param name="Height">Its height.</param>
/// <param name="Id">Its identity.</param>
/// <param name="Previous">The block before it.</param>
/// <param name="Time">When its producer says that it was made, in milliseconds of Unix time; 0 where the format has no time.</param>
/// <param name="Target">What its proof is below; zeros where there is none.</param>
/// <param name="Nonce">Its nonce, as decimal text.</param>
/// <param name="MerkleRoot">The root over its transactions.</param>
/// <param name="Bytes">Its size in bytes, without seal and certificate.</param>
/// <param name="Confirmations">How many blocks confirm it, itself included; 0 beside the best chain.</param>
/// <param name="Transactions">Its transactions, in its order.</param>
/// <param name="Producer">Who was paid its reward; <c>null</c> in genesis.</param>
/// <param name="Final">Whether it can no longer change.</param>
/// <param name="StateRoot">The root of the state after it; zeros where the format has none.</param>
/// <param name="Ruleset">The number of the rules that it was made under.</param>
/// <remarks>May change in any release.</remarks>
public sealed record BlockModel(
    ulong Height, string Id, string Previous, ulong Time, string Target, string Nonce, string MerkleRoot, int Bytes, ulong Confirmations,
    IReadOnlyList<TransactionModel> Transactions, string? Producer, bool Final, string StateRoot, int Ruleset);
