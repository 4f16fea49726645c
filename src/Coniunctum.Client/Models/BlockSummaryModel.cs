namespace Coniunctum.Client.Models;

/// <summary>A block without its transactions.</summary>
/// <param name="Height">Its height.</param>
/// <param name="Id">Its identity.</param>
/// <param name="Previous">The block before it.</param>
/// <param name="Time">When its producer says that it was made, in milliseconds of Unix time; 0 where the format has no time.</param>
/// <param name="Target">What its proof is below; zeros where there is none.</param>
/// <param name="Bytes">Its size in bytes, without seal and certificate; <c>null</c> where only its header was kept.</param>
/// <param name="Transactions">How many transactions it has, the reward included; <c>null</c> where only its header was kept.</param>
/// <param name="Producer">Who was paid its reward; <c>null</c> in genesis, and where only its header was kept.</param>
/// <param name="Confirmations">How many blocks confirm it, itself included.</param>
/// <param name="Final">Whether it can no longer change.</param>
/// <remarks>May change in any release.</remarks>
public sealed record BlockSummaryModel(
    ulong Height, string Id, string Previous, ulong Time, string Target, int? Bytes, int? Transactions, string? Producer, ulong Confirmations, bool Final);
