using Coniunctum.Ledger;

namespace Coniunctum.Consensus;

/// <summary>A block as a fork choice sees it.</summary>
/// <param name="Id">Its identity.</param>
/// <param name="Parent">Its parent's.</param>
/// <param name="Height">Its height.</param>
/// <param name="Weight">What it adds to the weight of its chain.</param>
/// <param name="ChainWeight">The weight of its chain up to it.</param>
/// <param name="Precedence">
/// Among equals the greater wins, and of the same ones the block seen first. Every node may draw it as it likes: always 0 for
/// the first seen, at random for a fair lot.
/// </param>
public readonly record struct ForkChoiceBlock(
    BlockId Id, BlockId Parent, ulong Height, Work Weight, Work ChainWeight, ulong Precedence = 0);
