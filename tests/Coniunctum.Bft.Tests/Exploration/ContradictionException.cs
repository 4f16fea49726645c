namespace Coniunctum.Bft.Tests.Exploration;

/// <summary>An honest validator has said two things where it may say one.</summary>
internal sealed class ContradictionException(string message) : Exception(message);
