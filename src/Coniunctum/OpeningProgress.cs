namespace Coniunctum;

/// <summary>How far opening a store has come.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="Done">How much of it is done: slices of the checkpoint, or the height that was reached.</param>
/// <param name="Total">How much there is to do: the height of the tip; 0 where that is not known.</param>
public readonly record struct OpeningProgress(OpeningStage Stage, ulong Done, ulong Total);
