namespace Coniunctum.Benchmarks.Ratios;

/// <summary>One way of doing a piece of work.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Run">Does it a number of times, always a multiple of <paramref name="Batch"/>.</param>
/// <param name="Batch">How many it does at once.</param>
internal sealed record Contender(string Name, Action<int> Run, int Batch = 1);
