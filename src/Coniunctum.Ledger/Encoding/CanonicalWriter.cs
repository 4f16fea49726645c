using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using Coniunctum.Crypto;

namespace Coniunctum.Ledger.Encoding;

/// <summary>
/// Writes values in the canonical MessagePack profile (docs/PROTOCOL.md, "Wire"), each in its only accepted form:
/// the mirror of <see cref="CanonicalReader"/>.
/// </summary>
/// <remarks>
/// Bytes are gathered and reach the output with <see cref="Flush"/>, without which the last of them are lost; until
/// then nothing else may write to the output. Pass it by <c>ref</c>. That an array's head is followed by as many
/// values as it says is the caller's duty.
/// </remarks>
/// <example>
/// <code>
/// var writer = new CanonicalWriter(output);
/// writer.WriteArrayHeader(2);
/// writer.WriteUInt64(x);
/// writer.WriteBytes(name, maxLength: 64);
/// writer.Flush();
/// </code>
/// </example>
public ref struct CanonicalWriter
{
    // Enough for a transaction's fixed fields, so that few calls reach the output.
    private const int SpanBytes = 512;

    // Refuses lone surrogates, which have no encoding, instead of replacing them.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly IBufferWriter<byte>? _output; // null when the bytes stay in _span
    private Span<byte> _span;                      // got from _output, or given
    private int _index;                            // bytes written to _span that _output does not know of yet

    /// <summary>Starts to write behind what the output holds already.</summary>
    /// <param name="output">Receives the bytes.</param>
    public CanonicalWriter(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        _output = output;
    }

    /// <summary>Starts to write into memory of a fixed length, for encodings whose largest length is known.</summary>
    /// <param name="destination">Receives the bytes; writing more than it holds throws <see cref="ArgumentException"/>.</param>
    public CanonicalWriter(Span<byte> destination) => _span = destination;

    /// <summary>The bytes written so far to memory of a fixed length; of an output, those that it does not have yet.</summary>
    public readonly ReadOnlySpan<byte> Written => _span[.._index];

    /// <summary>The length of an encoded nil in bytes.</summary>
    internal const int NilLength = 1;

    /// <summary>Returns the length in bytes of an encoded byte string, head included.</summary>
    internal static int BytesLength(int length) => length + (length <= byte.MaxValue ? 2 : length <= ushort.MaxValue ? 3 : 5);

    /// <summary>Returns the length in bytes of an encoded number.</summary>
    internal static int UInt64Length(ulong value) => value switch
    {
        < LeadByte.FixIntegerEnd => 1,
        <= byte.MaxValue => 1 + sizeof(byte),
        <= ushort.MaxValue => 1 + sizeof(ushort),
        <= uint.MaxValue => 1 + sizeof(uint),
        _ => 1 + sizeof(ulong),
    };

    /// <summary>Writes the head of an array; its items follow.</summary>
    /// <param name="count">The number of items, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    public void WriteArrayHeader(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count < LeadByte.FixArrayEnd)
        {
            WriteHead((byte)(LeadByte.FixArray + count));
        }
        else if (count <= ushort.MaxValue)
        {
            WriteHead(LeadByte.Array16, (ushort)count);
        }
        else
        {
            WriteHead(LeadByte.Array32, (uint)count);
        }
    }

    /// <summary>Writes the head of an array whose number of items has a limit; its items follow.</summary>
    /// <param name="count">The number of items, 0 or more.</param>
    /// <param name="maxCount">The limit that its reader will set.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative or above <paramref name="maxCount"/>.</exception>
    public void WriteListHeader(int count, int maxCount)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, maxCount);
        WriteArrayHeader(count);
    }

    /// <summary>Writes an unsigned integer.</summary>
    /// <param name="value">Any.</param>
    public void WriteUInt64(ulong value)
    {
        if (value < LeadByte.FixIntegerEnd)
        {
            WriteHead((byte)value);
        }
        else if (value <= byte.MaxValue)
        {
            WriteHead(LeadByte.UInt8, (byte)value);
        }
        else if (value <= ushort.MaxValue)
        {
            WriteHead(LeadByte.UInt16, (ushort)value);
        }
        else if (value <= uint.MaxValue)
        {
            WriteHead(LeadByte.UInt32, (uint)value);
        }
        else
        {
            Span<byte> head = Reserve(1 + sizeof(ulong));
            head[0] = LeadByte.UInt64;
            BinaryPrimitives.WriteUInt64BigEndian(head[1..], value);
            _index += 1 + sizeof(ulong);
        }
    }

    /// <summary>Writes true or false.</summary>
    /// <param name="value">Either.</param>
    public void WriteBoolean(bool value) => WriteHead(value ? LeadByte.True : LeadByte.False);

    /// <summary>Writes nil.</summary>
    public void WriteNil() => WriteHead(LeadByte.Nil);

    /// <summary>Writes a byte string whose length has a limit.</summary>
    /// <param name="value">The bytes.</param>
    /// <param name="maxLength">The limit that its reader will set, in bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is longer.</exception>
    public void WriteBytes(scoped ReadOnlySpan<byte> value, int maxLength)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Length, maxLength, nameof(value));
        WriteFixed(value);
    }

    /// <summary>Writes a byte string whose length its reader knows.</summary>
    /// <param name="value">The bytes.</param>
    public void WriteFixed(scoped ReadOnlySpan<byte> value)
    {
        if (value.Length <= byte.MaxValue)
        {
            WriteHead(LeadByte.Bytes8, (byte)value.Length);
        }
        else if (value.Length <= ushort.MaxValue)
        {
            WriteHead(LeadByte.Bytes16, (ushort)value.Length);
        }
        else
        {
            WriteHead(LeadByte.Bytes32, (uint)value.Length);
        }
        Append(value);
    }

    /// <summary>Writes a byte string of 32 bytes.</summary>
    /// <param name="value">The bytes.</param>
    public void WriteHash256(scoped in Hash256 value) => WriteFixed(value.AsSpan());

    /// <summary>Writes a text as UTF-8.</summary>
    /// <param name="value">The text.</param>
    /// <param name="maxBytes">The limit that its reader will set, in bytes of UTF-8; none for texts that are only hashed.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="value"/> is longer, or holds half of a surrogate pair.
    /// </exception>
    public void WriteString(scoped ReadOnlySpan<char> value, int maxBytes = int.MaxValue)
    {
        int length = Utf8.GetByteCount(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, maxBytes, nameof(value));
        if (length < LeadByte.FixTextEnd)
        {
            WriteHead((byte)(LeadByte.FixText + length));
        }
        else if (length <= byte.MaxValue)
        {
            WriteHead(LeadByte.Text8, (byte)length);
        }
        else if (length <= ushort.MaxValue)
        {
            WriteHead(LeadByte.Text16, (ushort)length);
        }
        else
        {
            WriteHead(LeadByte.Text32, (uint)length);
        }
        Span<byte> utf8 = Reserve(length); // may move _index, so not within the sum below
        _index += Utf8.GetBytes(value, utf8);
    }

    /// <summary>Writes a value that is encoded already, as <see cref="CanonicalReader.ReadItem"/> returned it.</summary>
    /// <param name="item">Exactly one value in canonical form, which is not checked again.</param>
    /// <exception cref="ArgumentException"><paramref name="item"/> is empty.</exception>
    public void WriteItem(scoped ReadOnlySpan<byte> item)
    {
        if (item.IsEmpty)
            throw new ArgumentException("An encoded value has one byte or more.", nameof(item));
        Append(item);
    }

    /// <summary>Hands the bytes gathered so far to the output. Does nothing to memory of a fixed length.</summary>
    public void Flush()
    {
        if (_output is null)
            return;
        if (_index > 0)
            _output.Advance(_index);
        _span = default;
        _index = 0;
    }

    private void WriteHead(byte lead)
    {
        Reserve(1)[0] = lead;
        _index++;
    }

    private void WriteHead(byte lead, byte number)
    {
        Span<byte> head = Reserve(1 + sizeof(byte));
        head[0] = lead;
        head[1] = number;
        _index += 1 + sizeof(byte);
    }

    private void WriteHead(byte lead, ushort number)
    {
        Span<byte> head = Reserve(1 + sizeof(ushort));
        head[0] = lead;
        BinaryPrimitives.WriteUInt16BigEndian(head[1..], number);
        _index += 1 + sizeof(ushort);
    }

    private void WriteHead(byte lead, uint number)
    {
        Span<byte> head = Reserve(1 + sizeof(uint));
        head[0] = lead;
        BinaryPrimitives.WriteUInt32BigEndian(head[1..], number);
        _index += 1 + sizeof(uint);
    }

    private void Append(scoped ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _span.Length - _index)
        {
            // In pieces of the output's choice, so that a long string does not force one long block on a pipe.
            IBufferWriter<byte> output = OutputOrThrow();
            Flush();
            output.Write(bytes);
            return;
        }

        bytes.CopyTo(_span[_index..]);
        _index += bytes.Length;
    }

    /// <summary>Returns the free part of the span, with room for as many bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<byte> Reserve(int bytes)
    {
        if (_span.Length - _index < bytes)
            Renew(bytes);
        return _span[_index..];
    }

    private void Renew(int bytes)
    {
        IBufferWriter<byte> output = OutputOrThrow();
        Flush();
        _span = output.GetSpan(Math.Max(bytes, SpanBytes));
    }

    private readonly IBufferWriter<byte> OutputOrThrow() =>
        _output ?? throw new ArgumentException($"The encoding needs more than the {_span.Length} bytes of its destination.");
}
