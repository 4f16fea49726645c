namespace Coniunctum.Client.Models;

/// <summary>A block's header, with all that its identity commits to.</summary>
/// <param name="Height">Its height.</param>
/// <param name="Id">Its identity.</param>
/// <param name="Previous">The block before it.</param>
/// <param name="Time">When its producer says that it was made, in milliseconds of Unix time; 0 where the format has no time.</param>
/// <param name="Target">What its proof is below; zeros where there is none.</param>
/// <param name="Nonce">Its nonce, as decimal text.</param>
/// <param name="MerkleRoot">The root over its transactions.</param>
/// <param name="StateRoot">The root of the state after it; zeros where the format has none.</param>
/// <param name="HistoryRoot">The root over all blocks before it; zeros where the format has none.</param>
/// <param name="Ruleset">The number of the rules that it was made under.</param>
/// <param name="Seal">The witness beside it, hexadecimal; empty where there is none.</param>
/// <remarks>May change in any release.</remarks>
public sealed record HeaderModel(
    ulong Height, string Id, string Previous, ulong Time, string Target, string Nonce, string MerkleRoot, string StateRoot, string HistoryRoot,
    int Ruleset, string Seal);
