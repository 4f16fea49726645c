namespace Coniunctum;

/// <summary>A file of a state was not taken in. The store cannot be started from; importing a sound file again goes on.</summary>
public sealed class StateImportException : Exception
{
    internal StateImportException(StateImportFault fault, string message, Exception? inner = null)
        : base(message, inner) => Fault = fault;

    /// <summary>Why, for programs; the message is for people, and names the height where there is one.</summary>
    public StateImportFault Fault { get; }
}
