using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Coniunctum.Crypto.Keccak;

namespace Coniunctum.Crypto.Puzzles;

/// <summary>The message of a puzzle's inner hash with a place for H(be8(nonce)), as bytes and as the padded blocks of SHA3-256.</summary>
internal sealed class Sha3Preimage
{
    private const int BlockBytes = KeccakPermutation.BlockLanes * sizeof(ulong);
    private const int MinBytes = Sha3NoncePuzzle.NonceHashOffset + Hash256.Size;

    private readonly byte[] _bytes;
    private readonly ulong[] _blocks;

    public Sha3Preimage(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is < MinBytes or > Sha3NoncePuzzle.MaxPreimageBytes)
        {
            throw new ArgumentException(
                $"A preimage has {MinBytes} to {Sha3NoncePuzzle.MaxPreimageBytes} bytes, not {bytes.Length}.", nameof(bytes));
        }

        _bytes = bytes.ToArray();
        _bytes.AsSpan(Sha3NoncePuzzle.NonceHashOffset, Hash256.Size).Clear();
        _blocks = PaddedBlocks(_bytes);
    }

    /// <summary>All blocks; H(be8(nonce)) is zero in the first one.</summary>
    public ReadOnlySpan<ulong> Blocks => _blocks;

    /// <summary>The last block, which may be the first.</summary>
    public ReadOnlySpan<ulong> LastBlock => _blocks.AsSpan(_blocks.Length - KeccakPermutation.BlockLanes);

    /// <summary>Where the last block begins in the message.</summary>
    public int LastBlockOffset => LastBlockOffsetOf(_bytes.Length);

    /// <summary>The message's length in bytes.</summary>
    public int Length => _bytes.Length;

    /// <summary>Where the last block begins in a message of a length; its padding always fits into that block.</summary>
    public static int LastBlockOffsetOf(int length) => length / BlockBytes * BlockBytes;

    /// <summary>Computes HH of the message with this nonce.</summary>
    /// <param name="nonce">The nonce.</param>
    /// <param name="field">A hash to put at <paramref name="fieldOffset"/>.</param>
    /// <param name="fieldOffset">Where, or −1.</param>
    [SkipLocalsInit]
    public Hash256 Digest(ulong nonce, Hash256 field = default, int fieldOffset = -1)
    {
        Span<byte> encoded = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(encoded, nonce);
        Span<byte> message = stackalloc byte[Sha3NoncePuzzle.MaxPreimageBytes];
        message = message[.._bytes.Length];
        _bytes.CopyTo(message);
        Sha3_256.Hash(encoded).CopyTo(message[Sha3NoncePuzzle.NonceHashOffset..]);
        if (fieldOffset >= 0) field.CopyTo(message[fieldOffset..]);
        return Sha3_256.DoubleHash(message);
    }

    /// <summary>Pads the message (FIPS 202 §B.2) and reads it as lanes.</summary>
    private static ulong[] PaddedBlocks(ReadOnlySpan<byte> message)
    {
        byte[] padded = new byte[((message.Length / BlockBytes) + 1) * BlockBytes];
        message.CopyTo(padded);
        padded[message.Length] = KeccakSponge.Sha3Suffix;
        padded[^1] |= KeccakSponge.LastPaddingBit;
        var lanes = new ulong[padded.Length / sizeof(ulong)];
        for (int i = 0; i < lanes.Length; i++)
            lanes[i] = BinaryPrimitives.ReadUInt64LittleEndian(padded.AsSpan(i * sizeof(ulong)));
        return lanes;
    }
}
