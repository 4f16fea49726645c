namespace Coniunctum;

/// <summary>How far opening a store has come.</summary>
/// <param name="Height">The height that was reached.</param>
/// <param name="TipHeight">The height at which the node is ready.</param>
public readonly record struct OpeningProgress(ulong Height, ulong TipHeight);
