using System.Net;
using System.Net.Sockets;

namespace Coniunctum.P2P.Transport;

/// <summary>
/// A part of the network that one party can be expected to hold as a whole: a /16 of IPv4, a /32 of IPv6. Addresses within one's own
/// network belong to none: on loopback all nodes share one address.
/// </summary>
/// <param name="Value">The family and the group's bits.</param>
internal readonly record struct AddressGroup(ulong Value)
{
    public static AddressGroup? Of(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        byte[] bytes = address.GetAddressBytes();
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return IsOwnNetwork(bytes) ? null : new AddressGroup(((ulong)AddressFamily.InterNetwork << 32) | ((uint)bytes[0] << 8) | bytes[1]);
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address) || address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal) return null;
        return new AddressGroup(((ulong)AddressFamily.InterNetworkV6 << 32) | ((uint)bytes[0] << 24) | ((uint)bytes[1] << 16) | ((uint)bytes[2] << 8) | bytes[3]);
    }

    /// <summary>RFC 1918, RFC 3927, RFC 6598 and loopback.</summary>
    private static bool IsOwnNetwork(byte[] four) => four switch
    {
        [127 or 10, ..] => true,
        [172, >= 16 and <= 31, ..] => true,
        [192, 168, ..] => true,
        [169, 254, ..] => true,
        [100, >= 64 and <= 127, ..] => true,
        _ => false,
    };
}
