namespace Coniunctum.Benchmarks.Ratios;

/// <summary>One way of doing a piece of work.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Run">Does it a number of times.</param>
internal sealed record Contender(string Name, Action<int> Run);
