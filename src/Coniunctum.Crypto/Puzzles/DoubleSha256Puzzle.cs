using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Coniunctum.Crypto.Sha2;

namespace Coniunctum.Crypto.Puzzles;

/// <summary>
/// Bitcoin's puzzle: SHA-256 twice over a header of 80 bytes, whose last four hold the nonce, little-endian. Immutable and
/// safe to use from several threads.
/// </summary>
/// <remarks>
/// Bitcoin reads its hashes as little-endian numbers. Digests are therefore reversed here, into the order in which they are
/// shown; "at most the target" is "below the target plus one".
/// </remarks>
public sealed unsafe class DoubleSha256Puzzle : INoncePuzzle
{
    /// <summary>The length of a header in bytes: 80.</summary>
    public const int HeaderBytes = 80;

    private const int BlockBytes = Sha256Compression.BlockWords * sizeof(uint);
    private const int NonceOffset = HeaderBytes - sizeof(uint);
    private const int NonceWord = (NonceOffset - BlockBytes) / sizeof(uint);

    private readonly byte[] _header;

    /// <summary>Prepares the search for one header.</summary>
    /// <param name="header">Exactly 80 bytes; the nonce in it is not read. Copied.</param>
    /// <exception cref="ArgumentException"><paramref name="header"/> has another length.</exception>
    public DoubleSha256Puzzle(ReadOnlySpan<byte> header)
    {
        if (header.Length != HeaderBytes)
            throw new ArgumentException($"A header has {HeaderBytes} bytes, not {header.Length}.", nameof(header));
        _header = header.ToArray();
    }

    /// <summary>The greatest nonce: 2³² − 1.</summary>
    public ulong LastNonce => uint.MaxValue;

    /// <inheritdoc/>
    [SkipLocalsInit]
    public Hash256 Digest(ulong nonce)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(nonce, LastNonce);
        Span<byte> header = stackalloc byte[HeaderBytes];
        _header.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[NonceOffset..], (uint)nonce);
        return Reverse(DoubleHash<Sha256>.Hash(header));
    }

    /// <inheritdoc/>
    public bool TryFind(ulong first, ulong count, Hash256 target, out ulong nonce)
    {
        nonce = 0;
        if (count == 0) return false;
        NonceRange.Require(first, count, LastNonce);
        ulong last = first + (count - 1);
        if (Sha256Compression.Width > 1) return TryFindInLanes(first, last, target, out nonce);

        for (ulong candidate = first; candidate <= last; candidate++)
        {
            if (Digest(candidate) >= target) continue;
            nonce = candidate;
            return true;
        }

        return false;
    }

    [SkipLocalsInit]
    private bool TryFindInLanes(ulong first, ulong last, Hash256 target, out ulong nonce)
    {
        int width = Sha256Compression.Width;
        int stateLength = Sha256Compression.StateWords * width;
        int blockLength = Sha256Compression.BlockWords * width;
        uint* buffer = stackalloc uint[(3 * stateLength) + (2 * blockLength) + width + (Sha256Lanes.Alignment / sizeof(uint))];
        uint* midstate = Sha256Lanes.Align(buffer);
        uint* initial = midstate + stateLength;
        uint* digests = initial + stateLength;
        uint* inner = digests + stateLength;
        uint* outer = inner + blockLength;
        uint* differences = outer + blockLength;
        PrepareHeader(midstate, inner);
        PrepareOuter(initial, outer);

        // What differs within a batch are the lowest bits of the nonce, the first byte of its word.
        for (uint i = 0; i < width; i++) differences[i] = i << 24;
        uint zeroBits = BinaryPrimitives.ReverseEndianness(Sha256Lanes.LeadingZeroBits(target));
        uint* mostSignificant = digests + ((Sha256Compression.StateWords - 1) * width);
        for (ulong batch = first - (first % (ulong)width); batch <= last; batch += (ulong)width)
        {
            Sha256Lanes.SetXor(inner + (NonceWord * width), BinaryPrimitives.ReverseEndianness((uint)batch), differences);
            Sha256Compression.Compress(midstate, inner, outer);
            Sha256Compression.Compress(initial, outer, digests);
            for (uint found = Sha256Lanes.LanesWithZeroBits(mostSignificant, zeroBits); found != 0; found &= found - 1)
            {
                int lane = BitOperations.TrailingZeroCount(found);
                ulong candidate = batch + (ulong)lane;
                if (candidate < first || candidate > last || Reverse(Sha256Lanes.Digest(digests, lane)) >= target) continue;
                nonce = candidate;
                return true;
            }
        }

        nonce = 0;
        return false;
    }

    /// <summary>Compresses the header's first block, and puts its end into every lane.</summary>
    private void PrepareHeader(uint* midstate, uint* block)
    {
        Sha256Lanes.Initialize(midstate);
        Sha256Lanes.BroadcastBlock(block, _header);
        Sha256Compression.Compress(midstate, block, midstate);

        Span<byte> end = stackalloc byte[BlockBytes];
        Sha256Lanes.Pad(end, _header.AsSpan(BlockBytes), HeaderBytes);
        Sha256Lanes.BroadcastBlock(block, end);
    }

    private static void PrepareOuter(uint* initial, uint* block)
    {
        Sha256Lanes.Initialize(initial);
        new Span<uint>(block, Sha256Compression.BlockWords * Sha256Compression.Width).Clear();
        Sha256Lanes.Broadcast(block, Sha256Compression.StateWords, Sha256Lanes.FirstPadding);
        Sha256Lanes.Broadcast(block, Sha256Compression.BlockWords - 1, Hash256.Size * 8);
    }

    private static Hash256 Reverse(Hash256 hash)
    {
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<Hash256>(ref hash));
        bytes.Reverse();
        return hash;
    }
}
