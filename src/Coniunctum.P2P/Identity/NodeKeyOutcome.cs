using System.Text.Json.Serialization;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.P2P.Identity;

/// <summary>What came of opening a node key file: a code for programs and a sentence for people, which names the way out.</summary>
[JsonConverter(typeof(NoJsonConverter<NodeKeyOutcome>))]
public readonly record struct NodeKeyOutcome
{
    private readonly string? _message;

    private NodeKeyOutcome(NodeKeyFault fault, NodeKey? key, string message)
    {
        Fault = fault;
        Key = key;
        _message = message;
    }

    /// <summary>What was wrong, or <see cref="NodeKeyFault.None"/>.</summary>
    public NodeKeyFault Fault { get; }

    /// <summary>The key, which the caller disposes; <c>null</c> when there is a fault.</summary>
    public NodeKey? Key { get; }

    /// <summary>Whether the key was opened.</summary>
    public bool IsValid => Fault == NodeKeyFault.None && Key is not null;

    /// <summary>One line that says what was found, and what to do. It never holds a secret.</summary>
    public string Message => _message ?? "The node key file has not been opened.";

    internal static NodeKeyOutcome Opened(NodeKey key) => new(NodeKeyFault.None, key, "The node key file is valid.");

    internal static NodeKeyOutcome Invalid(NodeKeyFault fault, string message) => new(fault, null, message);

    /// <summary>Returns <see cref="Message"/>.</summary>
    public override string ToString() => Message;
}
