using System.Buffers;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Applications;

/// <summary>
/// A call of <see cref="FungibleAssets"/>: [1, asset, limit, data] creates, [2, asset, units, receiver] issues, [3, asset, units,
/// receiver] transfers, [4, asset, units] burns.
/// </summary>
internal readonly record struct AssetCall(
    AssetOperation Operation, Hash256 Asset, ulong Units, Address Receiver = default, ReadOnlyMemory<byte> Data = default)
{
    private const int MostFields = 4;

    public static DecodeOutcome Read(ReadOnlyMemory<byte> data, out AssetCall call)
    {
        var reader = new CanonicalReader(data);
        int fields = reader.ReadListHeader(MostFields);
        var operation = (AssetOperation)reader.ReadUInt64((ulong)AssetOperation.Burn);
        if (FieldsOf(operation) != fields) reader.Reject((ulong)FieldsOf(operation), (ulong)fields);
        call = new AssetCall(operation, reader.ReadHash256(), reader.ReadUInt64());
        call = operation switch
        {
            AssetOperation.Create => call with { Data = reader.ReadBytes(FungibleAssets.LargestDataBytes) },
            AssetOperation.Issue or AssetOperation.Transfer => call with { Receiver = new Address(reader.ReadHash256()) },
            _ => call,
        };
        return reader.End();
    }

    public byte[] Encode()
    {
        var output = new ArrayBufferWriter<byte>(Data.Length + 128);
        var writer = new CanonicalWriter(output);
        writer.WriteArrayHeader(FieldsOf(Operation));
        writer.WriteUInt64((ulong)Operation);
        writer.WriteHash256(Asset);
        writer.WriteUInt64(Units);
        if (Operation is AssetOperation.Create) writer.WriteBytes(Data.Span, FungibleAssets.LargestDataBytes);
        if (Operation is AssetOperation.Issue or AssetOperation.Transfer) writer.WriteHash256(Receiver.Value);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    private static int FieldsOf(AssetOperation operation) => operation switch
    {
        AssetOperation.Create or AssetOperation.Issue or AssetOperation.Transfer => 4,
        AssetOperation.Burn => 3,
        _ => 0,
    };
}
