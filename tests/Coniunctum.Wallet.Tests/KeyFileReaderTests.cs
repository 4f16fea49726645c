using System.Text;
using System.Text.RegularExpressions;

namespace Coniunctum.Wallet.Tests;

public sealed class KeyFileReaderTests
{
    // In the file of KeyFileSamples.Pbkdf2 or Own, as one line: what is replaced by what, the fault, and a part of its message.
    private static readonly object[][] s_changes =
    [
        ["\"version\":3", "\"version\":2", KeyFileFault.UnsupportedVersion, "version 2; expected 3"],
        ["\"version\":3", "\"version\":4294967299", KeyFileFault.UnsupportedVersion, "version is 4294967299"],
        ["\"version\":3", "\"version\":3.0", KeyFileFault.UnsupportedVersion, "3.0"],
        ["\"version\":3", "\"version\":\"3\"", KeyFileFault.WrongType, "version is a text; expected a number"],
        ["\"version\":3,", "", KeyFileFault.MissingField, "has no version"],
        ["\"version\":3", "\"version\":3,\"version\":3", KeyFileFault.DuplicateName, "version stands twice"],
        ["\"version\":3", "\"version\":3,\"Version\":3", KeyFileFault.DuplicateName, "Version stands twice"],
        ["\"version\":3", "\"version\":3,\"ver\\u0073ion\":3", KeyFileFault.DuplicateName, "version stands twice"],
        ["\"crypto\":{", "\"crypto\":{\"mac\":\"00\",", KeyFileFault.DuplicateName, "crypto.mac stands twice"],
        ["\"kdfparams\":{", "\"kdfparams\":{\"n\":4,", KeyFileFault.DuplicateName, "crypto.kdfparams.n stands twice"],
        ["\"cipherparams\":{", "\"cipherparams\":{\"iv\":\"\",", KeyFileFault.DuplicateName, "crypto.cipherparams.iv stands twice"],
        ["\"x-coniunctum\":{", "\"x-coniunctum\":{\"publicKey\":\"\",", KeyFileFault.DuplicateName, "x-coniunctum.publicKey stands twice"],
        ["\"crypto\":{", "\"crypt\":{", KeyFileFault.MissingField, "has no crypto"],
        ["\"crypto\":{", "\"crypto\":[],\"crypt\":{", KeyFileFault.WrongType, "crypto is a list; expected an object"],
        ["\"kdfparams\":{", "\"kdfparams\":null,\"old\":{", KeyFileFault.WrongType, "crypto.kdfparams is null"],
        ["aes-128-ctr", "aes-128-cbc", KeyFileFault.UnsupportedCipher, "'aes-128-cbc'; expected aes-128-ctr"],
        ["aes-128-ctr", "AES-128-CTR", KeyFileFault.UnsupportedCipher, "expected aes-128-ctr"],
        ["\"kdf\":\"scrypt\"", "\"kdf\":\"argon2\"", KeyFileFault.UnsupportedKdf, "'argon2'; expected scrypt or pbkdf2"],
        ["\"kdf\":\"scrypt\"", "\"kdf\":true", KeyFileFault.WrongType, "crypto.kdf is true or false; expected a text"],
        ["\"n\":2", "\"n\":3", KeyFileFault.CostOutOfRange, "n=3, r=1, p=1; n must be a power of two"],
        ["\"n\":2", "\"n\":1073741824", KeyFileFault.CostOutOfRange, "at most 1024 MiB"],
        ["\"n\":2", "\"n\":1099511627776", KeyFileFault.CostOutOfRange, "crypto.kdfparams.n is 1099511627776"],
        ["\"n\":2", "\"n\":1e400", KeyFileFault.CostOutOfRange, "expected a whole number"],
        ["\"n\":2", "\"n\":-2", KeyFileFault.CostOutOfRange, "n=-2"],
        ["\"n\":2", "\"n\":\"2\"", KeyFileFault.WrongType, "crypto.kdfparams.n is a text"],
        ["\"n\":2,", "", KeyFileFault.MissingField, "has no crypto.kdfparams.n"],
        ["\"r\":1", "\"r\":0", KeyFileFault.CostOutOfRange, "r=0"],
        ["\"p\":1", "\"p\":2147483647", KeyFileFault.CostOutOfRange, "p=2147483647"],
        ["\"dklen\":32", "\"dklen\":16", KeyFileFault.CostOutOfRange, "dklen is 16; expected 32"],
        ["\"salt\":\"", "\"salt\":\"\",\"old\":\"", KeyFileFault.WrongLength, "salt has 0 hexadecimal digits; expected an even number of them from 2 to 256"],
        ["\"iv\":\"", "\"iv\":\"00", KeyFileFault.WrongLength, "crypto.cipherparams.iv has 34 hexadecimal digits; expected 32"],
        ["\"mac\":\"", "\"mac\":\"0", KeyFileFault.WrongLength, "crypto.mac has 65 hexadecimal digits; expected 64"],
        ["\"ciphertext\":\"", "\"ciphertext\":\"gggg", KeyFileFault.WrongLength, "crypto.ciphertext has 68"],
        ["\"ciphertext\":\"", "\"ciphertext\":7,\"old\":\"", KeyFileFault.WrongType, "crypto.ciphertext is a number; expected a text"],
        ["\"address\":\"00", "\"address\":\"0g", KeyFileFault.NotHexadecimal, "Character 2 of address is no hexadecimal digit"],
        ["\"address\":\"00", "\"address\":\"", KeyFileFault.WrongLength, "address has 38 hexadecimal digits; expected 40"],
        ["\"address\":\"00", "\"address\":\"01", KeyFileFault.Contradiction, "does not belong to its public key"],
        ["\"address\":\"", "\"address\":null,\"old\":\"", KeyFileFault.WrongType, "address is null"],
        ["\"publicKey\":\"", "\"publicKey\":\"00", KeyFileFault.WrongLength, "x-coniunctum.publicKey has 130"],
        ["\"id\":\"", "\"id\":\"z", KeyFileFault.NotHexadecimal, "id is no UUID"],
        ["\"id\":\"", "\"id\":\"\\ud800", KeyFileFault.NotJson, "not valid Unicode"],
        ["{\"version\"", "[{\"version\"", KeyFileFault.Truncated, "in the middle of its content"],
        ["{\"version\"", "{version", KeyFileFault.NotJson, "is not JSON at line 1, byte 2"],
        ["{\"version\"", "{// comment\n\"version\"", KeyFileFault.NotJson, "is not JSON"],
        ["{\"version\"", "\uFEFF\uFEFF{\"version\"", KeyFileFault.NotJson, "is not JSON"],
        ["aes-128-ctr", "\u001b[31m\u202e", KeyFileFault.NotJson, "is not JSON"],
        ["aes-128-ctr", "\\u001b[31m\\u202e", KeyFileFault.UnsupportedCipher, "'\\u001b[31m\\u202e'; expected"],
    ];

    private static string OneLine => Regex.Replace(Encoding.UTF8.GetString(KeyFileSamples.Own()), @"\s", "");

    [TestCaseSource(nameof(s_changes))]
    public void Parse_AChangedFile_SaysWhatIsWrong(string from, string to, KeyFileFault fault, string message)
    {
        string changed = OneLine.Replace(from, to, StringComparison.Ordinal);
        Assert.That(changed, Is.Not.EqualTo(OneLine));
        KeyFileOutcome outcome = KeyFile.Read(Encoding.UTF8.GetBytes(changed), out KeyFile? file);
        Assert.That((outcome.Fault, file), Is.EqualTo((fault, (KeyFile?)null)), outcome.Message);
        Assert.That(outcome.Message, Does.Contain(message));
        Assert.That(outcome.Message, Has.Length.LessThan(250).And.Not.Contains("\n"));
    }

    [TestCase("\"c\":1", "\"c\":0", KeyFileFault.CostOutOfRange, "PBKDF2 with 0 iterations; expected 1 to 10000000")]
    [TestCase("\"c\":1", "\"c\":10000001", KeyFileFault.CostOutOfRange, "10000001 iterations")]
    [TestCase("hmac-sha256", "hmac-sha1", KeyFileFault.UnsupportedKdf, "'hmac-sha1'; expected hmac-sha256")]
    public void Parse_AChangedFileWithPbkdf2_SaysWhatIsWrong(string from, string to, KeyFileFault fault, string message)
    {
        string changed = Encoding.UTF8.GetString(KeyFileSamples.Pbkdf2()).Replace(from, to, StringComparison.Ordinal);
        KeyFileOutcome outcome = KeyFile.Read(Encoding.UTF8.GetBytes(changed), out _);
        Assert.That(outcome.Fault, Is.EqualTo(fault));
        Assert.That(outcome.Message, Does.Contain(message));
    }

    [Test]
    public void Parse_EveryTruncation_IsRefused()
    {
        byte[] file = KeyFileSamples.Own();
        int last = file.AsSpan().LastIndexOf((byte)'}');
        for (int length = 0; length <= last; length++)
            Assert.That(KeyFile.Read(file.AsSpan(0, length), out _).Fault, Is.EqualTo(KeyFileFault.Truncated), $"{length} bytes");
        Assert.That(KeyFile.TryParse(file.AsSpan(0, last + 1), out _), Is.True);
    }

    [TestCase("{}")]
    [TestCase("x")]
    [TestCase(",")]
    public void Parse_SomethingBehindTheContent_IsRefused(string trailing)
    {
        KeyFileOutcome outcome = KeyFile.Read([.. KeyFileSamples.Own(), .. Encoding.UTF8.GetBytes(trailing)], out _);
        Assert.That(outcome.Fault, Is.EqualTo(KeyFileFault.TrailingContent));
    }

    [Test]
    public void Parse_BlanksAround_AreAllowed() =>
        Assert.That(KeyFile.TryParse([.. " \r\n\t"u8, .. KeyFileSamples.Own(), .. "\r\n \t"u8], out _), Is.True);

    public static IEnumerable<Encoding> Marked =>
    [
        new UTF8Encoding(true), new UnicodeEncoding(false, true), new UnicodeEncoding(true, true), new UTF32Encoding(false, true), new UTF32Encoding(true, true),
    ];

    [TestCaseSource(nameof(Marked))]
    public void Parse_AFileOfAnEditorThatMarksIts_IsTheSameFile(Encoding encoding)
    {
        byte[] marked = [.. encoding.GetPreamble(), .. encoding.GetBytes(OneLine)];
        Assert.That(KeyFile.TryParse(marked, out KeyFile? file), Is.True);
        Assert.That(file!.ToJson(), Is.EqualTo(KeyFileSamples.Own()));
    }

    [Test]
    public void Parse_UnmarkedUtf16AndLatin1_AreNamed()
    {
        Assert.That(KeyFile.Read(Encoding.Unicode.GetBytes(OneLine), out _).Message, Is.EqualTo("The keystore file is UTF-16 text (little-endian) without a byte-order mark; save it as UTF-8."));
        Assert.That(KeyFile.Read(Encoding.Latin1.GetBytes(OneLine.Replace("{\"version", "{\"n\u00E4me\":1,\"version", StringComparison.Ordinal)), out _).Message, Does.StartWith("The keystore file is not UTF-8 text: byte 4 "));
    }

    [TestCase("0x")]
    [TestCase("0X")]
    [TestCase(" ")]
    public void Parse_DigitsInAnotherSpelling_AreTheSame(string before)
    {
        string changed = OneLine.Replace("\"mac\":\"", "\"mac\":\"" + before, StringComparison.Ordinal).Replace("\"address\":\"", "\"address\":\"" + before, StringComparison.Ordinal);
        Assert.That(KeyFile.TryParse(Encoding.UTF8.GetBytes(changed), out KeyFile? file), Is.True);
        Assert.That(file!.ToJson(), Is.EqualTo(KeyFileSamples.Own()));
    }

    [Test]
    public void Parse_ALongFile_IsRefusedBeforeItIsRead()
    {
        byte[] file = KeyFileSamples.Own();
        Array.Resize(ref file, 65_536);
        file.AsSpan(KeyFileSamples.Own().Length).Fill((byte)' ');
        Assert.That(KeyFile.TryParse(file, out _), Is.True);
        Assert.That(KeyFile.Read([.. file, (byte)' '], out _).Fault, Is.EqualTo(KeyFileFault.TooLong));
    }

    [Test]
    public void Parse_DeepNesting_IsRefused() =>
        Assert.That(KeyFile.Read(Encoding.ASCII.GetBytes(new string('[', 60_000)), out _).Fault, Is.EqualTo(KeyFileFault.NotJson));

    [TestCase("[]")]
    [TestCase("\"text\"")]
    [TestCase("null ")]
    [TestCase("3 ")]
    public void Parse_AnotherValueThanAnObject_IsRefused(string json) =>
        Assert.That(KeyFile.Read(Encoding.ASCII.GetBytes(json), out _).Fault, Is.EqualTo(KeyFileFault.WrongType));

    [Test]
    public void Parse_UnknownFields_AreIgnored()
    {
        string changed = OneLine.Replace("{\"version\"", "{\"x-ethers\":{\"a\":[1,{\"a\":null}]},\"name\":\"\uD83D\uDE00\",\"version\"", StringComparison.Ordinal);
        Assert.That(KeyFile.TryParse(Encoding.UTF8.GetBytes(changed), out _), Is.True);
    }

    [Test]
    public void Parse_RandomBytesAndMutations_NeverThrows()
    {
        const int seed = 20261121;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        byte[] original = KeyFileSamples.Own();
        int refused = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = i % 4 == 0 ? new byte[random.Next(200)] : [.. original];
            if (i % 4 == 0) random.NextBytes(bytes);
            for (int change = random.Next(1, 6); change > 0 && bytes.Length > 0; change--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (!KeyFile.TryParse(bytes, out _)) refused++;
        }

        Assert.That(refused, Is.GreaterThan(10_000));
    }

    [Test]
    public void EveryFault_HasItsTest()
    {
        KeyFileFault[] elsewhere = [KeyFileFault.NotFound, KeyFileFault.TooLong, KeyFileFault.TrailingContent, KeyFileFault.NoAddress, KeyFileFault.WrongPassword, KeyFileFault.OtherKey, KeyFileFault.NotAKey];
        IEnumerable<KeyFileFault> tested = s_changes.Select(change => (KeyFileFault)change[2]).Concat(elsewhere).Distinct();
        Assert.That(tested, Is.EquivalentTo(Enum.GetValues<KeyFileFault>().Where(fault => fault is not (KeyFileFault.Unchecked or KeyFileFault.None))));
    }
}
