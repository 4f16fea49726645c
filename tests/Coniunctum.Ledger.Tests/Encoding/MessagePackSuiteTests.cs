using System.Globalization;
using System.Text.Json;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Ledger.Tests.Encoding;

/// <summary>The published suite: several encodings of each value, of which the profile accepts one or none.</summary>
public class MessagePackSuiteTests
{
    private static readonly string SuitePath = VectorFile.PathOf("msgpack-test-suite.json");

    [Test]
    public void Suite_IsWhole() => Assert.That(Entries().Sum(entry => entry.Encodings.Length), Is.EqualTo(233));

    [TestCaseSource(nameof(InsideProfile))]
    public void Read_ValueInsideProfile_AcceptsTheShortestEncodingOnly(string expected, byte[][] encodings)
    {
        var accepted = new List<byte[]>();
        foreach (byte[] encoding in encodings)
        {
            var skipping = new CanonicalReader(encoding);
            skipping.SkipItem(int.MaxValue);
            DecodeOutcome outcome = skipping.End();
            var reader = new CanonicalReader(encoding);
            object? value = AnyValue.Read(ref reader, encoding);
            Assert.That(reader.End(), Is.EqualTo(outcome), "reading and skipping agree");

            if (!outcome.IsValid)
            {
                Assert.That(outcome.Fault, Is.EqualTo(DecodeFault.NotShortest).Or.EqualTo(DecodeFault.WrongType));
                continue;
            }

            accepted.Add(encoding);
            Assert.That(AnyValue.Describe(value), Is.EqualTo(expected));
            Assert.That(AnyValue.Encode(value), Is.EqualTo(encoding));
        }

        Assert.That(accepted, Has.Count.EqualTo(1));
        // Floats can be shorter than the integers that they equal, and are no form of an integer here.
        IEnumerable<byte[]> forms = encodings.Where(encoding => LeadByte.Describe(encoding[0]).Type != CanonicalType.Unspecified);
        Assert.That(accepted[0], Has.Length.EqualTo(forms.Min(form => form.Length)));
    }

    [TestCaseSource(nameof(OutsideProfile))]
    public void Read_ValueOutsideProfile_IsRejected(byte[] encoding)
    {
        var reader = new CanonicalReader(encoding);
        reader.SkipItem(int.MaxValue);

        Assert.That(reader.End().Fault, Is.EqualTo(DecodeFault.WrongType).Or.EqualTo(DecodeFault.NotShortest));
    }

    private static IEnumerable<TestCaseData> InsideProfile() =>
        from entry in Entries()
        where entry.Expected is not null
        select new TestCaseData(entry.Expected, entry.Encodings).SetArgDisplayNames(entry.Expected[..Math.Min(entry.Expected.Length, 40)]);

    private static IEnumerable<TestCaseData> OutsideProfile() =>
        from entry in Entries()
        where entry.Expected is null
        from encoding in entry.Encodings
        select new TestCaseData(encoding).SetArgDisplayNames(Convert.ToHexStringLower(encoding));

    private static IEnumerable<(string? Expected, byte[][] Encodings)> Entries()
    {
        using JsonDocument suite = JsonDocument.Parse(File.ReadAllText(SuitePath));
        foreach (JsonElement entry in suite.RootElement.EnumerateObject().SelectMany(file => file.Value.EnumerateArray()))
        {
            byte[][] encodings = [.. entry.GetProperty("msgpack").EnumerateArray().Select(text => FromHex(text.GetString()!))];
            yield return (Expected(entry), encodings);
        }
    }

    /// <summary>The value as <see cref="AnyValue.Describe"/> says it; null when the profile excludes it.</summary>
    private static string? Expected(JsonElement entry)
    {
        // Where a number is too large for JSON readers, the suite gives its digits as "bignum" too.
        JsonProperty property = entry.EnumerateObject().First(item => !item.NameEquals("msgpack") && !(item.NameEquals("number") && entry.TryGetProperty("bignum", out _)));
        return property.Name switch
        {
            "binary" => AnyValue.Describe(FromHex(property.Value.GetString()!)),
            "bignum" => AsNumber(property.Value.GetString()!),
            "nil" or "bool" or "number" or "string" or "array" => Plain(property.Value),
            _ => null,
        };
    }

    private static string? Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => AnyValue.Describe(null),
        JsonValueKind.True or JsonValueKind.False => AnyValue.Describe(value.GetBoolean()),
        JsonValueKind.String => AnyValue.Describe(value.GetString()),
        JsonValueKind.Number => AsNumber(value.GetRawText()),
        JsonValueKind.Array => value.EnumerateArray().Any(item => Plain(item) is null)
            ? null
            : $"[{string.Join(", ", value.EnumerateArray().Select(Plain))}]",
        _ => null,
    };

    private static string? AsNumber(string digits) =>
        ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? AnyValue.Describe(number) : null;

    private static byte[] FromHex(string text) => Convert.FromHexString(text.Replace("-", "", StringComparison.Ordinal));
}
