using System.Buffers;

namespace Coniunctum.Ledger.Tests.Encoding;

/// <summary>Cuts bytes into sequences of several segments, each in an array of its own.</summary>
internal static class Segments
{
    /// <summary>Cuts before each of the offsets, which ascend; equal neighbours make an empty segment.</summary>
    public static ReadOnlySequence<byte> Cut(ReadOnlySpan<byte> bytes, params ReadOnlySpan<int> offsets)
    {
        var first = new Segment(bytes[..(offsets.IsEmpty ? bytes.Length : offsets[0])].ToArray(), 0);
        Segment last = first;
        for (int i = 0; i < offsets.Length; i++)
        {
            int end = i + 1 < offsets.Length ? offsets[i + 1] : bytes.Length;
            last = last.Append(bytes[offsets[i]..end].ToArray());
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    /// <summary>Segments of one byte.</summary>
    public static ReadOnlySequence<byte> Single(ReadOnlySpan<byte> bytes) => Cut(bytes, [.. Enumerable.Range(1, Math.Max(bytes.Length - 1, 0))]);

    /// <summary>Segments of one byte with an empty segment before and behind each.</summary>
    public static ReadOnlySequence<byte> SingleWithGaps(ReadOnlySpan<byte> bytes) =>
        Cut(bytes, [.. Enumerable.Range(0, bytes.Length + 1).SelectMany(offset => new[] { offset, offset })]);

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes, long start)
        {
            Memory = bytes;
            RunningIndex = start;
        }

        public Segment Append(byte[] bytes)
        {
            var next = new Segment(bytes, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
