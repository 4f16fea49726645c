using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Coniunctum.Crypto;

namespace Coniunctum.Ledger.Formats;

/// <summary>Writes H(field) for one field after another: 32 bytes each, so that their order and number are all that matters.</summary>
internal ref struct FieldHashRow
{
    private Span<byte> _rest;

    /// <summary>Starts a row of a known length.</summary>
    public FieldHashRow(Span<byte> destination, int size)
    {
        if (destination.Length != size)
            throw new ArgumentException(Invariant($"The row of field hashes has {size} bytes, not {destination.Length}."), nameof(destination));
        _rest = destination;
    }

    /// <summary>Adds H(be8(number)).</summary>
    [SkipLocalsInit]
    public void Add(ulong number)
    {
        Span<byte> field = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(field, number);
        Add(field);
    }

    /// <summary>Adds H(value).</summary>
    public void Add(in Hash256 value) => Add(value.AsSpan());

    /// <summary>Adds H(field).</summary>
    public void Add(scoped ReadOnlySpan<byte> field)
    {
        Sha3_256.Hash(field).CopyTo(_rest);
        _rest = _rest[Hash256.Size..];
    }
}
