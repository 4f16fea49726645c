namespace Coniunctum.Node.Api;

/// <summary>No node answers: none runs, or it has just ended.</summary>
internal sealed class NodeSilentException(string message, Exception inner) : IOException(message, inner);
