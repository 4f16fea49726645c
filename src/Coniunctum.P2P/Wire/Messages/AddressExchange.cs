using System.Collections.Immutable;
using Coniunctum.Ledger.Encoding;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Transport;

namespace Coniunctum.P2P.Wire.Messages;

/// <summary>Asks for addresses of nodes, once a connection.</summary>
internal sealed record GetAddresses : WireMessage
{
    public override MessageKind Kind => MessageKind.GetAddresses;

    public static GetAddresses Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(0);
        return new GetAddresses();
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits) => writer.WriteArrayHeader(0);
}

/// <summary>The answer to <see cref="GetAddresses"/>.</summary>
/// <param name="Nodes">The addresses.</param>
internal sealed record Addresses(ImmutableArray<NodeAddress> Nodes) : WireMessage
{
    public override MessageKind Kind => MessageKind.Addresses;

    public static Addresses Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(1);
        return new Addresses(WireReading.ReadList(ref reader, WireLimits.Addresses, NodeAddress.Read));
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(1);
        writer.WriteListHeader(Nodes.Length, WireLimits.Addresses);
        foreach (NodeAddress node in Nodes) node.Write(ref writer);
    }
}

/// <summary>
/// Addresses that were not asked for. A kind of its own, since it may cross with the question: it would be taken for the answer.
/// </summary>
/// <param name="Nodes">The addresses.</param>
internal sealed record NewAddresses(ImmutableArray<NodeAddress> Nodes) : WireMessage
{
    public override MessageKind Kind => MessageKind.NewAddresses;

    public static NewAddresses Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(1);
        return new NewAddresses(WireReading.ReadList(ref reader, WireLimits.NewAddresses, NodeAddress.Read));
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(1);
        writer.WriteListHeader(Nodes.Length, WireLimits.NewAddresses);
        foreach (NodeAddress node in Nodes) node.Write(ref writer);
    }
}

/// <summary>Where a node listens, and which one it is: both together, so that an address cannot be given to another node.</summary>
/// <param name="Endpoint">Where.</param>
/// <param name="Id">Which.</param>
/// <param name="Day">The day of Unix time on which it was last known to be there.</param>
/// <param name="Roles">What it does.</param>
internal sealed record NodeAddress(NodeEndpoint Endpoint, NodeId Id, uint Day, NodeRoles Roles)
{
    public static NodeAddress Read(ref CanonicalReader reader)
    {
        reader.ReadArrayHeader(4);
        return new NodeAddress(
            WireReading.ReadEndpoint(ref reader), new NodeId(reader.ReadHash256()), reader.ReadUInt32(), WireReading.ReadRoles(ref reader));
    }

    public void Write(ref CanonicalWriter writer)
    {
        writer.WriteArrayHeader(4);
        writer.WriteString(Endpoint.ToString(), WireLimits.EndpointBytes);
        writer.WriteHash256(Id.Value);
        writer.WriteUInt64(Day);
        writer.WriteUInt64((ulong)Roles);
    }
}
