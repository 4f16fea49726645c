using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.P2P.Transport;

/// <summary>What came of connecting to a node: a code for programs and a line for people, which names the way out.</summary>
[JsonConverter(typeof(NoJsonConverter<DialOutcome>))]
public readonly record struct DialOutcome
{
    private readonly string? _message;

    private DialOutcome(TransportFault fault, ITransportConnection? connection, string message)
    {
        Fault = fault;
        Connection = connection;
        _message = message;
    }

    /// <summary>What was in the way, or <see cref="TransportFault.None"/>.</summary>
    public TransportFault Fault { get; }

    /// <summary>Whether nothing was in the way.</summary>
    public bool IsValid => Fault == TransportFault.None;

    /// <summary>The connection, which the caller disposes; <c>null</c> when there is a fault.</summary>
    public ITransportConnection? Connection { get; }

    /// <summary>One line that says what happened, and what to do.</summary>
    public string Message => _message ?? "No connection has been tried.";

    /// <summary>Makes the outcome of a connection; for implementations of <see cref="ITransport"/>.</summary>
    /// <param name="connection">The connection.</param>
    public static DialOutcome Connected(ITransportConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return new DialOutcome(TransportFault.None, connection, "Connected.");
    }

    /// <summary>Makes the outcome of a failure; for implementations of <see cref="ITransport"/>.</summary>
    /// <param name="fault">What was in the way.</param>
    /// <param name="message">One line for people.</param>
    public static DialOutcome Failed(TransportFault fault, string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (fault is TransportFault.Unchecked or TransportFault.None) throw new ArgumentException("A failure has a fault.", nameof(fault));
        return new DialOutcome(fault, null, message);
    }

    /// <summary>Returns the connection, if there is one.</summary>
    /// <param name="connection">The connection, or <c>null</c>.</param>
    public bool TryGetConnection([NotNullWhen(true)] out ITransportConnection? connection) => (connection = Connection) is not null;

    /// <summary>Returns <see cref="Message"/>.</summary>
    public override string ToString() => Message;
}
