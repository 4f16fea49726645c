using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Ledger;

/// <summary>
/// What a block begins with: enough to judge its header and its seal before the transactions behind it are decoded and hashed. Nothing
/// is said of those, nor of a certificate.
/// </summary>
/// <param name="Header">The header.</param>
/// <param name="Id">Its identity.</param>
/// <param name="Seal">The witness beside it; a slice of what was read.</param>
public sealed record BlockPeek(BlockHeader Header, BlockId Id, ReadOnlyMemory<byte> Seal)
{
    /// <summary>
    /// Reads the beginning of a block from untrusted bytes, and hashes the header alone. What it refuses is refused by
    /// <see cref="HashedBlock.Decode"/> too; what that accepts has this header, identity and seal.
    /// </summary>
    /// <param name="encoded">The bytes of the whole block. How long they are is bounded by the caller.</param>
    /// <param name="format">The expected format.</param>
    /// <param name="limits">What is compared before anything is allocated.</param>
    /// <param name="peek">What was read, or <c>null</c>.</param>
    /// <returns>What was wrong, or no fault so far.</returns>
    public static DecodeOutcome Read(ReadOnlyMemory<byte> encoded, IBlockFormat format, LedgerLimits limits, out BlockPeek? peek)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(limits);
        var reader = new CanonicalReader(encoded);
        BlockHeader header = format.Codec.ReadStart(ref reader, limits, out ReadOnlyMemory<byte> seal);
        peek = reader.IsFaulted ? null : new BlockPeek(header, new BlockId(format.Digest(header)), seal);
        return reader.IsFaulted ? reader.Outcome : new DecodeOutcome(DecodeFault.None, reader.Consumed, CanonicalType.Unspecified, 0, 0);
    }
}
