using System.Buffers;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Tests.Support;

/// <summary>What messages carry of blocks.</summary>
internal static class Blocks
{
    public static EncodedHead HeadOf(HashedBlock block)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(buffer);
        Ledger.Formats.StandardFormat.Instance.Codec.WriteHeader(ref writer, block.Header);
        writer.Flush();
        return new EncodedHead(buffer.WrittenMemory, block.Block.Seal, block.Block.Certificate);
    }

    public static ulong HeightOf(EncodedHead head)
    {
        var reader = new CanonicalReader(head.Header);
        return Ledger.Formats.StandardFormat.Instance.Codec.ReadHeader(ref reader).Height;
    }
}
