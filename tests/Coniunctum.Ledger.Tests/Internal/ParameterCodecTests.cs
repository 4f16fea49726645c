using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Internal;

namespace Coniunctum.Ledger.Tests.Internal;

public sealed class ParameterCodecTests
{
    private static readonly Parameter[] s_parameters =
    [
        new("zero", 0), new("number", ulong.MaxValue), new("hash", Sha3_256.Hash([1])), new("text", "x"), new("none", default), new("text", "again"), new("empty", ""),
    ];

    [Test]
    public void TryDecode_OfWhatEncodeMade_GivesTheParameters()
    {
        DecodeOutcome outcome = ParameterCodec.Decode(ParameterCodec.Encode(s_parameters), out ImmutableArray<Parameter> found);
        Assert.That(outcome.Fault, Is.EqualTo(DecodeFault.None));
        Assert.That(found, Is.EqualTo(s_parameters));
    }

    [Test]
    public void TryDecode_OfACutOrLongerEncoding_IsAFault()
    {
        byte[] encoded = ParameterCodec.Encode(s_parameters);
        for (int length = 0; length <= encoded.Length + 1; length++)
        {
            if (length == encoded.Length) continue;
            byte[] changed = new byte[length];
            encoded.AsSpan(0, Math.Min(length, encoded.Length)).CopyTo(changed);
            DecodeOutcome outcome = ParameterCodec.Decode(changed, out ImmutableArray<Parameter> found);
            Assert.That((outcome.Fault == DecodeFault.None, found.IsEmpty), Is.EqualTo((false, true)), Invariant($"length {length}"));
        }
    }

    [TestCase(new byte[] { 0x91, 0x92, 0xA1, 0x61, 0xC3 })]
    [TestCase(new byte[] { 0x91, 0x92, 0xA1, 0x61, 0xC4, 0x01, 0x00 })]
    public void TryDecode_OfAnotherTypeOfValue_IsAFault(byte[] encoded) =>
        Assert.That(ParameterCodec.Decode(encoded, out _).Fault, Is.Not.EqualTo(DecodeFault.None));
}
