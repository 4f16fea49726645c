using System.Buffers;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Headers;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Mining.Difficulty;

namespace Coniunctum.Node.Headers.Bitcoin;

/// <summary>Bitcoin's headers: 80 bytes each, whose identity is SHA-256 twice over them.</summary>
internal sealed class BitcoinHeaderFormat : IHeaderFormat
{
    public void ReadAll(ReadOnlySpan<byte> encodings, ReadOnlySpan<int> lengths, ulong firstHeight, Span<HeaderReading> readings)
    {
        // Those of the right length up to the first that is not are hashed together; no one reads what follows a fault.
        int whole = lengths.IndexOfAnyExcept(BitcoinHeader.Bytes);
        if (whole < 0) whole = lengths.Length;
        ReadOnlySpan<byte> bytes = encodings[..(whole * BitcoinHeader.Bytes)];
        Hash256[] rented = ArrayPool<Hash256>.Shared.Rent(whole);
        Span<Hash256> hashes = rented.AsSpan(0, whole);
        DoubleHash<Sha256>.HashMany(bytes, BitcoinHeader.Bytes, hashes);
        for (int i = 0; i < whole; i++)
        {
            var id = new BlockId(BitcoinHeader.Reversed(hashes[i].AsSpan()));
            readings[i] = Read(BitcoinHeader.Read(bytes.Slice(i * BitcoinHeader.Bytes, BitcoinHeader.Bytes)), id, firstHeight + (ulong)i);
        }

        ArrayPool<Hash256>.Shared.Return(rented);
        for (int i = whole; i < lengths.Length; i++)
            readings[i] = HeaderReading.Malformed(Invariant($"A header has {BitcoinHeader.Bytes} bytes, not {lengths[i]}."));
    }

    public string Show(BlockId id) => id.ToString();

    private static HeaderReading Read(in BitcoinHeader header, BlockId id, ulong height)
    {
        // Bitcoin compares the four bytes: another writing of the same number is another, and wrong.
        CompactOutcome outcome = header.Bits.Expand(out Target target);
        return outcome == CompactOutcome.Valid && CompactTarget.From(target) == header.Bits
            ? HeaderReading.Of(new HeaderView(header.ToHeader(height, target), id, default))
            : HeaderReading.Rejected(Verdict.Invalid(BlockRule.TargetWrong, Describe(header.Bits, outcome), "a target in its only compact form"));
    }

    private static string Describe(CompactTarget bits, CompactOutcome outcome) => outcome switch
    {
        CompactOutcome.Zero => $"bits {bits}, zero",
        CompactOutcome.Negative => $"bits {bits}, a negative number",
        CompactOutcome.Overflow => $"bits {bits}, a number of more than 256 bits",
        _ => $"bits {bits}, another form of the same number",
    };
}
