using System.Buffers.Binary;
using System.Text;
using Coniunctum.Crypto;

namespace Coniunctum.Node.Dev;

/// <summary>
/// Bytes that follow from a seed, so that accounts and draws are the same in every run with it: block i of the stream for a purpose is
/// SHA3-256("coniunctum dev " ‖ purpose ‖ 0x00 ‖ be8(seed) ‖ be8(i)). Anyone can compute them: nothing of worth may depend on them.
/// </summary>
internal sealed class SeededEntropy : IEntropySource
{
    private readonly byte[] _message;
    private readonly Lock _gate = new();
    private readonly byte[] _block = new byte[Hash256.Size];
    private int _used = Hash256.Size;
    private ulong _next;

    public SeededEntropy(ulong seed, string purpose)
    {
        byte[] label = Encoding.ASCII.GetBytes($"coniunctum dev {purpose}\0");
        _message = new byte[label.Length + (2 * sizeof(ulong))];
        label.CopyTo(_message, 0);
        BinaryPrimitives.WriteUInt64BigEndian(_message.AsSpan(label.Length), seed);
    }

    public void Fill(Span<byte> destination)
    {
        lock (_gate)
        {
            for (int i = 0; i < destination.Length; i++)
            {
                if (_used == _block.Length) NextBlock();
                destination[i] = _block[_used++];
            }
        }
    }

    /// <summary>Draws a number below a bound. The bias of the remainder is below 2⁻³² for bounds that fit an int.</summary>
    public int Below(int bound)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        Fill(bytes);
        return (int)(BinaryPrimitives.ReadUInt64BigEndian(bytes) % (ulong)bound);
    }

    private void NextBlock()
    {
        BinaryPrimitives.WriteUInt64BigEndian(_message.AsSpan(_message.Length - sizeof(ulong)), _next++);
        Sha3_256.Hash(_message).CopyTo(_block);
        _used = 0;
    }
}
