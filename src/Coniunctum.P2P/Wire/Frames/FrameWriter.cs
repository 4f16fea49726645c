using System.Buffers;
using Coniunctum.Consensus;

namespace Coniunctum.P2P.Wire.Frames;

/// <summary>
/// Cuts messages into frames, the most urgent class first: a vote waits for at most the frame that is being written. A less urgent
/// class that was passed over 16 times in a row has the next frame, so that no class waits for ever. What must come before others
/// (Hello, Open) goes first, and what ends a conversation (Shut, Bye) behind everything that was there before it, also before what begins
/// behind it. Not safe for use from several threads.
/// </summary>
/// <param name="classBytes">A class takes messages as long as it holds less than this, so at most one message more.</param>
internal sealed class FrameWriter(int classBytes = FrameWriter.ClassBytes)
{
    /// <summary>What a class takes where no one else bounds what waits.</summary>
    public const int ClassBytes = 256 * 1_024;

    /// <summary>How often a class that waits is passed over.</summary>
    public const int MaxPassedOver = 16;

    // By class; the beginnings stand in front of them.
    private readonly ClassQueue[] _queues = [.. Enumerable.Range(0, (int)MessageClass.Rest + 2).Select(_ => new ClassQueue())];
    private readonly ClassQueue _ends = new();
    private long _last; // how many messages were added

    /// <summary>Of the message whose last frame was written last by <see cref="TryWrite"/>: what it was charged, and whom; <c>null</c> where that frame was not its last.</summary>
    public (PeerId Owner, long Charge)? Finished { get; private set; }

    /// <summary>The bytes of messages that wait, headers of frames not counted.</summary>
    public int QueuedBytes => _queues.Sum(queue => queue.Bytes) + _ends.Bytes;

    /// <summary>Whether nothing waits.</summary>
    public bool IsEmpty => _ends.IsEmpty && Array.TrueForAll(_queues, queue => queue.IsEmpty);

    /// <summary>Puts a message behind the others of its class.</summary>
    /// <param name="channel">Its channel.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="bytes">Its encoding, which is not copied.</param>
    /// <param name="charge">What <see cref="Finished"/> says when it was written whole.</param>
    /// <param name="owner">Who is charged.</param>
    /// <returns>False when the class is full: the other side reads too slowly.</returns>
    public bool TryAdd(byte channel, MessageKind kind, ReadOnlyMemory<byte> bytes, long charge = 0, PeerId owner = default)
    {
        if (bytes.IsEmpty) throw new ArgumentException("A message has at least one byte.", nameof(bytes));
        ClassQueue queue = kind switch
        {
            MessageKind.Hello or MessageKind.Open => _queues[0],
            MessageKind.Shut or MessageKind.Bye => _ends,
            _ => _queues[1 + (int)KindRule.ClassOf((ushort)kind)],
        };
        return queue.TryAdd(new Waiting(++_last, channel, kind, bytes, charge, owner), classBytes);
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
        Finished = next.Write(output);
        return true;
    }

    private ClassQueue? Choose()
    {
        // Beginnings and ends are messages of the last class: the other side puts a class together one message at a time.
        if (_ends.IsPartWritten) return _ends;
        if (_queues[0].IsPartWritten) return _queues[0];
        ClassQueue rest = _queues[^1];
        long end = _ends.First?.Number ?? long.MaxValue;
        bool endIsDue = !_ends.IsEmpty && Array.TrueForAll(_queues, queue => queue.First is not { } waiting || waiting.Number > end);
        bool beginningWaits = _queues[0].First is { } beginning && beginning.Number > end;
        if (endIsDue || !_queues[0].IsEmpty && !beginningWaits)
        {
            if (rest.IsPartWritten) return rest;
            return endIsDue ? _ends : _queues[0];
        }

        ClassQueue? first = null;
        foreach (ClassQueue queue in _queues)
        {
            if (queue.First is not { } waiting) continue;
            // The chain that begins may be the one that ends: so nothing goes before it that may need it, until what waited before the end has gone.
            if (beginningWaits && waiting.Number > end) continue;
            if (queue.PassedOver >= MaxPassedOver) return queue;
            first ??= queue;
        }

        return first;
    }

    private readonly record struct Waiting(long Number, byte Channel, MessageKind Kind, ReadOnlyMemory<byte> Bytes, long Charge, PeerId Owner);

    private sealed class ClassQueue
    {
        private readonly Queue<Waiting> _messages = new();
        private int _written; // of the first message

        public int Bytes { get; private set; }

        public int PassedOver { get; set; }

        public bool IsEmpty => _messages.Count == 0;

        public bool IsPartWritten => _written > 0;

        public Waiting? First => _messages.TryPeek(out Waiting first) ? first : null;

        public bool TryAdd(Waiting message, int most)
        {
            if (Bytes >= most) return false;
            _messages.Enqueue(message);
            Bytes += message.Bytes.Length;
            return true;
        }

        /// <summary>Writes a frame; returns what the message was charged, and whom, when it was its last.</summary>
        public (PeerId Owner, long Charge)? Write(IBufferWriter<byte> output)
        {
            (_, byte channel, MessageKind kind, ReadOnlyMemory<byte> bytes, long charge, PeerId owner) = _messages.Peek();
            int length = Math.Min(bytes.Length - _written, FrameHeader.MaxLength);
            bool isMore = _written + length < bytes.Length;
            new FrameHeader(length, isMore, channel, (ushort)kind).Write(output.GetSpan(FrameHeader.Size));
            output.Advance(FrameHeader.Size);
            output.Write(bytes.Span.Slice(_written, length));
            Bytes -= length;
            _written = isMore ? _written + length : 0;
            if (isMore) return null;
            _messages.Dequeue();
            return (owner, charge);
        }
    }
}
