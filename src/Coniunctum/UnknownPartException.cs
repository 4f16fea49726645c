namespace Coniunctum;

/// <summary>A profile names something that this program does not have.</summary>
internal sealed class UnknownPartException(string message) : Exception(message);
