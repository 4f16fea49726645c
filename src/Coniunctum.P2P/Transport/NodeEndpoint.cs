using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Coniunctum.P2P.Transport;

/// <summary>
/// Where a node listens: a host name, an IPv4 or an IPv6 address, and a port. Its text is <c>host:port</c>, with an IPv6 address
/// in brackets. Names are ASCII in lowercase; equal texts are equal endpoints. Immutable.
/// </summary>
public sealed class NodeEndpoint : IEquatable<NodeEndpoint>
{
    /// <summary>The longest host name in characters: 253 (RFC 1035, without the last dot).</summary>
    public const int MaxHostLength = 253;

    private const int MaxLabelLength = 63;

    private NodeEndpoint(string host, IPAddress? address, int port)
    {
        Host = host;
        Address = address;
        Port = port;
    }

    /// <summary>The host: a name, or an address without brackets.</summary>
    public string Host { get; }

    /// <summary>The address, or <c>null</c> where the host is a name.</summary>
    public IPAddress? Address { get; }

    /// <summary>The port, 0 to 65,535. Zero stands for any free port, where one listens.</summary>
    public int Port { get; }

    /// <summary>What stands where nothing could be read.</summary>
    internal static NodeEndpoint Nowhere { get; } = Of(new IPEndPoint(IPAddress.None, 0));

    /// <summary>Takes an endpoint of the system. An IPv4 address that is written as IPv6 becomes IPv4.</summary>
    /// <param name="endpoint">An address and a port. An interface's number (a scope) is left out: it means nothing to others.</param>
    public static NodeEndpoint Of(IPEndPoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        IPAddress address = Plain(endpoint.Address);
        return new NodeEndpoint(address.ToString(), address, endpoint.Port);
    }

    /// <summary>Reads the text form.</summary>
    /// <param name="text">The text. It may come from anywhere.</param>
    /// <param name="endpoint">The endpoint, or <c>null</c>.</param>
    /// <returns>Whether the text was well-formed.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out NodeEndpoint? endpoint)
    {
        endpoint = null;
        int colon = text.LastIndexOf(':');
        if (colon <= 0 || colon > MaxHostLength + 2 || !TryParsePort(text[(colon + 1)..], out int port)) return false;
        ReadOnlySpan<char> host = text[..colon];
        if (host[0] == '[')
        {
            if (host[^1] != ']' || host[1..^1].ContainsAny('[', ']', '%') || !IPAddress.TryParse(host[1..^1], out IPAddress? six) || six.AddressFamily != AddressFamily.InterNetworkV6 || six.ScopeId != 0) return false;
            six = Plain(six);
            endpoint = new NodeEndpoint(six.ToString(), six, port);
            return true;
        }

        // Other forms of an address than four decimal numbers (octal, one number) are no names either: a last label of digits.
        bool isAddress = IPAddress.TryParse(host, out IPAddress? four) && four.AddressFamily == AddressFamily.InterNetwork && host.SequenceEqual(four.ToString());
        if (!isAddress && !IsName(host)) return false;
        endpoint = new NodeEndpoint(host.ToString().ToLowerInvariant(), isAddress ? four : null, port);
        return true;
    }

    /// <summary>Reads the text form.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException"><paramref name="text"/> is malformed.</exception>
    public static NodeEndpoint Parse(ReadOnlySpan<char> text) => TryParse(text, out NodeEndpoint? endpoint)
        ? endpoint
        : throw new FormatException("Expected host:port, such as node.example:7770, 192.0.2.7:7770 or [2001:db8::7]:7770; a name is in ASCII.");

    /// <summary>Returns the same host with another port.</summary>
    /// <param name="port">0 to 65,535.</param>
    public NodeEndpoint WithPort(int port)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
        return new NodeEndpoint(Host, Address, port);
    }

    /// <inheritdoc/>
    public bool Equals(NodeEndpoint? other) => other is not null && Port == other.Port && string.Equals(Host, other.Host, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NodeEndpoint);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(StringComparer.Ordinal.GetHashCode(Host), Port);

    /// <summary>Returns the text form.</summary>
    public override string ToString() => Address?.AddressFamily == AddressFamily.InterNetworkV6
        ? Invariant($"[{Host}]:{Port}")
        : Invariant($"{Host}:{Port}");

    private static IPAddress Plain(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes()) : address;
    }

    private static bool TryParsePort(ReadOnlySpan<char> text, out int port)
    {
        port = 0;
        return text.Length is > 0 and <= 5 && (text.Length == 1 || text[0] != '0')
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= ushort.MaxValue;
    }

    private static bool IsName(ReadOnlySpan<char> host)
    {
        if (host.Length > MaxHostLength) return false;
        ReadOnlySpan<char> last = default;
        foreach (Range range in host.Split('.'))
        {
            last = host[range];
            if (last.Length is 0 or > MaxLabelLength || last[0] == '-' || last[^1] == '-') return false;
            foreach (char character in last)
                if (!char.IsAsciiLetterOrDigit(character) && character is not ('-' or '_')) return false;
        }

        return last.ContainsAnyExceptInRange('0', '9');
    }
}
