using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using Coniunctum.Crypto.Sha2;

namespace Coniunctum.Crypto.Puzzles;

/// <summary>
/// The second paper's puzzle: SHA-256 of the decimal text of x² + PH², where x is the nonce and PH a hash as a big-endian
/// number: the header's digest with nonce 0 in a profile that binds the proof to its block, the previous block's hash in the
/// paper. Immutable and safe to use from several threads.
/// </summary>
/// <remarks>Nonce 0 has a digest like any other, but is never found: the paper starts at x = 1.</remarks>
public sealed unsafe class SquareSumPuzzle : INoncePuzzle
{
    private const int BlockBytes = Sha256Compression.BlockWords * sizeof(uint);

    // x² + PH² is less than 2⁵¹² + 2¹²⁸: 155 digits, which with their padding take three blocks.
    private const int MaxDigits = 155;
    private const int MaxBlocks = 3;
    private const int SumLimbs = (MaxDigits / DecimalNumber.LimbDigits) + 1;

    // 2x + 1, the difference of two neighbouring squares, is less than 2⁶⁵: 20 digits.
    private const int DifferenceLimbs = 3;

    private readonly BigInteger _square;

    /// <summary>Prepares the search.</summary>
    /// <param name="anchor">PH.</param>
    public SquareSumPuzzle(Hash256 anchor)
    {
        var number = new BigInteger(anchor.AsSpan(), isUnsigned: true, isBigEndian: true);
        _square = number * number;
    }

    /// <inheritdoc/>
    public ulong LastNonce => ulong.MaxValue;

    /// <inheritdoc/>
    public Hash256 Digest(ulong nonce) =>
        Sha256.Hash(Encoding.ASCII.GetBytes(Sum(nonce).ToString(CultureInfo.InvariantCulture)));

    /// <inheritdoc/>
    public bool TryFind(ulong first, ulong count, Hash256 target, out ulong nonce)
    {
        nonce = 0;
        if (count == 0) return false;
        NonceRange.Require(first, count, LastNonce);
        ulong last = first + (count - 1);
        if (first == 0) first = 1;
        while (first <= last)
        {
            // A search is split where the sum gets another digit, which moves the text.
            Stretch stretch = StretchFrom(first, last);
            bool isFound = Sha256Compression.Width > 1
                ? TryFindInLanes(stretch, target, out nonce)
                : TryFindOneByOne(stretch, target, out nonce);
            if (isFound) return true;
            if (stretch.Last == last) return false;
            first = stretch.Last + 1;
        }

        return false;
    }

    [SkipLocalsInit]
    private static bool TryFindOneByOne(Stretch stretch, Hash256 target, out ulong nonce)
    {
        Span<byte> text = stackalloc byte[stretch.Digits];
        var sum = new DecimalNumber(stretch.Sum, stackalloc uint[SumLimbs]);
        var difference = new DecimalNumber((2 * (BigInteger)stretch.First) + 1, stackalloc uint[DifferenceLimbs]);
        for (ulong x = stretch.First; ; x++)
        {
            sum.WriteLowestDigits(text);
            if (Sha256.Hash(text) < target)
            {
                nonce = x;
                return true;
            }

            if (x == stretch.Last) break;
            sum.Add(difference);
            difference.Add(2);
        }

        nonce = 0;
        return false;
    }

    [SkipLocalsInit]
    private static bool TryFindInLanes(Stretch stretch, Hash256 target, out ulong nonce)
    {
        int width = Sha256Compression.Width;
        int stateLength = Sha256Compression.StateWords * width;
        int blockLength = Sha256Compression.BlockWords * width;
        uint* buffer = stackalloc uint[(2 * stateLength) + (MaxBlocks * blockLength) + (Sha256Lanes.Alignment / sizeof(uint))];
        uint* midstate = Sha256Lanes.Align(buffer);
        uint* state = midstate + stateLength;
        uint* blocks = state + stateLength;

        // The blocks in which all sums of the stretch agree are compressed once.
        Span<byte> message = stackalloc byte[MaxBlocks * BlockBytes];
        message = message[..(Sha256Lanes.BlockCount(stretch.Digits) * BlockBytes)];
        var sum = new DecimalNumber(stretch.Sum, stackalloc uint[SumLimbs]);
        var difference = new DecimalNumber((2 * (BigInteger)stretch.First) + 1, stackalloc uint[DifferenceLimbs]);
        Span<byte> text = stackalloc byte[stretch.Digits];
        sum.WriteLowestDigits(text);
        Sha256Lanes.Pad(message, text, stretch.Digits);
        Sha256Lanes.Initialize(midstate);
        int common = stretch.CommonDigits / BlockBytes * BlockBytes;
        for (int offset = 0; offset < common; offset += BlockBytes)
        {
            Sha256Lanes.BroadcastBlock(blocks, message[offset..]);
            Sha256Compression.Compress(midstate, blocks, midstate);
        }

        message = message[common..];
        text = message[..(stretch.Digits - common)];
        uint zeroBits = Sha256Lanes.LeadingZeroBits(target);
        for (ulong batch = stretch.First; ; batch += (ulong)width)
        {
            for (int lane = 0; lane < width; lane++)
            {
                sum.WriteLowestDigits(text);
                for (int offset = 0; offset < message.Length; offset += BlockBytes)
                    Sha256Lanes.SetBlock(blocks + (offset / BlockBytes * blockLength), lane, message[offset..]);
                sum.Add(difference);
                difference.Add(2);
            }

            uint* before = midstate;
            for (int offset = 0; offset < message.Length; offset += BlockBytes)
            {
                Sha256Compression.Compress(before, blocks + (offset / BlockBytes * blockLength), state);
                before = state;
            }

            for (uint found = Sha256Lanes.LanesWithZeroBits(state, zeroBits); found != 0; found &= found - 1)
            {
                int lane = BitOperations.TrailingZeroCount(found);
                if ((ulong)lane > stretch.Last - batch || Sha256Lanes.Digest(state, lane) >= target) continue;
                nonce = batch + (ulong)lane;
                return true;
            }

            if (stretch.Last - batch < (ulong)width) break;
        }

        nonce = 0;
        return false;
    }

    private BigInteger Sum(ulong nonce) => ((BigInteger)nonce * nonce) + _square;

    /// <summary>The nonces from <paramref name="first"/> on, at most to <paramref name="last"/>, whose sums have equally many digits.</summary>
    private Stretch StretchFrom(ulong first, ulong last)
    {
        string text = Sum(first).ToString(CultureInfo.InvariantCulture);
        string lastText = Sum(last).ToString(CultureInfo.InvariantCulture);
        if (lastText.Length != text.Length)
        {
            // The greatest x whose sum still has as many digits.
            ulong low = first;
            ulong high = last;
            var limit = BigInteger.Pow(10, text.Length);
            while (low < high)
            {
                ulong middle = high - ((high - low) / 2);
                if (Sum(middle) < limit)
                    low = middle;
                else
                    high = middle - 1;
            }

            last = low;
            lastText = Sum(last).ToString(CultureInfo.InvariantCulture);
        }

        int common = text.AsSpan().CommonPrefixLength(lastText);
        return new Stretch(first, last, Sum(first), text.Length, common);
    }

    private readonly record struct Stretch(ulong First, ulong Last, BigInteger Sum, int Digits, int CommonDigits);
}
