namespace Coniunctum.Crypto.Tests;

/// <summary>The test vectors of BIP-350 (github.com/bitcoin/bips, bip-0350.mediawiki, "Test vectors for Bech32m").</summary>
public sealed class Bech32mTests
{
    private static readonly string[] ValidTexts =
    [
        "A1LQFN3A",
        "a1lqfn3a",
        "an83characterlonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11sg7hg6",
        "abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx",
        "11llllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllludsr8",
        "split1checkupstagehandshakeupstreamerranterredcaperredlc445v",
        "?1v759aa",
    ];

    private static readonly TestCaseData[] InvalidTexts =
    [
        new("\u00201xj0phk", AddressFault.InvalidCharacter), // prefix character out of range
        new("\u007F1g6xzxy", AddressFault.InvalidCharacter),
        new("\u00801vctc34", AddressFault.InvalidCharacter),
        new("an84characterslonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11d6pts4", AddressFault.WrongLength),
        new("qyrz8wqd2c9m", AddressFault.MissingPrefix),
        new("1qyrz8wqd2c9m", AddressFault.MissingPrefix),
        new("y1b0jsk6g", AddressFault.InvalidCharacter), // data character that the alphabet lacks
        new("lt1igcx5c0", AddressFault.InvalidCharacter),
        new("in1muywd", AddressFault.WrongLength), // checksum too short
        new("mm1crxm3i", AddressFault.InvalidCharacter),
        new("au1s5cgom", AddressFault.InvalidCharacter),
        new("M1VUXWEZ", AddressFault.BadChecksum), // checksum calculated with the prefix in uppercase
        new("16plkw9", AddressFault.MissingPrefix),
        new("1p2gdwpf", AddressFault.MissingPrefix),
    ];

    [TestCaseSource(nameof(ValidTexts))]
    public void Decode_ValidText_IsAcceptedAndEncodesBack(string text)
    {
        Span<byte> values = stackalloc byte[90];

        AddressOutcome split = Bech32m.Split(text, values, out ReadOnlySpan<char> prefix, out int count);
        AddressOutcome checksum = Bech32m.VerifyChecksum(prefix, values[..count]);

        Assert.That(split.Fault, Is.EqualTo(AddressFault.None));
        Assert.That(checksum.Fault, Is.EqualTo(AddressFault.None));
#pragma warning disable CA1308 // The form's own lowercase is meant.
        string lower = text.ToLowerInvariant();
        Assert.That(Bech32m.Encode(prefix.ToString().ToLowerInvariant(), values[..(count - 6)]), Is.EqualTo(lower));
#pragma warning restore CA1308
    }

    [TestCaseSource(nameof(InvalidTexts))]
    public void Decode_InvalidText_IsRefusedWithItsFault(string text, AddressFault expected)
    {
        Span<byte> values = stackalloc byte[90];

        AddressOutcome outcome = Bech32m.Split(text, values, out ReadOnlySpan<char> prefix, out int count);
        if (outcome.IsValid) outcome = Bech32m.VerifyChecksum(prefix, values[..count]);

        Assert.That(outcome.Fault, Is.EqualTo(expected), outcome.Message);
    }

    [TestCase("")]
    [TestCase("Up")]
    [TestCase("a b")]
    [TestCase("\u00E9")]
    public void Encode_PrefixThatCannotBeWritten_Throws(string prefix) =>
        Assert.That(() => Bech32m.Encode(prefix, [0]), Throws.ArgumentException);

    [Test]
    public void Encode_MoreThan90Characters_Throws()
    {
        Assert.That(Bech32m.Encode("a", new byte[82]), Has.Length.EqualTo(90));
        Assert.That(() => Bech32m.Encode("a", new byte[83]), Throws.ArgumentException);
    }
}
