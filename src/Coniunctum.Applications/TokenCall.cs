using System.Buffers;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Applications;

/// <summary>
/// A call of <see cref="UniqueTokens"/>: [1, token, owner, data] issues, [2, token, owner] transfers, [3, token, taker, token against,
/// price] offers, [4, token] withdraws the offer, [5, token, token against, price] accepts it, [6, token] burns.
/// </summary>
internal readonly record struct TokenCall(
    TokenOperation Operation, Hash256 Token, Address Party = default, Hash256 Against = default, ulong Price = 0, ReadOnlyMemory<byte> Data = default)
{
    private const int MostFields = 5;

    public static DecodeOutcome Read(ReadOnlyMemory<byte> data, out TokenCall call)
    {
        var reader = new CanonicalReader(data);
        int fields = reader.ReadListHeader(MostFields);
        var operation = (TokenOperation)reader.ReadUInt64((ulong)TokenOperation.Burn);
        if (FieldsOf(operation) != fields) reader.Reject((ulong)FieldsOf(operation), (ulong)fields);
        call = new TokenCall(operation, reader.ReadHash256());
        call = operation switch
        {
            TokenOperation.Issue => call with { Party = new Address(reader.ReadHash256()), Data = reader.ReadBytes(UniqueTokens.LargestDataBytes) },
            TokenOperation.Transfer => call with { Party = new Address(reader.ReadHash256()) },
            TokenOperation.Offer => call with { Party = new Address(reader.ReadHash256()), Against = reader.ReadHash256(), Price = reader.ReadUInt64() },
            TokenOperation.Accept => call with { Against = reader.ReadHash256(), Price = reader.ReadUInt64() },
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
        writer.WriteHash256(Token);
        if (Operation is TokenOperation.Issue or TokenOperation.Transfer or TokenOperation.Offer) writer.WriteHash256(Party.Value);
        if (Operation is TokenOperation.Issue) writer.WriteBytes(Data.Span, UniqueTokens.LargestDataBytes);
        if (Operation is TokenOperation.Offer or TokenOperation.Accept)
        {
            writer.WriteHash256(Against);
            writer.WriteUInt64(Price);
        }

        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    private static int FieldsOf(TokenOperation operation) => operation switch
    {
        TokenOperation.Issue or TokenOperation.Accept => 4,
        TokenOperation.Transfer => 3,
        TokenOperation.Offer => 5,
        TokenOperation.Withdraw or TokenOperation.Burn => 2,
        _ => 0,
    };
}
