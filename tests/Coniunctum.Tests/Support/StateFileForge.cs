using System.Buffers;
using System.Buffers.Binary;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Files;

namespace Coniunctum.Tests.Support;

/// <summary>Writes files of states that say anything, with right checksums; written out again from the layout's description.</summary>
internal sealed class StateFileForge
{
    private readonly List<byte> _file = [];
    private byte[] _checksum = new byte[8];
    private ulong _heads;
    private ulong _slices;

    public StateFileForge(StateFileHead head) => Seal(
    [
        .. "CONISTAT"u8, 0, 2, .. head.Chain.Value.ToArray(), .. Be8(head.Height), .. head.Block.Value.ToArray(), .. head.Salt.ToArray(),
        .. Be8(head.GenesisTime.UnixMilliseconds), .. Be8((ulong)head.Note.Length)[4..], .. head.Note.ToArray(),
    ]);

    public void Add(StateRecord.Head[] heads)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(output);
        writer.WriteArrayHeader(heads.Length);
        foreach (StateRecord.Head head in heads)
        {
            writer.WriteArrayHeader(3);
            writer.WriteFixed(head.Header.Span);
            writer.WriteFixed(head.RuleState.Span);
            writer.WriteFixed(head.ChainWeight.ToBytes().ToArray());
        }

        writer.Flush();
        _heads += (ulong)heads.Length;
        Record(1, output.WrittenSpan.ToArray());
    }

    public void Add(StateRecord.Block block) => Record(2, block.Encoded.ToArray());

    public void Add(StateRecord.Slice slice)
    {
        _slices++;
        Record(3, slice.Content.ToArray());
    }

    public byte[] End()
    {
        Record(4, [.. Be8(_heads), .. Be8(_slices)]);
        return [.. _file];
    }

    private static byte[] Be8(ulong number)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        return bytes;
    }

    private void Record(byte kind, byte[] content) => Seal([kind, .. Be8((ulong)content.Length)[4..], .. content]);

    private void Seal(byte[] bytes)
    {
        _file.AddRange(bytes);
        _checksum = Sha3_256.Hash([.. _checksum, .. bytes]).ToArray()[..8];
        _file.AddRange(_checksum);
    }
}
