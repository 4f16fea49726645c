using System.Buffers;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Encoding;
using Coniunctum.P2P.Wire;

namespace Coniunctum.P2P.Tests.Wire;

/// <summary>Every limit, written out again as a literal: as much is taken, one more is refused, and 2³² − 1 allocates nothing.</summary>
public sealed class MessageLimitTests
{
    private delegate void Body(ref CanonicalWriter writer, int count);

    private static readonly byte[] s_byte = [7];

    private static readonly (MessageKind Kind, string What, int Limit, Body Body)[] s_lists =
    [
        (MessageKind.Hello, "endpoints", 4, (ref CanonicalWriter writer, int count) =>
        {
            writer.WriteArrayHeader(6);
            for (int i = 0; i < 3; i++) writer.WriteUInt64(1);
            writer.WriteFixed(Support.TestKeys.Public(1).AsSpan());
            writer.WriteArrayHeader(count);
            for (int i = 0; i < count; i++) writer.WriteString("a:1");
            writer.WriteUInt64(7);
        }),
        (MessageKind.Addresses, "nodes", 1_000, Nodes),
        (MessageKind.NewAddresses, "nodes", 10, Nodes),
        (MessageKind.GetHeaders, "locator", 32, (ref CanonicalWriter writer, int count) =>
        {
            writer.WriteArrayHeader(2);
            Hashes(ref writer, count);
            writer.WriteNil();
        }),
        (MessageKind.Headers, "heads", 2_000, Heads),
        (MessageKind.Announce, "heads", 8, Heads),
        (MessageKind.Sides, "heads", 1_000, Heads),
        (MessageKind.GetBlocks, "ids", 16, Ids),
        (MessageKind.Missing, "ids", 16, Ids),
        (MessageKind.GetCertificates, "ids", 16, Ids),
        (MessageKind.Certificates, "items", 16, Nils),
        (MessageKind.Compact, "prefilled", 65_536, (ref CanonicalWriter writer, int count) =>
        {
            writer.WriteArrayHeader(4);
            Head(ref writer);
            writer.WriteUInt64(0);
            writer.WriteArrayHeader(count);
            for (int i = 0; i < count; i++)
            {
                writer.WriteArrayHeader(2);
                writer.WriteUInt64((ulong)Math.Min(i, 65_535));
                writer.WriteBytes([], 0);
            }

            writer.WriteBytes([], 0);
        }),
        (MessageKind.Parts, "transactions", 65_536, (ref CanonicalWriter writer, int count) =>
        {
            writer.WriteArrayHeader(2);
            writer.WriteHash256(Hash256.Zero);
            writer.WriteArrayHeader(count);
            for (int i = 0; i < count; i++) writer.WriteBytes([], 0);
        }),
        (MessageKind.Have, "leaves", 1_000, Ids),
        (MessageKind.GetTransactions, "leaves", 100, Ids),
        (MessageKind.Transactions, "items", 100, Nils),
        (MessageKind.Candidate, "leaves", 8_192, (ref CanonicalWriter writer, int count) =>
        {
            writer.WriteArrayHeader(2);
            writer.WriteBytes([], 0);
            Hashes(ref writer, count);
        }),
        (MessageKind.GetProof, "keys", 16, (ref CanonicalWriter writer, int count) =>
        {
            writer.WriteArrayHeader(2);
            writer.WriteHash256(Hash256.Zero);
            writer.WriteArrayHeader(count);
            for (int i = 0; i < count; i++) writer.WriteBytes([], 0);
        }),
        (MessageKind.Manifest, "hashes", 4_096, (ref CanonicalWriter writer, int count) =>
        {
            writer.WriteArrayHeader(2);
            writer.WriteUInt64(0);
            Hashes(ref writer, count);
        }),
    ];

    private static readonly (MessageKind Kind, string What, int Limit, Body Body)[] s_strings =
    [
        (MessageKind.Bye, "text", 256, (ref CanonicalWriter writer, int count) => { writer.WriteArrayHeader(2); writer.WriteUInt64(0); Text(ref writer, count); }),
        (MessageKind.Shut, "text", 256, (ref CanonicalWriter writer, int count) => { writer.WriteArrayHeader(3); writer.WriteHash256(Hash256.Zero); writer.WriteUInt64(0); Text(ref writer, count); }),
        (MessageKind.Submitted, "text", 256, (ref CanonicalWriter writer, int count) => { writer.WriteArrayHeader(3); writer.WriteHash256(Hash256.Zero); writer.WriteUInt64(0); Text(ref writer, count); }),
        (MessageKind.Open, "certificate", 65_536, (ref CanonicalWriter writer, int count) =>
        {
            writer.WriteArrayHeader(7);
            writer.WriteHash256(Hash256.Zero);
            for (int i = 0; i < 3; i++) writer.WriteUInt64(0);
            writer.WriteHash256(Hash256.Zero);
            writer.WriteHash256(Hash256.Zero);
            Bytes(ref writer, count);
        }),
        (MessageKind.Announce, "header", 1_024, (ref CanonicalWriter writer, int count) => { One(ref writer); writer.WriteArrayHeader(3); Bytes(ref writer, count); writer.WriteBytes([], 0); writer.WriteNil(); }),
        (MessageKind.Announce, "seal", 1_024, (ref CanonicalWriter writer, int count) => { One(ref writer); writer.WriteArrayHeader(3); writer.WriteBytes([], 0); Bytes(ref writer, count); writer.WriteNil(); }),
        (MessageKind.Announce, "certificate", 65_536, (ref CanonicalWriter writer, int count) => { One(ref writer); writer.WriteArrayHeader(3); writer.WriteBytes([], 0); writer.WriteBytes([], 0); Bytes(ref writer, count); }),
        (MessageKind.Block, "bytes", 1_116_160, (ref CanonicalWriter writer, int count) => { writer.WriteArrayHeader(1); Bytes(ref writer, count); }),
        (MessageKind.Certificates, "item", 65_536, (ref CanonicalWriter writer, int count) => { One(ref writer); Bytes(ref writer, count); }),
        (MessageKind.GetParts, "bitmap", 8_192, (ref CanonicalWriter writer, int count) => { writer.WriteArrayHeader(2); writer.WriteHash256(Hash256.Zero); Bytes(ref writer, count); }),
        (MessageKind.Transactions, "item", 8_192, (ref CanonicalWriter writer, int count) => { One(ref writer); Bytes(ref writer, count); }),
        (MessageKind.Submit, "bytes", 8_192, (ref CanonicalWriter writer, int count) => { writer.WriteArrayHeader(1); Bytes(ref writer, count); }),
        (MessageKind.Candidate, "header", 1_024, (ref CanonicalWriter writer, int count) => { writer.WriteArrayHeader(2); Bytes(ref writer, count); writer.WriteArrayHeader(0); }),
        (MessageKind.Publish, "topic", 32, (ref CanonicalWriter writer, int count) => { writer.WriteArrayHeader(3); Text(ref writer, count); writer.WriteBytes([], 0); writer.WriteNil(); }),
        (MessageKind.Publish, "content", 65_536, (ref CanonicalWriter writer, int count) => { writer.WriteArrayHeader(3); Text(ref writer, 1); Bytes(ref writer, count); writer.WriteNil(); }),
        (MessageKind.Proof, "bytes", 16_384, ProofOf),
        (MessageKind.Inclusion, "bytes", 16_384, ProofOf),
        (MessageKind.Ancestry, "bytes", 16_384, ProofOf),
        (MessageKind.GetProof, "key", 256, (ref CanonicalWriter writer, int count) => { writer.WriteArrayHeader(2); writer.WriteHash256(Hash256.Zero); writer.WriteArrayHeader(1); Bytes(ref writer, count); }),
        (MessageKind.Shard, "leaves", 262_144, (ref CanonicalWriter writer, int count) => { writer.WriteArrayHeader(3); writer.WriteUInt64(0); writer.WriteUInt64(0); Bytes(ref writer, count); }),
    ];

    public static IEnumerable<TestCaseData> Limits => Enumerable.Range(0, s_lists.Length).Select(i => new TestCaseData(true, i).SetArgDisplayNames(s_lists[i].Kind.ToString(), s_lists[i].What))
        .Concat(Enumerable.Range(0, s_strings.Length).Select(i => new TestCaseData(false, i).SetArgDisplayNames(s_strings[i].Kind.ToString(), s_strings[i].What)));

    [TestCaseSource(nameof(Limits))]
    public void Limit_IsTaken_AndOneMoreIsRefused(bool isList, int index)
    {
        (MessageKind kind, string _, int limit, Body body) = (isList ? s_lists : s_strings)[index];
        DecodeOutcome most = Decode(kind, body, limit);
        Assert.That(most.Fault, Is.EqualTo(DecodeFault.None), most.ToString());

        DecodeOutcome more = Decode(kind, body, limit + 1);
        Assert.That((more.Fault, more.Expected, more.Found), Is.EqualTo((DecodeFault.TooLong, (ulong)limit, (ulong)limit + 1)));
    }

    [TestCaseSource(nameof(Limits))]
    public void Claim_OfFourBillion_IsRefused_AndAllocatesNothing(bool isList, int index)
    {
        (MessageKind kind, string _, int limit, Body body) = (isList ? s_lists : s_strings)[index];
        byte[] honest = Write(body, 1);
        // Where the list or string of one begins, its head is replaced by one that claims 2³² − 1.
        int place = PlaceOfCount(honest, Write(body, 0));
        byte lead = honest[place];
        byte claim = lead switch { >= 0x90 and <= 0x9f => 0xdd, >= 0xa0 and <= 0xbf => 0xdb, _ => 0xc6 };
        byte[] hostile = [.. honest.AsSpan(0, place), claim, 0xff, 0xff, 0xff, 0xff];
        long before = GC.GetAllocatedBytesForCurrentThread();
        DecodeOutcome outcome = MessageCodec.Decode(kind, hostile, WireLimits.Default, out _);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.That((outcome.Fault, outcome.Offset, outcome.Expected, outcome.Found), Is.EqualTo((DecodeFault.TooLong, (long)place, (ulong)limit, (ulong)uint.MaxValue)));
        Assert.That(allocated, Is.LessThan(8_192));
    }

    [Test]
    public void EmptyLists_ThatAskForOrSayNothing_AreRefused()
    {
        MessageKind[] refused = [.. s_lists.Where(row => Decode(row.Kind, row.Body, 0).Fault == DecodeFault.InvalidValue).Select(row => row.Kind)];
        Assert.That(refused, Is.EquivalentTo(new[]
        {
            MessageKind.GetHeaders, MessageKind.Announce, MessageKind.GetBlocks, MessageKind.Missing, MessageKind.GetCertificates,
            MessageKind.Have, MessageKind.GetTransactions, MessageKind.GetProof,
        }));
    }

    [TestCase(nameof(MessageKind.Digest), 8, 32_768)]
    [TestCase(nameof(MessageKind.Want), 8, 32_768)]
    public void PackedIds_OfAnotherLengthThanWholeOnes_AreRefused(string name, int unit, int limit)
    {
        MessageKind kind = Enum.Parse<MessageKind>(name);

        static void Write(ref CanonicalWriter writer, int count)
        {
            writer.WriteArrayHeader(2);
            Text(ref writer, 4);
            Bytes(ref writer, count);
        }

        Assert.That(Decode(kind, Write, limit).IsValid);
        Assert.That(Decode(kind, Write, unit).IsValid);
        Assert.That(Decode(kind, Write, unit + 1), Has.Property("Fault").EqualTo(DecodeFault.InvalidValue).And.Property("Expected").EqualTo((ulong)unit).And.Property("Found").EqualTo((ulong)unit + 1));
        Assert.That(Decode(kind, Write, limit + unit), Has.Property("Fault").EqualTo(DecodeFault.TooLong).And.Property("Expected").EqualTo((ulong)limit));
    }

    [Test]
    public void Compact_PlacesThatDoNotRise_AreRefused()
    {
        static void Write(ref CanonicalWriter writer, int second)
        {
            writer.WriteArrayHeader(4);
            Head(ref writer);
            writer.WriteUInt64(0);
            writer.WriteArrayHeader(2);
            foreach (int place in (int[])[5, second])
            {
                writer.WriteArrayHeader(2);
                writer.WriteUInt64((ulong)place);
                writer.WriteBytes([], 0);
            }

            writer.WriteBytes([], 0);
        }

        Assert.That(Decode(MessageKind.Compact, Write, 6).IsValid);
        Assert.That(Decode(MessageKind.Compact, Write, 65_535).IsValid);
        Assert.That(Decode(MessageKind.Compact, Write, 5), Has.Property("Fault").EqualTo(DecodeFault.InvalidValue).And.Property("Expected").EqualTo(6));
        Assert.That(Decode(MessageKind.Compact, Write, 65_536).Fault, Is.EqualTo(DecodeFault.OutOfRange));
    }

    [TestCase("node.example:7770", true)]
    [TestCase("192.0.2.7:1", true)]
    [TestCase("[2001:db8::7]:65535", true)]
    [TestCase("NODE.example:7770", false)]
    [TestCase("node.example:0", false)]
    [TestCase("node.example:07770", false)]
    [TestCase("[2001:db8:0::7]:7770", false)]
    [TestCase("[::ffff:192.0.2.7]:7770", false)]
    [TestCase("node.example", false)]
    [TestCase("", false)]
    public void NewAddresses_OfAnEndpoint_InOneTextOnly(string text, bool isTaken)
    {
        void Write(ref CanonicalWriter writer, int count)
        {
            One(ref writer);
            writer.WriteArrayHeader(4);
            writer.WriteString(text);
            writer.WriteHash256(Hash256.Zero);
            writer.WriteUInt64(20_000);
            writer.WriteUInt64(6);
        }

        Assert.That(Decode(MessageKind.NewAddresses, Write, 1).Fault, Is.EqualTo(isTaken ? DecodeFault.None : DecodeFault.InvalidValue));
    }

    [Test]
    public void Hello_WithAKeyOffTheCurve_OrARoleThatIsNone_IsRefused()
    {
        static void Write(ref CanonicalWriter writer, byte[] key, ulong roles)
        {
            writer.WriteArrayHeader(6);
            for (int i = 0; i < 3; i++) writer.WriteUInt64(1);
            writer.WriteFixed(key);
            writer.WriteArrayHeader(0);
            writer.WriteUInt64(roles);
        }

        byte[] good = Support.TestKeys.Public(1).AsSpan().ToArray();
        byte[] bad = [.. good];
        bad[63] ^= 1;
        Assert.That(Decode(MessageKind.Hello, (ref CanonicalWriter writer, int _) => Write(ref writer, good, 7), 0).IsValid);
        Assert.That(Decode(MessageKind.Hello, (ref CanonicalWriter writer, int _) => Write(ref writer, bad, 7), 0).Fault, Is.EqualTo(DecodeFault.InvalidValue));
        Assert.That(Decode(MessageKind.Hello, (ref CanonicalWriter writer, int _) => Write(ref writer, good, 8), 0).Fault, Is.EqualTo(DecodeFault.OutOfRange));
    }

    [Test]
    public void Block_OfALedgerWithLargerBlocks_HasItsLimit()
    {
        WireLimits limits = new() { BlockBytes = 2_000_000 };
        byte[] bytes = Write((ref CanonicalWriter writer, int count) => { writer.WriteArrayHeader(1); Bytes(ref writer, count); }, 2_000_000);
        Assert.That(MessageCodec.Decode(MessageKind.Block, bytes, limits, out _).IsValid);
        Assert.That(bytes, Has.Length.LessThanOrEqualTo(KindTable.Of(MessageKind.Block)!.LimitUnder(limits)));
        Assert.That(KindTable.Of(MessageKind.Block)!.LimitUnder(limits), Is.EqualTo(2_000_016));
    }

    private static DecodeOutcome Decode(MessageKind kind, Body body, int count) => MessageCodec.Decode(kind, Write(body, count), WireLimits.Default, out _);

    private static byte[] Write(Body body, int count)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(output);
        body(ref writer, count);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    private static int PlaceOfCount(byte[] one, byte[] none)
    {
        int place = 0;
        while (one[place] == none[place]) place++;
        // A byte string's length stands behind its leading byte.
        return one[place - 1] == 0xc4 ? place - 1 : place;
    }

    private static void One(ref CanonicalWriter writer)
    {
        writer.WriteArrayHeader(1);
        writer.WriteArrayHeader(1);
    }

    private static void ProofOf(ref CanonicalWriter writer, int count)
    {
        writer.WriteArrayHeader(2);
        writer.WriteHash256(Hash256.Zero);
        Bytes(ref writer, count);
    }

    private static void Text(ref CanonicalWriter writer, int count) => writer.WriteString(new string('a', count));

    private static void Bytes(ref CanonicalWriter writer, int count)
    {
        byte[] bytes = new byte[count];
        Array.Fill(bytes, s_byte[0]);
        writer.WriteBytes(bytes, int.MaxValue);
    }

    private static void Hashes(ref CanonicalWriter writer, int count)
    {
        writer.WriteArrayHeader(count);
        for (int i = 0; i < count; i++) writer.WriteHash256(Hash256.Zero);
    }

    private static void Ids(ref CanonicalWriter writer, int count)
    {
        writer.WriteArrayHeader(1);
        Hashes(ref writer, count);
    }

    private static void Nils(ref CanonicalWriter writer, int count)
    {
        writer.WriteArrayHeader(1);
        writer.WriteArrayHeader(count);
        for (int i = 0; i < count; i++) writer.WriteNil();
    }

    private static void Head(ref CanonicalWriter writer)
    {
        writer.WriteArrayHeader(3);
        writer.WriteBytes([], 0);
        writer.WriteBytes([], 0);
        writer.WriteNil();
    }

    private static void Heads(ref CanonicalWriter writer, int count)
    {
        writer.WriteArrayHeader(1);
        writer.WriteArrayHeader(count);
        for (int i = 0; i < count; i++) Head(ref writer);
    }

    private static void Nodes(ref CanonicalWriter writer, int count)
    {
        writer.WriteArrayHeader(1);
        writer.WriteArrayHeader(count);
        for (int i = 0; i < count; i++)
        {
            writer.WriteArrayHeader(4);
            writer.WriteString("a:1");
            writer.WriteHash256(Hash256.Zero);
            writer.WriteUInt64(0);
            writer.WriteUInt64(0);
        }
    }
}
