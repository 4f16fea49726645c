using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Coniunctum.Ledger.Encoding;

/// <summary>
/// An input as one run of bytes, whatever its segments. Callers compare what they take with <see cref="Remaining"/>
/// first; taking more is a broken invariant and throws.
/// </summary>
internal ref struct SegmentedInput
{
    private readonly ReadOnlySequence<byte> _all;
    private readonly long _length;
    private SequencePosition _next;       // of the segment behind the current one
    private ReadOnlyMemory<byte> _memory; // the current segment
    private ReadOnlySpan<byte> _span;     // of _memory
    private long _segmentStart;           // offset of the current segment in the input
    private int _index;                   // in _span

    public SegmentedInput(ReadOnlySequence<byte> all)
    {
        _all = all;
        _length = all.Length;
        _next = all.Start;
        TryMoveNext();
    }

    public readonly long Position => _segmentStart + _index;

    public readonly long Remaining => _length - Position;

    /// <summary>Returns the next byte without taking it; false at the end of the input.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPeek(out byte value)
    {
        if (_index < _span.Length || TryMoveNext())
        {
            value = _span[_index];
            return true;
        }

        value = 0;
        return false;
    }

    /// <summary>Takes the byte that <see cref="TryPeek"/> returned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void TakePeeked() => _index++;

    /// <summary>Takes 1, 2, 4 or 8 bytes as a big-endian number.</summary>
    public ulong TakeNumber(int width)
    {
        ReadOnlySpan<byte> ahead = _span[_index..];
        if (ahead.Length < width)
            return TakeSplitNumber(width);
        _index += width;
        return width switch
        {
            1 => ahead[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(ahead),
            4 => BinaryPrimitives.ReadUInt32BigEndian(ahead),
            _ => BinaryPrimitives.ReadUInt64BigEndian(ahead),
        };
    }

    /// <summary>Takes bytes: a slice of the segment that holds them all, otherwise a copy.</summary>
    public ReadOnlyMemory<byte> Take(int length)
    {
        if (length == 0)
            return default;
        if (_index == _span.Length)
            MoveNext();
        if (length <= _span.Length - _index)
        {
            _index += length;
            return _memory.Slice(_index - length, length);
        }

        byte[] copy = GC.AllocateUninitializedArray<byte>(length);
        CopyTo(copy);
        return copy;
    }

    /// <summary>Takes as many bytes as the destination holds.</summary>
    public void CopyTo(scoped Span<byte> destination)
    {
        while (true)
        {
            ReadOnlySpan<byte> ahead = _span[_index..];
            if (destination.Length <= ahead.Length)
            {
                ahead[..destination.Length].CopyTo(destination);
                _index += destination.Length;
                return;
            }

            ahead.CopyTo(destination);
            destination = destination[ahead.Length..];
            MoveNext();
        }
    }

    /// <summary>Takes bytes without looking at them.</summary>
    public void Skip(int length)
    {
        while (length > _span.Length - _index)
        {
            length -= _span.Length - _index;
            MoveNext();
        }

        _index += length;
    }

    /// <summary>Returns bytes that were taken already: a slice of the current segment where it holds them all, otherwise a copy.</summary>
    public readonly ReadOnlyMemory<byte> Since(long start) => start >= _segmentStart
        ? _memory[(int)(start - _segmentStart).._index]
        : _all.Slice(start, Position - start).ToArray();

    private ulong TakeSplitNumber(int width)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        bytes.Clear();
        CopyTo(bytes[^width..]);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    private void MoveNext()
    {
        if (!TryMoveNext())
            throw new InvalidOperationException("More bytes were taken than the input holds.");
    }

    private bool TryMoveNext()
    {
        while (_all.TryGet(ref _next, out ReadOnlyMemory<byte> memory))
        {
            if (memory.IsEmpty)
                continue;
            _segmentStart += _span.Length;
            _memory = memory;
            _span = memory.Span;
            _index = 0;
            return true;
        }

        return false;
    }
}
