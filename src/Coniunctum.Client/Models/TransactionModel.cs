namespace Coniunctum.Client.Models;

/// <summary>A transaction.</summary>
/// <param name="Id">Its identity.</param>
/// <param name="State"><c>confirmed</c>, <c>ready</c> or <c>waiting</c>.</param>
/// <param name="Block">The block that holds it; <c>null</c> in the pool.</param>
/// <param name="Height">That block's height; <c>null</c> in the pool.</param>
/// <param name="Confirmations">How many blocks confirm it; 0 in the pool.</param>
/// <param name="From">Who pays; <c>null</c> in rewards and in genesis.</param>
/// <param name="To">Who is paid.</param>
/// <param name="Amount">Base units that move.</param>
/// <param name="Fee">Base units for the block's producer.</param>
/// <param name="Payload">The call of an application, hexadecimal; <c>null</c> for none, and in histories, which do not hold it.</param>
/// <param name="Bytes">The length of its encoding; <c>null</c> in histories, which do not hold it.</param>
/// <remarks>May change in any release.</remarks>
public sealed record TransactionModel(
    string Id, string State, string? Block, ulong? Height, ulong Confirmations, string? From, string To, string Amount, string Fee, string? Payload,
    int? Bytes);
