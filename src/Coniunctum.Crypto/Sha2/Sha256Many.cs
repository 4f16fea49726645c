using System.Runtime.CompilerServices;

namespace Coniunctum.Crypto.Sha2;

/// <summary>Hashes independent messages of equal length, as many at once as the compression function has lanes.</summary>
internal static unsafe class Sha256Many
{
    private const int BlockBytes = Sha256Compression.BlockWords * sizeof(uint);

    /// <summary>Hashes every message; the contract is that of <see cref="IHashFunction.HashMany"/>.</summary>
    [SkipLocalsInit]
    public static void Hash(ReadOnlySpan<byte> messages, int messageLength, Span<Hash256> hashes)
    {
        int width = Sha256Compression.Width;
        int hashed = 0;
        if (width > 1)
        {
            uint* buffer = stackalloc uint[((Sha256Compression.StateWords + Sha256Compression.BlockWords) * width) + (Sha256Lanes.Alignment / sizeof(uint))];
            uint* state = Sha256Lanes.Align(buffer);
            while (hashes.Length - hashed > 1)
            {
                int count = Math.Min(width, hashes.Length - hashed);
                ReadOnlySpan<byte> next = messages.Slice(hashed * messageLength, count * messageLength);
                HashGroup(state, next, messageLength, hashes.Slice(hashed, count));
                hashed += count;
            }
        }

        for (; hashed < hashes.Length; hashed++)
            hashes[hashed] = Sha256.Hash(messages.Slice(hashed * messageLength, messageLength));
    }

    [SkipLocalsInit]
    private static void HashGroup(uint* state, ReadOnlySpan<byte> messages, int messageLength, Span<Hash256> hashes)
    {
        uint* block = state + (Sha256Compression.StateWords * Sha256Compression.Width);
        Span<byte> end = stackalloc byte[2 * BlockBytes];
        int wholeBlocks = messageLength / BlockBytes;
        int endBlocks = Sha256Lanes.BlockCount(messageLength) - wholeBlocks;
        end = end[..(endBlocks * BlockBytes)];
        Sha256Lanes.Initialize(state);
        for (int done = 0; done < wholeBlocks + endBlocks; done++)
        {
            for (int i = 0; i < hashes.Length; i++)
            {
                ReadOnlySpan<byte> message = messages.Slice(i * messageLength, messageLength);
                if (done < wholeBlocks)
                {
                    Sha256Lanes.SetBlock(block, i, message[(done * BlockBytes)..]);
                }
                else
                {
                    Sha256Lanes.Pad(end, message[(wholeBlocks * BlockBytes)..], messageLength);
                    Sha256Lanes.SetBlock(block, i, end[((done - wholeBlocks) * BlockBytes)..]);
                }
            }

            Sha256Compression.Compress(state, block, state);
        }

        for (int i = 0; i < hashes.Length; i++) hashes[i] = Sha256Lanes.Digest(state, i);
    }
}
