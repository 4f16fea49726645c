using System.Buffers;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Bft;

/// <summary>Two messages that no honest validator signs both: proof for everybody that their sender lied, or lost its memory.</summary>
/// <param name="First">What it said.</param>
/// <param name="Second">What it said, too.</param>
public sealed record BftEvidence(BftMessage First, BftMessage Second)
{
    internal const int MaxEncodedBytes = 1024;

    /// <summary>The validator.</summary>
    public Address Offender => First.Sender;

    /// <summary>Returns whether the evidence proves something: a contradiction, and both signatures are the offender's.</summary>
    /// <param name="scheme">The profile's signature scheme.</param>
    /// <param name="chainId">The chain's identity.</param>
    public bool IsProof(ISignatureScheme scheme, BlockId chainId) =>
        First.Contradicts(Second) && IsSigned(First, scheme, chainId) && IsSigned(Second, scheme, chainId);

    /// <summary>Returns the canonical encoding.</summary>
    public ReadOnlyMemory<byte> Encode()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(buffer);
        writer.WriteArrayHeader(2);
        First.Write(ref writer);
        Second.Write(ref writer);
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>Reads evidence from untrusted bytes; whether it proves something is for <see cref="IsProof"/> to say.</summary>
    /// <param name="encoded">The bytes.</param>
    /// <returns>The evidence, or <c>null</c> when the bytes are none.</returns>
    public static BftEvidence? Decode(ReadOnlyMemory<byte> encoded)
    {
        var reader = new CanonicalReader(encoded);
        reader.ReadArrayHeader(2);
        var evidence = new BftEvidence(BftMessage.Read(ref reader), BftMessage.Read(ref reader));
        return reader.End().IsValid ? evidence : null;
    }

    private static bool IsSigned(BftMessage message, ISignatureScheme scheme, BlockId chainId) =>
        scheme.Recover(message.Digest(chainId), message.Signature.Span, out Address signer) == SignatureOutcome.Valid && signer == message.Sender;
}
