using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Consensus.Headers;

/// <summary>Headers of this library's formats, in their canonical encoding.</summary>
internal sealed class LedgerHeaders(IBlockFormat format) : IHeaderFormat
{
    public void ReadAll(ReadOnlySpan<byte> encodings, ReadOnlySpan<int> lengths, ulong firstHeight, Span<HeaderReading> readings)
    {
        for (int i = 0; i < lengths.Length; i++)
        {
            readings[i] = Read(encodings[..lengths[i]].ToArray());
            encodings = encodings[lengths[i]..];
        }
    }

    public string Show(BlockId id) => id.ToString();

    private HeaderReading Read(byte[] encoded)
    {
        var reader = new CanonicalReader(encoded);
        BlockHeader header = format.Codec.ReadHeader(ref reader);
        reader.End();
        if (reader.IsFaulted) return HeaderReading.Malformed(reader.Outcome.ToString());
        return HeaderReading.Of(new HeaderView(header, new BlockId(format.Digest(header)), default));
    }
}
