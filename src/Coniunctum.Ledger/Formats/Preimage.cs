using System.Buffers.Binary;
using Coniunctum.Crypto;

namespace Coniunctum.Ledger.Formats;

/// <summary>Writes a preimage field by field. Every field has a fixed width, so that the concatenation is injective.</summary>
internal ref struct Preimage(Span<byte> destination)
{
    private Span<byte> _rest = destination;

    /// <summary>Adds be4(number).</summary>
    public void Add(uint number)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_rest, number);
        _rest = _rest[sizeof(uint)..];
    }

    /// <summary>Adds be8(number).</summary>
    public void Add(ulong number)
    {
        BinaryPrimitives.WriteUInt64BigEndian(_rest, number);
        _rest = _rest[sizeof(ulong)..];
    }

    /// <summary>Adds 32 bytes.</summary>
    public void Add(in Hash256 value) => Add(value.AsSpan());

    /// <summary>Adds bytes whose number is fixed.</summary>
    public void Add(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_rest);
        _rest = _rest[bytes.Length..];
    }
}
