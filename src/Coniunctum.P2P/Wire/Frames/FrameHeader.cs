using System.Buffers.Binary;

namespace Coniunctum.P2P.Wire.Frames;

/// <summary>
/// The six bytes in front of a part of a message: be3 of the more-bit (2²³) and the length of the part, the channel, be2 of the kind.
/// A frame, header included, has at most 16,384 bytes, so that it fits into one record of TLS.
/// </summary>
/// <param name="Length">The bytes that follow, 1 to <see cref="MaxLength"/>; what was read may say anything below 2²³.</param>
/// <param name="IsMore">Whether the message goes on in the next frame of its class.</param>
/// <param name="Channel">The channel.</param>
/// <param name="Kind">The kind.</param>
internal readonly record struct FrameHeader(int Length, bool IsMore, byte Channel, ushort Kind)
{
    public const int Size = 6;
    public const int MaxFrameBytes = 16_384;
    public const int MaxLength = MaxFrameBytes - Size;

    private const int MoreBit = 1 << 23;

    public static FrameHeader Read(ReadOnlySpan<byte> bytes)
    {
        int word = (bytes[0] << 16) | BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]);
        return new FrameHeader(word & ~MoreBit, (word & MoreBit) != 0, bytes[3], BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]));
    }

    public void Write(Span<byte> bytes)
    {
        int word = Length | (IsMore ? MoreBit : 0);
        bytes[0] = (byte)(word >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[1..], (ushort)word);
        bytes[3] = Channel;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], Kind);
    }
}
