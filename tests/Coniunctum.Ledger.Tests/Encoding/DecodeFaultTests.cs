using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Ledger.Tests.Encoding;

public class DecodeFaultTests
{
    private delegate void Reading(ref CanonicalReader reader);

    [Test]
    public void Default_IsNoSuccess()
    {
        Assert.That(default(DecodeOutcome).Fault, Is.EqualTo(DecodeFault.Unchecked));
        Assert.That(default(DecodeOutcome).IsValid, Is.False);
        Assert.That(default(DecodeOutcome).ToString(), Is.EqualTo("The input was not read to its end."));
    }

    [TestCaseSource(nameof(Cases))]
    public void ToString_EveryKind_SaysWhatIsWrongAndWhere(DecodeFault kind, string hex, Delegate reading, string expected)
    {
        var reader = new CanonicalReader(Convert.FromHexString(hex));
        ((Reading)reading)(ref reader);
        DecodeOutcome outcome = reader.End();

        Assert.That(outcome.Fault, Is.EqualTo(kind));
        Assert.That(outcome.ToString(), Is.EqualTo(expected));
    }

    [Test]
    public void Cases_CoverEveryKind() => Assert.That(
        Cases().Select(data => (DecodeFault)data.Arguments[0]!).Distinct(),
        Is.EquivalentTo(Enum.GetValues<DecodeFault>().Except([DecodeFault.Unchecked])));

    [Test]
    public void NameOf_EveryLeadingByte_IsKnownAndApartFromTheProfile()
    {
        string[] outside = ["a map", "a float", "a signed integer", "an extension", "a byte that MessagePack never uses"];
        int excluded = 0;
        for (int lead = 0; lead < 256; lead++)
        {
            bool isOutside = LeadByte.Describe((byte)lead).Type == CanonicalType.Unspecified;
            Assert.That(outside.Contains(LeadByte.NameOf((byte)lead)), Is.EqualTo(isOutside), $"0x{lead:x2}");
            excluded += isOutside ? 1 : 0;
        }

        // 18 maps, 2 floats, 36 signed integers, 8 extensions, 1 unused.
        Assert.That(excluded, Is.EqualTo(65));
    }

    private static IEnumerable<TestCaseData> Cases()
    {
        yield return Case(DecodeFault.None, "05", (ref r) => r.ReadUInt64(), "No fault.");
        yield return Case(DecodeFault.Truncated, "", (ref r) => r.ReadUInt64(), "At byte 0: the input ends inside an unsigned integer, which needs 1 or more further bytes, but 0 are left.");
        yield return Case(DecodeFault.Truncated, "cd01", (ref r) => r.ReadUInt64(), "At byte 0: the input ends inside an unsigned integer, which needs 2 or more further bytes, but 1 are left.");
        yield return Case(DecodeFault.Truncated, "c40501", (ref r) => r.ReadBytes(9), "At byte 0: the input ends inside a byte string, which needs 5 or more further bytes, but 1 are left.");
        yield return Case(DecodeFault.WrongType, "c0", (ref r) => r.ReadUInt64(), "At byte 0: expected an unsigned integer, found nil (leading byte 0xc0).");
        yield return Case(DecodeFault.WrongType, "9181a0c0", (ref r) => r.SkipItem(9), "At byte 1: expected a value, found a map (leading byte 0x81).");
        yield return Case(DecodeFault.WrongType, "ff", (ref r) => r.ReadBoolean(), "At byte 0: expected a boolean, found a signed integer (leading byte 0xff).");
        yield return Case(DecodeFault.NotShortest, "cd00ff", (ref r) => r.ReadUInt64(), "At byte 0: an unsigned integer is not in its shortest form: 255 stands where only 256 and more may.");
        yield return Case(DecodeFault.WrongLength, "920102", (ref r) => r.ReadArrayHeader(3), "At byte 0: expected an array of exactly 3 items, found 2.");
        yield return Case(DecodeFault.WrongLength, "c40101", (ref r) => r.ReadHash256(), "At byte 0: expected a byte string of exactly 32 bytes, found 1.");
        yield return Case(DecodeFault.TooLong, "a26161", (ref r) => r.ReadString(1), "At byte 0: expected a text of at most 1 bytes, found 2 or more.");
        yield return Case(DecodeFault.TooLong, "920102", (ref r) => r.SkipItem(2), "At byte 0: expected a value of at most 2 bytes, found 3 or more.");
        yield return Case(DecodeFault.OutOfRange, "0506", (ref r) => { r.ReadUInt64(); r.ReadUInt64(5); }, "At byte 1: expected an unsigned integer of at most 5, found 6.");
        yield return Case(DecodeFault.InvalidText, "a180", (ref r) => r.ReadString(1), "At byte 0: the text is not valid UTF-8.");
        yield return Case(DecodeFault.TooDeep, string.Concat(Enumerable.Repeat("91", 40)), (ref r) => r.SkipItem(99), "At byte 32: arrays are nested deeper than 32 levels.");
        yield return Case(DecodeFault.TrailingBytes, "050607", (ref r) => r.ReadUInt64(), "At byte 1: expected the end of the input, found 2 further bytes.");
        yield return Case(DecodeFault.InvalidValue, "0506", (ref r) => { r.ReadUInt64(); r.ReadUInt64(); r.Reject(7, 6); }, "At byte 1: expected the value 7, found 6.");

        static TestCaseData Case(DecodeFault kind, string hex, Reading reading, string expected) =>
            new TestCaseData(kind, hex, reading, expected).SetArgDisplayNames(kind.ToString(), hex.Length > 20 ? "deep" : hex);
    }
}
