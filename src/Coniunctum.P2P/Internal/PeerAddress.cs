using System.Diagnostics.CodeAnalysis;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Transport;

namespace Coniunctum.P2P.Internal;

/// <summary>A node to dial, as its owner writes it: <c>host:port</c>, or <c>node1…@host:port</c> where it must be a certain one.</summary>
/// <param name="Endpoint">Where it listens.</param>
/// <param name="Node">Which node it must be, or <c>null</c> for any.</param>
public sealed record PeerAddress(NodeEndpoint Endpoint, NodeId? Node = null)
{
    /// <summary>What is expected where a text cannot be read.</summary>
    public const string Expected = "host:port or node1…@host:port, with a port from 1 to 65535";

    /// <summary>Reads the text form.</summary>
    /// <param name="text">The text.</param>
    /// <param name="address">The address, or <c>null</c>.</param>
    /// <returns>Whether the text was well-formed, and names a port.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out PeerAddress? address)
    {
        address = null;
        if (text is null) return false;
        int at = text.IndexOf('@', StringComparison.Ordinal);
        NodeId? node = null;
        if (at >= 0)
        {
            if (!NodeId.TryParse(text.AsSpan(0, at), out NodeId known)) return false;
            node = known;
        }

        if (!NodeEndpoint.TryParse(text.AsSpan(at + 1), out NodeEndpoint? endpoint) || endpoint.Port == 0) return false;
        address = new PeerAddress(endpoint, node);
        return true;
    }

    /// <summary>Returns the text form.</summary>
    public override string ToString() => Node is { } node ? $"{node}@{Endpoint}" : Endpoint.ToString();
}
