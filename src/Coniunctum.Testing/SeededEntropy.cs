using System.Buffers.Binary;
using System.Text;
using Coniunctum.Crypto;

namespace Coniunctum.Testing;

/// <summary>
/// Bytes that are the same in each run: block i of the stream of a purpose is SHA3-256("coniunctum test " ‖ purpose ‖ 0x00 ‖ be8(seed) ‖ be8(i)).
/// Anyone can compute them: nothing of worth may depend on them. Safe to use from several threads.
/// </summary>
internal sealed class SeededEntropy : IEntropySource
{
    private readonly Lock _gate = new();
    private readonly byte[] _message;
    private readonly byte[] _block = new byte[Hash256.Size];
    private int _used = Hash256.Size;
    private ulong _next;

    public SeededEntropy(ulong seed, string purpose)
    {
        byte[] label = Encoding.ASCII.GetBytes($"coniunctum test {purpose}\0");
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

    private void NextBlock()
    {
        BinaryPrimitives.WriteUInt64BigEndian(_message.AsSpan(_message.Length - sizeof(ulong)), _next++);
        Sha3_256.Hash(_message).CopyTo(_block);
        _used = 0;
    }
}
