namespace Coniunctum.Client.Models;

/// <summary>A page of the best chain, the newest block first. It ends sooner than was asked for where blocks are large.</summary>
/// <param name="Blocks">The page; never empty.</param>
/// <param name="Next">The height from which the next page goes down, as <c>to</c>; <c>null</c> below genesis.</param>
/// <remarks>May change in any release.</remarks>
public sealed record BlocksModel(IReadOnlyList<BlockSummaryModel> Blocks, ulong? Next);
