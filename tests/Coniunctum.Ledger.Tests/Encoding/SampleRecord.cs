using System.Buffers;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Ledger.Tests.Encoding;

/// <summary>A record with a field for each reading method, decoded straight through as a real decoder does.</summary>
internal sealed record SampleRecord(
    ushort Ruleset,
    ulong Height,
    uint Count,
    Hash256 Id,
    string Payload,
    string Signature,
    bool IsFinal,
    string? Certificate,
    string Name,
    string Amounts,
    string Raw)
{
    private const int SignatureBytes = 65;

    public static SampleRecord Example { get; } = new(
        Ruleset: 300,
        Height: 0x1_0000_0000,
        Count: 70_000,
        Id: Hash256.Parse("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
        Payload: new string('a', 2 * 300),
        Signature: new string('b', 2 * SignatureBytes),
        IsFinal: true,
        Certificate: null,
        Name: "Кириллица 🍺 and 32 or more bytes",
        Amounts: "0,127,128,255,256,65535,65536,4294967295,4294967296,18446744073709551615,1,2,3,4,5,6,7",
        Raw: "93c09101a161");

    public byte[] Encode()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(output);
        writer.WriteArrayHeader(11);
        writer.WriteUInt64(Ruleset);
        writer.WriteUInt64(Height);
        writer.WriteUInt64(Count);
        writer.WriteHash256(Id);
        writer.WriteBytes(Convert.FromHexString(Payload), 4096);
        writer.WriteFixed(Convert.FromHexString(Signature));
        writer.WriteBoolean(IsFinal);
        if (Certificate is null)
            writer.WriteNil();
        else
            writer.WriteBytes(Convert.FromHexString(Certificate), 64);
        writer.WriteString(Name, 64);
        ulong[] amounts = [.. Amounts.Split(',').Select(ulong.Parse)];
        writer.WriteListHeader(amounts.Length, 20);
        foreach (ulong amount in amounts)
            writer.WriteUInt64(amount);
        writer.WriteItem(Convert.FromHexString(Raw));
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    public static (SampleRecord Record, DecodeOutcome Outcome) Decode(ReadOnlySequence<byte> input)
    {
        var reader = new CanonicalReader(input);
        reader.ReadArrayHeader(11);
        ushort ruleset = reader.ReadUInt16();
        ulong height = reader.ReadUInt64();
        uint count = reader.ReadUInt32();
        Hash256 id = reader.ReadHash256();
        string payload = Convert.ToHexStringLower(reader.ReadBytes(4096).Span);
        Span<byte> signature = stackalloc byte[SignatureBytes];
        reader.ReadFixed(signature);
        bool isFinal = reader.ReadBoolean();
        string? certificate = reader.TryReadNil() ? null : Convert.ToHexStringLower(reader.ReadBytes(64).Span);
        string name = reader.ReadString(64);
        var amounts = new ulong[reader.ReadListHeader(20)];
        for (int i = 0; i < amounts.Length; i++)
            amounts[i] = reader.ReadUInt64();
        string raw = Convert.ToHexStringLower(reader.ReadItem(16).Span);
        DecodeOutcome outcome = reader.End();
        return (new SampleRecord(ruleset, height, count, id, payload, Convert.ToHexStringLower(signature), isFinal, certificate, name, string.Join(',', amounts), raw), outcome);
    }
}
