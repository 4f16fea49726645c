namespace Coniunctum.P2P.Wire.Frames;

/// <summary>A message whose frames have all arrived, not decoded yet.</summary>
/// <param name="Channel">Its channel.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Bytes">Its encoding.</param>
internal readonly record struct FramedMessage(byte Channel, ushort Kind, ReadOnlyMemory<byte> Bytes);
