using Coniunctum.P2P.Transport;

namespace Coniunctum;

/// <summary>A node that was dialled and is not connected.</summary>
/// <param name="Endpoint">What was dialled.</param>
/// <param name="Message">Why the last attempt, or the connection that it led to, came to nothing: one line for people. It is tried again.</param>
/// <remarks>May change in any release.</remarks>
public sealed record NetworkFailure(NodeEndpoint Endpoint, string Message);
