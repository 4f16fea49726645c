using System.Formats.Asn1;

namespace Coniunctum.Wallet;

/// <summary>Reads DER (X.690) from front to back. What it returns lies in the input: there are no copies that would need wiping.</summary>
/// <param name="der">The encoded values, one after the other.</param>
/// <remarks>What is not DER throws <see cref="AsnContentException"/>.</remarks>
internal ref struct DerReader(ReadOnlySpan<byte> der)
{
    private const AsnEncodingRules Rules = AsnEncodingRules.DER;

    private ReadOnlySpan<byte> _rest = der;

    /// <summary>Whether the next value has this tag; false at the end.</summary>
    public readonly bool IsNext(Asn1Tag tag) => Asn1Tag.TryDecode(_rest, out Asn1Tag next, out _) && next == tag;

    /// <summary>Enters a sequence, or a value that is tagged like one.</summary>
    public DerReader ReadSequence(Asn1Tag? tag = null)
    {
        AsnDecoder.ReadSequence(_rest, Rules, out int start, out int length, out int consumed, tag);
        var content = new DerReader(_rest.Slice(start, length));
        _rest = _rest[consumed..];
        return content;
    }

    /// <summary>Reads a version; −1 stands for numbers of more than 32 bits.</summary>
    public int ReadVersion()
    {
        if (!AsnDecoder.TryReadInt32(_rest, Rules, out int value, out int consumed)) return -1;
        _rest = _rest[consumed..];
        return value;
    }

    /// <summary>Reads an object identifier, as numbers with points between them.</summary>
    public string ReadObjectIdentifier()
    {
        string identifier = AsnDecoder.ReadObjectIdentifier(_rest, Rules, out int consumed);
        _rest = _rest[consumed..];
        return identifier;
    }

    /// <summary>Reads bytes.</summary>
    public ReadOnlySpan<byte> ReadOctetString()
    {
        if (!AsnDecoder.TryReadPrimitiveOctetString(_rest, Rules, out ReadOnlySpan<byte> value, out int consumed)) throw new AsnContentException();
        _rest = _rest[consumed..];
        return value;
    }

    /// <summary>Reads bits that are whole bytes.</summary>
    public ReadOnlySpan<byte> ReadBitString(Asn1Tag? tag = null)
    {
        if (!AsnDecoder.TryReadPrimitiveBitString(_rest, Rules, out int unusedBits, out ReadOnlySpan<byte> value, out int consumed, tag) || unusedBits != 0)
            throw new AsnContentException();
        _rest = _rest[consumed..];
        return value;
    }

    /// <summary>Passes over a value.</summary>
    public void Skip()
    {
        AsnDecoder.ReadEncodedValue(_rest, Rules, out _, out _, out int consumed);
        _rest = _rest[consumed..];
    }

    /// <summary>Throws where something is left.</summary>
    public readonly void ThrowIfNotAtEnd()
    {
        if (!_rest.IsEmpty) throw new AsnContentException();
    }
}
