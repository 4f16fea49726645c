using System.Buffers;

namespace Coniunctum.P2P.Wire.Frames;

/// <summary>
/// Puts messages together from frames. Whether a message may come, and how long it may be, is asked when the first header of it is
/// there, before anything is allocated for it; memory grows only by bytes that have arrived. Not safe for use from several threads.
/// </summary>
/// <param name="admit">
/// Says, for a channel and a kind, how many bytes the message may have: 0 where it may not come, a negative number where it is to be
/// passed over, up to as many bytes.
/// </param>
internal sealed class FrameReader(Func<byte, ushort, int> admit)
{
    private readonly Partial[] _partials = [.. Enumerable.Range(0, (int)MessageClass.Rest + 1).Select(_ => new Partial())];

    /// <summary>The bytes of messages that have begun and not ended.</summary>
    public int BufferedBytes => _partials.Sum(partial => partial.IsDiscarded ? 0 : partial.Length);

    /// <summary>The first fault, after which nothing is read any more.</summary>
    public FrameFault Fault { get; private set; }

    /// <summary>Reads frames until a message is whole.</summary>
    /// <param name="input">What has arrived; it begins behind what was read when this returns.</param>
    /// <param name="message">The message, when there is one; its bytes are its own.</param>
    /// <returns>Whether a message was read; false when the input ends before one does, and after a fault.</returns>
    public bool TryRead(ref ReadOnlySequence<byte> input, out FramedMessage message)
    {
        message = default;
        Span<byte> head = stackalloc byte[FrameHeader.Size];
        while (Fault == FrameFault.None && input.Length >= FrameHeader.Size)
        {
            input.Slice(0, FrameHeader.Size).CopyTo(head);
            FrameHeader frame = FrameHeader.Read(head);
            Fault = Check(frame);
            if (Fault != FrameFault.None || input.Length < FrameHeader.Size + frame.Length) return false;

            ReadOnlySequence<byte> bytes = input.Slice(FrameHeader.Size, frame.Length);
            input = input.Slice(bytes.End);
            if (PartialOf(frame.Kind).Append(frame, bytes) is not { } whole) continue;
            message = new FramedMessage(frame.Channel, frame.Kind, whole);
            return true;
        }

        return false;
    }

    private Partial PartialOf(ushort kind) => _partials[(int)KindRule.ClassOf(kind)];

    /// <summary>Judges a header, once: what it begins is admitted here.</summary>
    private FrameFault Check(FrameHeader frame)
    {
        if (frame.Length is 0 or > FrameHeader.MaxLength) return FrameFault.Length;
        if (frame.IsMore && frame.Length != FrameHeader.MaxLength) return FrameFault.NotFull;
        if (KindRule.ClassOf(frame.Kind) > MessageClass.Rest) return FrameFault.NoClass;

        Partial partial = PartialOf(frame.Kind);
        if (!partial.IsOpen)
        {
            int limit = admit(frame.Channel, frame.Kind);
            if (limit == 0) return FrameFault.NotAdmitted;
            partial.Begin(frame, limit);
        }
        else if (partial.Channel != frame.Channel || partial.Kind != frame.Kind)
        {
            return FrameFault.Interrupted;
        }

        return frame.Length > partial.Left ? FrameFault.TooLong : FrameFault.None;
    }

    /// <summary>What has arrived of the message that is under way in a class.</summary>
    private sealed class Partial
    {
        private readonly List<byte[]> _parts = [];
        private int _limit;

        public bool IsOpen { get; private set; }

        public bool IsDiscarded { get; private set; }

        public byte Channel { get; private set; }

        public ushort Kind { get; private set; }

        public int Length { get; private set; }

        public int Left => _limit - Length;

        public void Begin(FrameHeader frame, int limit)
        {
            IsOpen = true;
            IsDiscarded = limit < 0;
            Channel = frame.Channel;
            Kind = frame.Kind;
            Length = 0;
            _limit = Math.Abs(limit);
        }

        /// <summary>Takes a part; returns the message when it was the last one.</summary>
        public byte[]? Append(FrameHeader frame, ReadOnlySequence<byte> bytes)
        {
            Length += frame.Length;
            if (!IsDiscarded) _parts.Add(bytes.ToArray());
            if (frame.IsMore) return null;

            byte[]? whole = IsDiscarded ? null : _parts is [var only] ? only : Join();
            _parts.Clear();
            IsOpen = false;
            Length = 0;
            return whole;
        }

        private byte[] Join()
        {
            byte[] whole = GC.AllocateUninitializedArray<byte>(Length);
            int at = 0;
            foreach (byte[] part in _parts)
            {
                part.CopyTo(whole, at);
                at += part.Length;
            }

            return whole;
        }
    }
}
