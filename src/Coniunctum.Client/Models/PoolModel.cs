namespace Coniunctum.Client.Models;

/// <summary>What waits for a block.</summary>
/// <param name="Ready">Transactions for the next block that has room.</param>
/// <param name="Waiting">Transactions that wait for a balance or for their window.</param>
/// <param name="Transactions">The first of them: those that are ready by what they pay, then those that wait.</param>
/// <remarks>May change in any release.</remarks>
public sealed record PoolModel(int Ready, int Waiting, IReadOnlyList<TransactionModel> Transactions);
