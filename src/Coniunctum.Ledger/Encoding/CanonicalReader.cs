using System.Buffers;
using System.Text.Unicode;
using Coniunctum.Crypto;

namespace Coniunctum.Ledger.Encoding;

/// <summary>
/// Reads values in the canonical MessagePack profile (docs/PROTOCOL.md, "Wire") from bytes that no one vouches for.
/// Every value has exactly one encoding that is accepted, so what was decoded encodes to the same bytes again.
/// </summary>
/// <remarks>
/// <para>
/// The first fault sticks: all later reads do nothing and return the default value, so a decoder reads straight
/// through and looks once, at what <see cref="End"/> returns. Input never causes an exception. Limits are compared
/// with the claimed lengths before anything is allocated or skipped, and a list's count also with the bytes that are left.
/// A loop over a list should also stop at <see cref="IsFaulted"/>.
/// </para>
/// <para>
/// Pass it by <c>ref</c>; a copy reads on independently. Time and memory are linear in the bytes read; nothing recurses.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// var reader = new CanonicalReader(bytes);
/// reader.ReadArrayHeader(2);
/// var point = new Point(reader.ReadUInt32(), reader.ReadBytes(maxLength: 64));
/// DecodeOutcome outcome = reader.End();
/// </code>
/// </example>
public ref struct CanonicalReader
{
    /// <summary>How many arrays may be open inside one another in an item that is skipped or taken whole: 32.</summary>
    public const int MaxDepth = 32;

    private SegmentedInput _input;
    private DecodeOutcome _outcome;
    private long _itemStart; // offset of the item that is being read, or was read last

    /// <summary>Starts at the first byte of a contiguous input.</summary>
    /// <param name="input">
    /// Not copied: it must stay unchanged while the reader, and any byte string that it returned, is in use.
    /// </param>
    public CanonicalReader(ReadOnlyMemory<byte> input)
        : this(new ReadOnlySequence<byte>(input))
    {
    }

    /// <summary>Starts at the first byte of an input that may consist of several segments.</summary>
    /// <param name="input">
    /// Not copied: it must stay unchanged while the reader, and any byte string that it returned, is in use.
    /// </param>
    public CanonicalReader(ReadOnlySequence<byte> input) => _input = new SegmentedInput(input);

    /// <summary>
    /// What reading came to so far: the first fault; <see cref="DecodeFault.Unchecked"/> while there is none and <see cref="End"/> was not called.
    /// </summary>
    public readonly DecodeOutcome Outcome => _outcome;

    /// <summary>Whether a fault was found, after which nothing is read any more.</summary>
    public readonly bool IsFaulted => _outcome.Fault > DecodeFault.None;

    /// <summary>The number of bytes read. After a fault it stays at the offset at which the faulty item begins.</summary>
    public readonly long Consumed => IsFaulted ? _outcome.Offset : _input.Position;

    /// <summary>Reads the head of an array whose number of items is fixed.</summary>
    /// <param name="expected">The only number of items that is accepted, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="expected"/> is negative.</exception>
    public void ReadArrayHeader(int expected)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(expected);
        if (TryReadHead(CanonicalType.Array, out ulong count) && count != (ulong)expected)
            Fail(DecodeFault.WrongLength, CanonicalType.Array, (ulong)expected, count);
    }

    /// <summary>Reads the head of an array of any number of items up to a limit.</summary>
    /// <param name="maxCount">The largest number of items that is accepted, 0 or more.</param>
    /// <returns>
    /// The number of items, which is never more than the bytes that are left, since each item takes one or more;
    /// 0 after a fault.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxCount"/> is negative.</exception>
    public int ReadListHeader(int maxCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxCount);
        return TryReadHead(CanonicalType.Array, out ulong count) && TryAdmit(CanonicalType.Array, count, maxCount) ? (int)count : 0;
    }

    /// <summary>Reads an unsigned integer.</summary>
    /// <param name="max">The largest integer that is accepted.</param>
    /// <returns>The integer; 0 after a fault.</returns>
    public ulong ReadUInt64(ulong max = ulong.MaxValue)
    {
        if (!TryReadHead(CanonicalType.UnsignedInteger, out ulong value))
            return 0;
        if (value <= max)
            return value;
        Fail(DecodeFault.OutOfRange, CanonicalType.UnsignedInteger, max, value);
        return 0;
    }

    /// <summary>Reads an unsigned integer below 2^32.</summary>
    /// <returns>The integer; 0 after a fault.</returns>
    public uint ReadUInt32() => (uint)ReadUInt64(uint.MaxValue);

    /// <summary>Reads an unsigned integer below 2^16.</summary>
    /// <returns>The integer; 0 after a fault.</returns>
    public ushort ReadUInt16() => (ushort)ReadUInt64(ushort.MaxValue);

    /// <summary>Reads true or false.</summary>
    /// <returns>The value; false after a fault.</returns>
    public bool ReadBoolean() => TryReadHead(CanonicalType.Boolean, out ulong value) && value != 0;

    /// <summary>Reads nil if it comes next, and nothing otherwise. Finding something else is no fault.</summary>
    /// <returns>Whether nil was read; false after a fault and at the end of the input.</returns>
    public bool TryReadNil()
    {
        if (IsFaulted || !_input.TryPeek(out byte lead) || lead != LeadByte.Nil)
            return false;
        _itemStart = _input.Position;
        _input.TakePeeked();
        return true;
    }

    /// <summary>Reads a byte string of any length up to a limit.</summary>
    /// <param name="maxLength">The largest length in bytes that is accepted, 0 or more.</param>
    /// <returns>
    /// A slice of the input where the bytes lie in one segment, otherwise a copy; empty after a fault. Treat it as a
    /// part of the input: it is valid as long as that is.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxLength"/> is negative.</exception>
    public ReadOnlyMemory<byte> ReadBytes(int maxLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
        return TryReadHead(CanonicalType.Bytes, out ulong length) && TryAdmit(CanonicalType.Bytes, length, maxLength)
            ? _input.Take((int)length)
            : default;
    }

    /// <summary>Reads a byte string of exactly one length.</summary>
    /// <param name="destination">Filled wholly: with the bytes, or with zeros after a fault.</param>
    public void ReadFixed(scoped Span<byte> destination)
    {
        if (TryReadHead(CanonicalType.Bytes, out ulong length))
        {
            if (length != (ulong)destination.Length)
            {
                Fail(DecodeFault.WrongLength, CanonicalType.Bytes, (ulong)destination.Length, length);
            }
            else if (TryAdmit(CanonicalType.Bytes, length, destination.Length))
            {
                _input.CopyTo(destination);
                return;
            }
        }

        destination.Clear();
    }

    /// <summary>Reads a byte string of exactly 32 bytes.</summary>
    /// <returns>The bytes; zero after a fault.</returns>
    public Hash256 ReadHash256()
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        ReadFixed(bytes);
        return new Hash256(bytes);
    }

    /// <summary>Reads a text in valid UTF-8.</summary>
    /// <param name="maxBytes">The largest length in bytes of UTF-8 that is accepted, 0 or more.</param>
    /// <returns>The text; empty after a fault.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxBytes"/> is negative.</exception>
    public string ReadString(int maxBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxBytes);
        return TryReadHead(CanonicalType.Text, out ulong length)
            && TryAdmit(CanonicalType.Text, length, maxBytes)
            && TryTakeText((int)length, out ReadOnlyMemory<byte> utf8)
                ? System.Text.Encoding.UTF8.GetString(utf8.Span)
                : string.Empty;
    }

    /// <summary>Reads one value of any type with all that it holds, checks that it is canonical, and returns its encoding.</summary>
    /// <param name="maxBytes">The largest length in bytes of the encoding that is accepted, 0 or more.</param>
    /// <returns>As from <see cref="ReadBytes"/>: a slice where possible; empty after a fault.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxBytes"/> is negative.</exception>
    public ReadOnlyMemory<byte> ReadItem(int maxBytes)
    {
        long start = Consumed;
        SkipItem(maxBytes);
        return BytesSince(start);
    }

    /// <summary>Reads over one value of any type with all that it holds, and checks that it is canonical.</summary>
    /// <param name="maxBytes">The largest length in bytes of the encoding that is accepted, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxBytes"/> is negative.</exception>
    public void SkipItem(int maxBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxBytes);
        if (IsFaulted)
            return;

        long start = _input.Position;
        Span<int> missing = stackalloc int[MaxDepth]; // for each open array, the items that have not been read to their end
        int depth = 0;
        while (TryReadHead(CanonicalType.Unspecified, out LeadByte lead, out ulong number))
        {
            // An array's count is a lower bound of its bytes, as a string's length is.
            bool hasContent = lead.Type is CanonicalType.Array or CanonicalType.Bytes or CanonicalType.Text;
            ulong atLeast = (ulong)(_input.Position - start) + (hasContent ? number : 0);
            if (atLeast > (ulong)maxBytes)
            {
                _itemStart = start;
                Fail(DecodeFault.TooLong, CanonicalType.Unspecified, (ulong)maxBytes, atLeast);
                return;
            }

            if (hasContent && !TryAdmit(lead.Type, number, maxBytes))
                return;
            if (lead.Type == CanonicalType.Array)
            {
                if (depth == MaxDepth)
                {
                    Fail(DecodeFault.TooDeep, CanonicalType.Array, MaxDepth, MaxDepth + 1);
                    return;
                }

                if (number > 0)
                {
                    missing[depth++] = (int)number;
                    continue;
                }
            }
            else if (lead.Type == CanonicalType.Bytes)
            {
                _input.Skip((int)number);
            }
            else if (lead.Type == CanonicalType.Text && !TryTakeText((int)number, out _))
            {
                return;
            }

            while (depth > 0 && --missing[depth - 1] == 0)
                depth--;
            if (depth > 0)
                continue;
            _itemStart = start;
            return;
        }
    }

    /// <summary>Returns the bytes that were read since an earlier place, such as a transaction's encoding after decoding it.</summary>
    /// <param name="start">What <see cref="Consumed"/> was at that place.</param>
    /// <returns>As from <see cref="ReadBytes"/>: a slice where possible; empty after a fault.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="start"/> is negative or was not reached yet.</exception>
    public readonly ReadOnlyMemory<byte> BytesSince(long start)
    {
        if (IsFaulted)
            return default;
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, _input.Position);
        return _input.Since(start);
    }

    /// <summary>
    /// Refuses the value that was read last (or the array whose head was), for a reason of the decoder's own: a number
    /// without a meaning, a list out of order. Does nothing after a fault.
    /// </summary>
    /// <param name="expected">What the decoder expected, as a number.</param>
    /// <param name="found">What it found.</param>
    public void Reject(ulong expected, ulong found)
    {
        if (!IsFaulted)
            Fail(DecodeFault.InvalidValue, CanonicalType.Unspecified, expected, found);
    }

    /// <summary>Ends the reading: bytes that are left are a fault.</summary>
    /// <returns>
    /// The first fault, or <see cref="DecodeFault.None"/> when the whole input was read without one: the only
    /// outcome in which what was decoded may be used.
    /// </returns>
    public DecodeOutcome End()
    {
        if (IsFaulted)
            return _outcome;

        _itemStart = _input.Position;
        if (_input.Remaining > 0)
            Fail(DecodeFault.TrailingBytes, CanonicalType.Unspecified, 0, (ulong)_input.Remaining);
        else
            _outcome = new DecodeOutcome(DecodeFault.None, _itemStart, CanonicalType.Unspecified, 0, 0);
        return _outcome;
    }

    private bool TryReadHead(CanonicalType wanted, out ulong number) => TryReadHead(wanted, out _, out number);

    /// <summary>Reads a leading byte of the wanted type (or of any) and the number that goes with it, in the shortest form.</summary>
    private bool TryReadHead(CanonicalType wanted, out LeadByte lead, out ulong number)
    {
        lead = default;
        number = 0;
        if (IsFaulted)
            return false;
        _itemStart = _input.Position;
        if (!_input.TryPeek(out byte first))
            return Fail(DecodeFault.Truncated, wanted, 1, 0);

        lead = LeadByte.Describe(first);
        if (lead.Type == CanonicalType.Unspecified || (wanted != lead.Type && wanted != CanonicalType.Unspecified))
            return Fail(DecodeFault.WrongType, wanted, 0, first);
        _input.TakePeeked();
        if (lead.Width == 0)
        {
            number = lead.Number;
            return true;
        }

        if (_input.Remaining < lead.Width)
            return Fail(DecodeFault.Truncated, lead.Type, (ulong)lead.Width, (ulong)_input.Remaining);
        number = _input.TakeNumber(lead.Width);
        return number >= lead.Number || Fail(DecodeFault.NotShortest, lead.Type, lead.Number, number);
    }

    /// <summary>Compares a claimed length with its limit and with the bytes that are left, before anything relies on it.</summary>
    private bool TryAdmit(CanonicalType type, ulong length, int limit)
    {
        if (length > (ulong)limit)
            return Fail(DecodeFault.TooLong, type, (ulong)limit, length);
        return length <= (ulong)_input.Remaining || Fail(DecodeFault.Truncated, type, length, (ulong)_input.Remaining);
    }

    private bool TryTakeText(int length, out ReadOnlyMemory<byte> utf8)
    {
        utf8 = _input.Take(length);
        return Utf8.IsValid(utf8.Span) || Fail(DecodeFault.InvalidText, CanonicalType.Text, 0, 0);
    }

    private bool Fail(DecodeFault kind, CanonicalType item, ulong expected, ulong found)
    {
        _outcome = new DecodeOutcome(kind, _itemStart, item, expected, found);
        return false;
    }
}
