namespace Coniunctum.Node.Headers;

/// <summary>Some lines of a file of headers, as bytes. Used again and again.</summary>
internal sealed class HeaderBatch
{
    private const int MaxCount = 1_024;

    // A batch ends here even when its lines are absurdly long.
    private const int EnoughBytes = 1 << 18;

    private readonly int[] _lengths = new int[MaxCount];
    private readonly long[] _lines = new long[MaxCount];
    private readonly ulong[] _heights = new ulong[MaxCount];
    private byte[] _bytes = new byte[1 << 17];
    private int _used;

    public int Count { get; private set; }

    /// <summary>The headers' bytes, one behind the other.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _used);

    /// <summary>The length of each in bytes.</summary>
    public ReadOnlySpan<int> Lengths => _lengths.AsSpan(0, Count);

    /// <summary>The number of each one's line, from 1.</summary>
    public ReadOnlySpan<long> Lines => _lines.AsSpan(0, Count);

    /// <summary>The height that each one's line says, where the file has such a column.</summary>
    public ReadOnlySpan<ulong> Heights => _heights.AsSpan(0, Count);

    /// <summary>A line that is no header, after the others; or <c>null</c>.</summary>
    public BadLine? Bad { get; set; }

    public bool IsFull => Count == MaxCount || _used >= EnoughBytes || Bad is not null;

    public void Clear() => (Count, _used, Bad) = (0, 0, null);

    /// <summary>Makes room for the bytes of one more header.</summary>
    public Span<byte> Room(int length)
    {
        if (_bytes.Length - _used < length) Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _used + length));
        return _bytes.AsSpan(_used, length);
    }

    /// <summary>Takes the header that was written into <see cref="Room"/>.</summary>
    public void Add(int length, long line, ulong height)
    {
        (_lengths[Count], _lines[Count], _heights[Count]) = (length, line, height);
        Count++;
        _used += length;
    }
}
