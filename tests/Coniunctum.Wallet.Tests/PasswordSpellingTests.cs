using System.Text;

namespace Coniunctum.Wallet.Tests;

public sealed class PasswordSpellingTests
{
    private const string Composed = "holds an accented letter as one character (composed); typed as a letter and an accent (decomposed)";
    private const string Decomposed = "holds an accented letter as a letter and an accent (decomposed); typed as one character (composed)";

    [TestCase("caf\u00E9 au lait", Composed)]
    [TestCase("cafe\u0301 au lait", Decomposed)]
    [TestCase("\uD55C\uAE00", Composed)] // Hangul
    [TestCase("\u1112\u1161\u11AB", Decomposed)]
    [TestCase("\u304C", Composed)] // a voiced kana
    [TestCase("\u304B\u3099", Decomposed)]
    [TestCase("\u0439", Composed)] // Cyrillic
    [TestCase("Stra\u00DFe", "outside of ASCII")]
    [TestCase("\u6F22\u5B57", "outside of ASCII")]
    [TestCase("\uFEFFgrey harbour 12", "begins with a byte-order mark")]
    public void TryDecrypt_AWrongPasswordThatCanBeWrittenInTwoWays_SaysSo(string password, string expected)
    {
        Assert.That(KeyFile.TryParse(KeyFileSamples.Own(), out KeyFile? file), Is.True);
        KeyFileOutcome outcome = file!.Decrypt(Encoding.UTF8.GetBytes(password), out _);
        Assert.That(outcome.Fault, Is.EqualTo(KeyFileFault.WrongPassword));
        Assert.That(outcome.Message, Does.StartWith("The password is wrong, or the keystore file was changed. ").And.Contain(expected));
        Assert.That(outcome.Message, Does.Not.Contain(password));
    }

    [Test]
    public void TryDecrypt_BytesThatAreNoText_SaysSo()
    {
        Assert.That(KeyFile.TryParse(KeyFileSamples.Own(), out KeyFile? file), Is.True);
        Assert.That(file!.Decrypt([0x63, 0x61, 0x66, 0xE9], out _).Message, Does.EndWith("The password is not UTF-8 text."));
    }

    [Test]
    public void TryDecrypt_AWrongPasswordInAscii_SaysNothingOfSpelling()
    {
        Assert.That(KeyFile.TryParse(KeyFileSamples.Own(), out KeyFile? file), Is.True);
        Assert.That(file!.Decrypt("wrong"u8, out _).Message, Is.EqualTo("The password is wrong, or the keystore file was changed."));
    }
}
