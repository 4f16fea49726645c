using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.P2P.Transport;

/// <summary>What came of listening: a code for programs and a line for people, which names the way out.</summary>
[JsonConverter(typeof(NoJsonConverter<ListenOutcome>))]
public readonly record struct ListenOutcome
{
    private readonly string? _message;
    private readonly ImmutableArray<NodeEndpoint> _endpoints;

    private ListenOutcome(TransportFault fault, ImmutableArray<NodeEndpoint> endpoints, string message)
    {
        Fault = fault;
        _endpoints = endpoints;
        _message = message;
    }

    /// <summary>What was in the way, or <see cref="TransportFault.None"/>.</summary>
    public TransportFault Fault { get; }

    /// <summary>Whether nothing was in the way.</summary>
    public bool IsValid => Fault == TransportFault.None;

    /// <summary>Where the node listens now, with the ports that the system chose; empty when there is a fault.</summary>
    public ImmutableArray<NodeEndpoint> Endpoints => _endpoints.IsDefault ? [] : _endpoints;

    /// <summary>One line that says what happened, and what to do.</summary>
    public string Message => _message ?? "Nothing has been tried.";

    /// <summary>Makes the outcome of success; for implementations of <see cref="ITransport"/>.</summary>
    /// <param name="endpoints">Where the node listens, at least one.</param>
    public static ListenOutcome Listening(ImmutableArray<NodeEndpoint> endpoints)
    {
        if (endpoints.IsDefaultOrEmpty) throw new ArgumentException("A node that listens does so somewhere.", nameof(endpoints));
        return new ListenOutcome(TransportFault.None, endpoints, $"Listening at {string.Join(", ", endpoints)}.");
    }

    /// <summary>Makes the outcome of a failure; for implementations of <see cref="ITransport"/>.</summary>
    /// <param name="fault">What was in the way.</param>
    /// <param name="message">One line for people.</param>
    public static ListenOutcome Failed(TransportFault fault, string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (fault is TransportFault.Unchecked or TransportFault.None) throw new ArgumentException("A failure has a fault.", nameof(fault));
        return new ListenOutcome(fault, [], message);
    }

    /// <summary>Returns <see cref="Message"/>.</summary>
    public override string ToString() => Message;
}
