using System.Buffers.Binary;
using Coniunctum.Crypto;

namespace Coniunctum.Ledger.Internal;

/// <summary>
/// The checksum over slices: D′ = H(D‖S), with D zero before the first one. S is H of be8(length) followed by H of every
/// whole piece of 1,024 bytes and by what is left: pieces are hashed many at once.
/// </summary>
internal sealed class CheckpointDigest
{
    private const int PieceBytes = 1024;
    private const int Batch = 64;

    public Hash256 Value { get; private set; }

    public void Add(ReadOnlySpan<byte> slice)
    {
        var pieces = new Hash256[slice.Length / PieceBytes];
        for (int done = 0; done < pieces.Length; done += Batch)
        {
            int count = Math.Min(Batch, pieces.Length - done);
            Sha3_256.HashMany(slice.Slice(done * PieceBytes, count * PieceBytes), PieceBytes, pieces.AsSpan(done, count));
        }

        ReadOnlySpan<byte> rest = slice[(pieces.Length * PieceBytes)..];
        byte[] message = new byte[sizeof(ulong) + (pieces.Length * Hash256.Size) + rest.Length];
        BinaryPrimitives.WriteUInt64BigEndian(message, (ulong)slice.Length);
        for (int i = 0; i < pieces.Length; i++) pieces[i].CopyTo(message.AsSpan(sizeof(ulong) + (i * Hash256.Size)));
        rest.CopyTo(message.AsSpan(message.Length - rest.Length));

        Span<byte> link = stackalloc byte[2 * Hash256.Size];
        Value.CopyTo(link);
        Sha3_256.Hash(message).CopyTo(link[Hash256.Size..]);
        Value = Sha3_256.Hash(link);
    }
}
