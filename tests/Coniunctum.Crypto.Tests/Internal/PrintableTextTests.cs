using Coniunctum.Crypto.Internal;


namespace Coniunctum.Crypto.Tests.Internal;

public sealed class PrintableTextTests
{
    [TestCase("/chains/j\u00F6rg/\u6F22\u5B57 \U0001F600.db", "/chains/j\u00F6rg/\u6F22\u5B57 \U0001F600.db")]
    [TestCase("a\nb", "a\\u000ab")]
    [TestCase("a\r\n\tb", "a\\u000d\\u000a\\u0009b")]
    [TestCase("\u001B[31mred\u001B[0m", "\\u001b[31mred\\u001b[0m")]
    [TestCase("\u009B31m", "\\u009b31m")]
    [TestCase("a\u2028b\u2029c\u0085d", "a\\u2028b\\u2029c\\u0085d")]
    [TestCase("invoice\u202Efdp.db", "invoice\\u202efdp.db")]
    [TestCase("\uFEFFa\u200Bb\u2066", "\\ufeffa\\u200bb\\u2066")]
    [TestCase("\U000E0041", "\\udb40\\udc41")]
    [TestCase("\0", "\\u0000")]
    [TestCase("", "")]
    public void Of_ForeignText_IsOneLineOfWhatIsSeen(string text, string expected) => Assert.That(PrintableText.Of(text), Is.EqualTo(expected));

    [TestCase("abc", 3, "abc")]
    [TestCase("abcd", 3, "abc\u2026")]
    [TestCase("a\n\nb", 2, "a\\u000a\u2026")]
    [TestCase("ab\U0001F600", 3, "ab\u2026")]
    [TestCase("a", 0, "\u2026")]
    public void Of_LongText_IsCutBetweenCharacters(string text, int most, string expected)
    {
        Assert.That(PrintableText.Of(text, most), Is.EqualTo(expected));
        Assert.That(PrintableText.Of(System.Text.Encoding.UTF8.GetBytes(text), most), Is.EqualTo(expected));
    }

    [Test]
    public void Of_EveryCharacter_IsNeitherAControlNorAFormatNorALineEnd()
    {
        for (int value = 0; value <= char.MaxValue; value++)
        {
            string shown = PrintableText.Of([(char)value]);
            Assert.That(shown.Any(c => char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' or '\u202E' or '\u200F'), Is.False, Invariant($"U+{value:X4}"));
        }
    }

    [Test]
    public void Of_HalvesOfSurrogatePairs_AreWrittenOut() => Assert.That(PrintableText.Of("\uDE00\uD83Dx"), Is.EqualTo("\\ude00\\ud83dx"));

    [Test]
    public void Of_BytesThatAreNoText_ShowsWhereTheyWere() =>
        Assert.That(PrintableText.Of([0x61, 0xFF, 0x0A, 0x62]), Is.EqualTo("a\uFFFD\\u000ab"));

    [Test]
    public void Of_ANegativeLength_IsRefused() =>
        Assert.That(() => PrintableText.Of("a", -1), Throws.TypeOf<ArgumentOutOfRangeException>());
}
