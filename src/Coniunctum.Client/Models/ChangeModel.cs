namespace Coniunctum.Client.Models;

/// <summary>A change of the best chain.</summary>
/// <param name="Event"><c>block</c> where a block has joined the chain, <c>disconnected</c> where it has left it, <c>final</c> where it and all below it can no longer change.</param>
/// <param name="Height">The block's height.</param>
/// <param name="Id">Its identity.</param>
/// <param name="At">When the server sent this, in milliseconds of Unix time by its clock.</param>
/// <param name="Transactions">The ids of its transactions, the reward first; empty for <c>final</c>.</param>
/// <param name="Previous">The block before it.</param>
/// <param name="Time">When its producer says that it was made, in milliseconds of Unix time.</param>
/// <param name="Cursor">What resumes the events behind this one.</param>
/// <remarks>May change in any release.</remarks>
public sealed record ChangeModel(
    string Event, ulong Height, string Id, long At, IReadOnlyList<string> Transactions, string Previous, ulong Time, string Cursor);
