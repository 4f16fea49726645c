namespace Coniunctum.Benchmarks.Ratios;

/// <summary>A piece of work that ours and its rivals do, measured in turns.</summary>
/// <param name="Name">What is counted, such as <c>nonces</c>.</param>
/// <param name="Ours">Our way.</param>
/// <param name="Rivals">Others' ways; may be none.</param>
internal sealed record Contest(string Name, Contender Ours, params Contender[] Rivals);
