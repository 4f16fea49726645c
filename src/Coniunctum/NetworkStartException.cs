namespace Coniunctum;

/// <summary>A ledger's network cannot be started, and so the ledger was not. Nothing listens, and the store is closed.</summary>
/// <remarks>May change in any release.</remarks>
public sealed class NetworkStartException : Exception
{
    internal NetworkStartException(NetworkStartFault fault, string message)
        : base(message) => Fault = fault;

    /// <summary>What is in the way, for programs; the message is for people, and names the way out.</summary>
    public NetworkStartFault Fault { get; }
}
