using System.Buffers;

namespace Coniunctum.P2P.Wire.Frames;

/// <summary>
/// Cuts messages into frames, the most urgent class first: a vote waits for at most the frame that is being written. A less urgent
/// class that was passed over 16 times in a row has the next frame, so that no class waits for ever. Bounded in bytes. Not safe for
/// use from several threads.
/// </summary>
internal sealed class FrameWriter
{
    /// <summary>A class takes messages as long as it holds less than this, so at most one message more.</summary>
    public const int ClassBytes = 256 * 1_024;

    /// <summary>How often a class that waits is passed over.</summary>
    public const int MaxPassedOver = 16;

    private readonly ClassQueue[] _queues = [.. Enumerable.Range(0, (int)MessageClass.Rest + 1).Select(_ => new ClassQueue())];

    /// <summary>The bytes of messages that wait, headers of frames not counted.</summary>
    public int QueuedBytes => _queues.Sum(queue => queue.Bytes);

    /// <summary>Whether nothing waits.</summary>
    public bool IsEmpty => Array.TrueForAll(_queues, queue => queue.IsEmpty);

    /// <summary>Puts a message behind the others of its class.</summary>
    /// <param name="channel">Its channel.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="bytes">Its encoding, which is not copied.</param>
    /// <returns>False when the class is full: the other side reads too slowly.</returns>
    public bool TryAdd(byte channel, MessageKind kind, ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty) throw new ArgumentException("A message has at least one byte.", nameof(bytes));
        return _queues[(int)KindRule.ClassOf((ushort)kind)].TryAdd(channel, kind, bytes);
    }

    /// <summary>Writes the next frame.</summary>
    /// <param name="output">Receives it.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryWrite(IBufferWriter<byte> output)
    {
        ClassQueue? next = Choose();
        if (next is null) return false;
        foreach (ClassQueue queue in _queues)
            queue.PassedOver = queue == next || queue.IsEmpty ? 0 : queue.PassedOver + 1;
        next.Write(output);
        return true;
    }

    private ClassQueue? Choose()
    {
        ClassQueue? first = null;
        foreach (ClassQueue queue in _queues)
        {
            if (queue.IsEmpty) continue;
            if (queue.PassedOver >= MaxPassedOver) return queue;
            first ??= queue;
        }

        return first;
    }

    private sealed class ClassQueue
    {
        private readonly Queue<(byte Channel, MessageKind Kind, ReadOnlyMemory<byte> Bytes)> _messages = new();
        private int _written; // of the first message

        public int Bytes { get; private set; }

        public int PassedOver { get; set; }

        public bool IsEmpty => _messages.Count == 0;

        public bool TryAdd(byte channel, MessageKind kind, ReadOnlyMemory<byte> bytes)
        {
            if (Bytes >= ClassBytes) return false;
            _messages.Enqueue((channel, kind, bytes));
            Bytes += bytes.Length;
            return true;
        }

        public void Write(IBufferWriter<byte> output)
        {
            (byte channel, MessageKind kind, ReadOnlyMemory<byte> bytes) = _messages.Peek();
            int length = Math.Min(bytes.Length - _written, FrameHeader.MaxLength);
            bool isMore = _written + length < bytes.Length;
            new FrameHeader(length, isMore, channel, (ushort)kind).Write(output.GetSpan(FrameHeader.Size));
            output.Advance(FrameHeader.Size);
            output.Write(bytes.Span.Slice(_written, length));
            Bytes -= length;
            _written = isMore ? _written + length : 0;
            if (!isMore) _messages.Dequeue();
        }
    }
}
