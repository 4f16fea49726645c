using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Encoding;
using Coniunctum.P2P.Transport;

namespace Coniunctum.P2P.Wire.Messages;

/// <summary>The first message of each side.</summary>
/// <param name="Major">The version's first number; another than one's own ends the connection.</param>
/// <param name="Minor">The second number: kinds that a newer one adds are skipped.</param>
/// <param name="Nonce">A random number of the process, by which a node notices that it called itself.</param>
/// <param name="NodeKey">The sender's key: over TLS the one that the certificate proves, over plain TCP a claim.</param>
/// <param name="Endpoints">Where the sender listens, by its own opinion.</param>
/// <param name="Roles">What it does.</param>
internal sealed record Hello(
    ushort Major, ushort Minor, ulong Nonce, PublicKey NodeKey, ImmutableArray<NodeEndpoint> Endpoints, NodeRoles Roles) : WireMessage
{
    public override MessageKind Kind => MessageKind.Hello;

    public static Hello Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(6);
        return new Hello(
            reader.ReadUInt16(),
            reader.ReadUInt16(),
            reader.ReadUInt64(),
            WireReading.ReadKey(ref reader),
            WireReading.ReadList(ref reader, WireLimits.HelloEndpoints, WireReading.ReadEndpoint),
            WireReading.ReadRoles(ref reader));
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(6);
        writer.WriteUInt64(Major);
        writer.WriteUInt64(Minor);
        writer.WriteUInt64(Nonce);
        writer.WriteFixed(NodeKey.AsSpan());
        writer.WriteListHeader(Endpoints.Length, WireLimits.HelloEndpoints);
        foreach (NodeEndpoint endpoint in Endpoints) writer.WriteString(endpoint.ToString(), WireLimits.EndpointBytes);
        writer.WriteUInt64((ulong)Roles);
    }
}

/// <summary>The last message of a side: nothing of it counts that comes behind.</summary>
/// <param name="Reason">Why; a code that the receiver does not know is as good as <see cref="ByeReason.Other"/>.</param>
/// <param name="Text">For people. It may say anything: it is shown as printable text.</param>
internal sealed record Bye(ByeReason Reason, string Text) : WireMessage
{
    public override MessageKind Kind => MessageKind.Bye;

    public static Bye Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(2);
        return new Bye((ByeReason)reader.ReadUInt16(), reader.ReadString(WireLimits.ReasonBytes));
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(2);
        writer.WriteUInt64((ulong)Reason);
        writer.WriteString(Text, WireLimits.ReasonBytes);
    }
}

/// <summary>Why a side ends a connection.</summary>
internal enum ByeReason : ushort
{
    /// <summary>None of the others.</summary>
    Other = 0,

    /// <summary>The node stops.</summary>
    Stopping = 1,

    /// <summary>Another major version.</summary>
    OtherVersion = 2,

    /// <summary>The receiver's key is not among those that the sender allows.</summary>
    NotAllowed = 3,

    /// <summary>No room, now: others are in the way, not a fault of the receiver.</summary>
    NoRoom = 4,

    /// <summary>The two nodes are connected already, or are one node.</summary>
    Duplicate = 5,

    /// <summary>No ledger in common.</summary>
    NoLedger = 6,

    /// <summary>The receiver broke the protocol; the text says how.</summary>
    ProtocolFault = 7,

    /// <summary>The receiver was too slow, or silent.</summary>
    Timeout = 8,
}

/// <summary>Asks whether the other side is alive.</summary>
/// <param name="Value">What the answer repeats.</param>
internal sealed record Ping(ulong Value) : WireMessage
{
    public override MessageKind Kind => MessageKind.Ping;

    public static Ping Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(1);
        return new Ping(reader.ReadUInt64());
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(1);
        writer.WriteUInt64(Value);
    }
}

/// <summary>The answer to <see cref="Ping"/>.</summary>
/// <param name="Value">The asker's.</param>
internal sealed record Pong(ulong Value) : WireMessage
{
    public override MessageKind Kind => MessageKind.Pong;

    public static Pong Read(ref CanonicalReader reader, WireLimits limits)
    {
        reader.ReadArrayHeader(1);
        return new Pong(reader.ReadUInt64());
    }

    public override void Write(ref CanonicalWriter writer, WireLimits limits)
    {
        writer.WriteArrayHeader(1);
        writer.WriteUInt64(Value);
    }
}
