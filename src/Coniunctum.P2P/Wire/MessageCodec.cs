using System.Buffers;
using System.Collections.Frozen;
using Coniunctum.Ledger.Encoding;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Wire;

/// <summary>Encodes and decodes messages by their kind.</summary>
internal static class MessageCodec
{
    private static readonly FrozenDictionary<MessageKind, Reader> s_readers = new Dictionary<MessageKind, Reader>
    {
        [MessageKind.Publish] = Publish.Read,
        [MessageKind.Digest] = Digest.Read,
        [MessageKind.Want] = Want.Read,
        [MessageKind.GetHeaders] = GetHeaders.Read,
        [MessageKind.Headers] = Headers.Read,
        [MessageKind.Announce] = Announce.Read,
        [MessageKind.GetSides] = GetSides.Read,
        [MessageKind.Sides] = Sides.Read,
        [MessageKind.GetBlocks] = GetBlocks.Read,
        [MessageKind.Block] = Block.Read,
        [MessageKind.Missing] = Missing.Read,
        [MessageKind.GetCertificates] = GetCertificates.Read,
        [MessageKind.Certificates] = Certificates.Read,
        [MessageKind.Compact] = Compact.Read,
        [MessageKind.GetParts] = GetParts.Read,
        [MessageKind.Parts] = Parts.Read,
        [MessageKind.GetCompact] = GetCompact.Read,
        [MessageKind.Have] = Have.Read,
        [MessageKind.GetTransactions] = GetTransactions.Read,
        [MessageKind.Transactions] = Messages.Transactions.Read,
        [MessageKind.Candidate] = Candidate.Read,
        [MessageKind.Submit] = Submit.Read,
        [MessageKind.Submitted] = Submitted.Read,
        [MessageKind.Hello] = Hello.Read,
        [MessageKind.Bye] = Bye.Read,
        [MessageKind.Ping] = Ping.Read,
        [MessageKind.Pong] = Pong.Read,
        [MessageKind.GetAddresses] = GetAddresses.Read,
        [MessageKind.Addresses] = Addresses.Read,
        [MessageKind.Open] = Open.Read,
        [MessageKind.Shut] = Shut.Read,
        [MessageKind.NewAddresses] = NewAddresses.Read,
        [MessageKind.GetProof] = GetProof.Read,
        [MessageKind.Proof] = Proof.Read,
        [MessageKind.GetInclusion] = GetInclusion.Read,
        [MessageKind.Inclusion] = Inclusion.Read,
        [MessageKind.GetAncestry] = GetAncestry.Read,
        [MessageKind.Ancestry] = Ancestry.Read,
        [MessageKind.GetManifest] = GetManifest.Read,
        [MessageKind.Manifest] = Manifest.Read,
        [MessageKind.GetShard] = GetShard.Read,
        [MessageKind.Shard] = Shard.Read,
    }.ToFrozenDictionary();

    private delegate WireMessage Reader(ref CanonicalReader reader, WireLimits limits);

    /// <summary>The kinds that can be read.</summary>
    public static IEnumerable<MessageKind> Kinds => s_readers.Keys;

    /// <summary>Encodes a message.</summary>
    /// <param name="message">The message. More than the limits allow is a caller's mistake and throws.</param>
    /// <param name="limits">Those of the channel's ledger.</param>
    /// <exception cref="ArgumentOutOfRangeException">A part of the message, or all of it, is longer than its limit.</exception>
    public static byte[] Encode(WireMessage message, WireLimits limits)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(output);
        message.Write(ref writer, limits);
        writer.Flush();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(output.WrittenCount, KindTable.Of(message.Kind)!.LimitUnder(limits));
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Decodes a message of a kind that the table knows. Input never causes an exception.</summary>
    /// <param name="kind">The kind, which must be in <see cref="Kinds"/>.</param>
    /// <param name="bytes">The whole message. The result refers to them.</param>
    /// <param name="limits">Those of the channel's ledger.</param>
    /// <param name="message">The message, or <c>null</c> when there is a fault.</param>
    /// <returns>What is wrong and where, or that nothing is.</returns>
    public static DecodeOutcome Decode(MessageKind kind, ReadOnlyMemory<byte> bytes, WireLimits limits, out WireMessage? message)
    {
        var reader = new CanonicalReader(bytes);
        message = s_readers[kind](ref reader, limits);
        DecodeOutcome outcome = reader.End();
        if (!outcome.IsValid) message = null;
        return outcome;
    }
}
