namespace Coniunctum.Simulation;

/// <summary>Two runs from the same seed were not the same: something reads a clock, randomness or a thread that is not the world's.</summary>
/// <param name="message">Which event was the first that differed.</param>
public sealed class DivergenceException(string message) : Exception(message);
