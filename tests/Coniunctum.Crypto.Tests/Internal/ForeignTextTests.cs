using System.Text;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Crypto.Tests.Internal;

public sealed class ForeignTextTests
{
    // One to four bytes of UTF-8 each, a line end and a character beyond U+FFFF.
    private const string Sample = "grey h\u00E4rbour 12\r\n\u20AC \u6F22\u5B57 \U0001F600\n\u0A41";

    private static readonly (TextEncoding Name, Encoding Encoding)[] s_encodings =
    [
        (TextEncoding.Utf8, new UTF8Encoding(true)),
        (TextEncoding.Utf16LittleEndian, new UnicodeEncoding(bigEndian: false, byteOrderMark: true)),
        (TextEncoding.Utf16BigEndian, new UnicodeEncoding(bigEndian: true, byteOrderMark: true)),
        (TextEncoding.Utf32LittleEndian, new UTF32Encoding(bigEndian: false, byteOrderMark: true)),
        (TextEncoding.Utf32BigEndian, new UTF32Encoding(bigEndian: true, byteOrderMark: true)),
    ];

    private static IEnumerable<TestCaseData> Encodings => s_encodings.Select(each => new TestCaseData(each.Name, each.Encoding).SetArgDisplayNames(each.Name.ToString()));

    private static IEnumerable<TestCaseData> Wide => Encodings.Skip(1);

    [TestCaseSource(nameof(Encodings))]
    public void Decode_MarkedText_IsThatTextWithoutItsMark(TextEncoding name, Encoding encoding)
    {
        foreach (string text in new[] { "", "a", "\n", Sample })
        {
            byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes(text)];
            Assert.That(Decode(bytes, out ForeignTextOutcome outcome), Is.EqualTo(text), outcome.Message);
            Assert.That(ForeignText.Decode(bytes, out ReadOnlyMemory<byte> whole).IsValid, Is.True);
            Assert.That(Encoding.UTF8.GetString(whole.Span), Is.EqualTo(text));
        }
    }

    [TestCaseSource(nameof(Encodings))]
    public void Decode_InPiecesOfEverySize_IsTheSame(TextEncoding name, Encoding encoding)
    {
        byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes(Sample)];
        for (int size = 1; size <= bytes.Length; size++)
        {
            using var decoder = new ForeignTextDecoder();
            var text = new List<byte>();
            for (int start = 0; start <= bytes.Length; start += size)
            {
                ReadOnlySpan<byte> piece = bytes.AsSpan(start, Math.Min(size, bytes.Length - start));
                byte[] room = new byte[ForeignTextDecoder.MaxUtf8Length(piece.Length)];
                Assert.That(decoder.Decode(piece, isLast: start + size > bytes.Length, room, out int written).IsValid, Is.True, Invariant($"pieces of {size}"));
                text.AddRange(room[..written]);
            }

            Assert.That(Encoding.UTF8.GetString([.. text]), Is.EqualTo(Sample), Invariant($"pieces of {size}"));
            Assert.That((decoder.Encoding, decoder.IsMarked, decoder.IsWithinCharacter), Is.EqualTo((name, true, false)));
        }
    }

    [TestCaseSource(nameof(Wide))]
    public void Decode_UnmarkedWideText_IsRefusedByName(TextEncoding name, Encoding encoding)
    {
        string expected = name switch
        {
            TextEncoding.Utf16LittleEndian => "is UTF-16 text (little-endian) without",
            TextEncoding.Utf16BigEndian => "is UTF-16 text (big-endian) without",
            TextEncoding.Utf32LittleEndian => "is UTF-32 text (little-endian) without",
            _ => "is UTF-32 text (big-endian) without",
        };
        foreach (string text in new[] { "grey harbour 12", "grey harbour 12\r\n", "gr\u00FC\u00DFe", "a" })
        {
            Decode(encoding.GetBytes(text), out ForeignTextOutcome outcome);
            Assert.That(outcome.Fault, Is.EqualTo(ForeignTextFault.Unmarked), text);
            Assert.That(outcome.Message, Does.Contain(expected), text);
        }
    }

    [TestCase(new byte[] { 0x67, 0xE4, 0x72 }, ForeignTextFault.IllFormed, 1, "byte 2 belongs to no character")] // Latin-1
    [TestCase(new byte[] { 0x67, 0xC3 }, ForeignTextFault.IllFormed, 1, "byte 2")] // cut
    [TestCase(new byte[] { 0xC0, 0x80 }, ForeignTextFault.IllFormed, 0, "byte 1")] // a longer form of U+0000
    [TestCase(new byte[] { 0xED, 0xA0, 0x80 }, ForeignTextFault.IllFormed, 0, "byte 1")] // half a surrogate pair
    [TestCase(new byte[] { 0xF5, 0x80, 0x80, 0x80 }, ForeignTextFault.IllFormed, 0, "byte 1")] // beyond U+10FFFF
    [TestCase(new byte[] { 0xEF, 0xBB, 0xBF, 0x67, 0xFF }, ForeignTextFault.IllFormed, 4, "byte 5")]
    [TestCase(new byte[] { 0xFF, 0xFE, 0x67 }, ForeignTextFault.IllFormed, 2, "UTF-16 text that its byte-order mark announces: no character stands at byte 3")] // cut
    [TestCase(new byte[] { 0xFF, 0xFE, 0x00, 0xDC }, ForeignTextFault.IllFormed, 2, "byte 3")] // the second half of a pair
    [TestCase(new byte[] { 0xFF, 0xFE, 0x00, 0xD8, 0x41, 0x00 }, ForeignTextFault.IllFormed, 2, "byte 3")] // the first half
    [TestCase(new byte[] { 0x00, 0x00, 0xFE, 0xFF, 0x00, 0x11, 0x00, 0x00 }, ForeignTextFault.IllFormed, 4, "UTF-32 text that its byte-order mark announces: no character stands at byte 5")]
    [TestCase(new byte[] { 0xFE, 0xFF, 0x00, 0x61, 0x00, 0x00 }, ForeignTextFault.Nul, 4, "U+0000 at byte 5")]
    [TestCase(new byte[] { 0x70, 0x61, 0x73, 0x73, 0x77, 0x6F, 0x72, 0x64, 0x00 }, ForeignTextFault.Nul, 8, "U+0000 at byte 9")]
    public void Decode_WhatIsNoText_SaysWhere(byte[] bytes, ForeignTextFault fault, int position, string message)
    {
        Decode(bytes, out ForeignTextOutcome outcome);
        Assert.That((outcome.Fault, outcome.Position), Is.EqualTo((fault, (long)position)), outcome.Message);
        Assert.That(outcome.Describe("The password"), Does.StartWith("The password ").And.Contain(message));
        Assert.That(ForeignText.Decode(bytes, out ReadOnlyMemory<byte> none), Is.EqualTo(outcome));
        Assert.That(none.IsEmpty, Is.True);
    }

    [Test]
    public void Decode_AfterAFault_GivesItAgain_AndWhatStoodBefore()
    {
        using var decoder = new ForeignTextDecoder();
        byte[] room = new byte[ForeignTextDecoder.MaxUtf8Length(4)];
        Assert.That(decoder.Decode("abc\xFF"u8[..3], isLast: false, room, out int written).IsValid, Is.True);
        Assert.That(written, Is.EqualTo(3));
        ForeignTextOutcome outcome = decoder.Decode([(byte)'d', 0xFF, (byte)'e'], isLast: false, room, out written);
        Assert.That((outcome.Fault, outcome.Position, written), Is.EqualTo((ForeignTextFault.IllFormed, 4L, 1)));
        Assert.That(decoder.Decode("more"u8, isLast: true, room, out written), Is.EqualTo(outcome));
        Assert.That(written, Is.Zero);
        Assert.That(() => new ForeignTextDecoder().Decode("more"u8, isLast: true, new byte[3], out _), Throws.ArgumentException);
    }

    [Test]
    public void Decode_RandomBytes_AgreesWithTheFramework()
    {
        const int seed = 20261128;
        TestContext.Out.WriteLine(Invariant($"seed {seed}"));
        var random = new Random(seed);
        int sound = 0;
        for (int i = 0; i < 20_000; i++)
        {
            // Some texts of any characters, of which every second one is broken in one byte.
            Encoding encoding = s_encodings[random.Next(s_encodings.Length)].Encoding;
            byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes(string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => AnyCharacter(random))))];
            if (i % 2 == 1) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            string? expected = Framework(bytes);
            string? text = Decode(bytes, out ForeignTextOutcome outcome);
            Assert.That(outcome.IsValid ? text : null, Is.EqualTo(expected), Convert.ToHexString(bytes));
            if (expected is not null) sound++;
        }

        Assert.That(sound, Is.InRange(10_000, 19_000));
    }

    [TestCase("grey harbour 12", "grey harbour 12")]
    [TestCase("\uFEFFgrey", "grey")]
    [TestCase("\U0001F600", "\U0001F600")]
    [TestCase("", "")]
    public void Encode_Text_IsUtf8WithoutAMark(string text, string expected)
    {
        byte[] room = new byte[64];
        Assert.That(ForeignText.Encode(text, room, out int written).IsValid, Is.True);
        Assert.That(Encoding.UTF8.GetString(room, 0, written), Is.EqualTo(expected));
    }

    [TestCase("gr\uFFFDn", ForeignTextFault.Replaced, 2)]
    [TestCase("g\0", ForeignTextFault.Nul, 1)]
    public void Encode_WhatTheSystemCouldNotDecode_IsRefused(string text, ForeignTextFault fault, int position)
    {
        ForeignTextOutcome outcome = ForeignText.Encode(text, new byte[64], out int written);
        Assert.That((outcome.Fault, outcome.Position, written), Is.EqualTo((fault, (long)position, 0)));
    }

    [Test]
    public void Encode_HalfASurrogatePair_IsRefused()
    {
        // Not as arguments: an attribute's text is kept as UTF-8, which has no halves.
        foreach ((string text, long position) in new[] { ("\uD83D", 0L), ("x\uDE00", 1L), ("\uD83Dx", 0L) })
        {
            ForeignTextOutcome outcome = ForeignText.Encode(text, new byte[64], out _);
            Assert.That((outcome.Fault, outcome.Position), Is.EqualTo((ForeignTextFault.IllFormed, position)));
        }
    }

    [Test]
    public void EveryFault_HasItsTest()
    {
        ForeignTextFault[] tested = [ForeignTextFault.Unmarked, ForeignTextFault.IllFormed, ForeignTextFault.Nul, ForeignTextFault.Replaced];
        Assert.That(tested, Is.EquivalentTo(Enum.GetValues<ForeignTextFault>().Where(fault => fault is not (ForeignTextFault.Unchecked or ForeignTextFault.None))));
        Assert.That(default(ForeignTextOutcome).IsValid, Is.False);
    }

    private static string? Decode(byte[] bytes, out ForeignTextOutcome outcome)
    {
        byte[] room = new byte[ForeignTextDecoder.MaxUtf8Length(bytes.Length)];
        outcome = ForeignText.Decode(bytes, room, out int written);
        return outcome.IsValid ? Encoding.UTF8.GetString(room, 0, written) : null;
    }

    private static string AnyCharacter(Random random)
    {
        int limit = new[] { 0x80, 0x800, 0x10000, 0x110000 }[random.Next(4)];
        int value = random.Next(1, limit);
        return value is >= 0xD800 and < 0xE000 ? "x" : char.ConvertFromUtf32(value);
    }

    /// <summary>What the framework's own decoders say: the text, or nothing where one refuses it or it holds U+0000.</summary>
    private static string? Framework(byte[] bytes)
    {
        Encoding[] strict =
        [
            new UTF32Encoding(bigEndian: false, byteOrderMark: true, throwOnInvalidCharacters: true),
            new UTF32Encoding(bigEndian: true, byteOrderMark: true, throwOnInvalidCharacters: true),
            new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true),
            new UnicodeEncoding(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true),
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true),
        ];
        Encoding encoding = strict.FirstOrDefault(each => bytes.AsSpan().StartsWith(each.Preamble)) ?? strict[^1];
        int mark = bytes.AsSpan().StartsWith(encoding.Preamble) ? encoding.Preamble.Length : 0;
        try
        {
            string text = encoding.GetString(bytes, mark, bytes.Length - mark);
            return text.Contains('\0', StringComparison.Ordinal) ? null : text;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
