using System.Text.Json;

namespace Coniunctum.Wallet.Tests;

public sealed class MnemonicTests
{
    private const string Twelve = "legal winner thank year wave sausage worth useful legal winner thank yellow";

    [Test]
    public void Words_AreThoseOfTheList()
    {
        string[] published = [.. VectorFile.ReadLines("secp256k1/bip39_english.txt")];
        Assert.That(published, Has.Length.EqualTo(2048));
        Assert.That(Enumerable.Range(0, 2048).Select(EnglishWords.At), Is.EqualTo(published));
        Assert.That(published.Select(word => EnglishWords.IndexOf_Vartime(word)), Is.EqualTo(Enumerable.Range(0, 2048)));
        Assert.That(published.Max(word => word.Length), Is.EqualTo(8));
    }

    [Test]
    public void PublishedVectors_AllMatch()
    {
        JsonElement[] vectors = [.. JsonElement.Parse(VectorFile.ReadText("secp256k1/bip39_english_vectors.json")).GetProperty("english").EnumerateArray()];
        Assert.That(vectors, Has.Length.EqualTo(24));
        foreach (JsonElement vector in vectors)
        {
            string[] fields = [.. vector.EnumerateArray().Select(field => field.GetString()!)];
            using Mnemonic made = Mnemonic.FromEntropy(Convert.FromHexString(fields[0]));
            Assert.That(TextOf(made), Is.EqualTo(fields[1]));
            Assert.That(Mnemonic.TryParse(fields[1], out Mnemonic? read), Is.True);

            byte[] entropy = new byte[32];
            Assert.That(Convert.ToHexStringLower(entropy.AsSpan(0, read!.CopyEntropyTo(entropy))), Is.EqualTo(fields[0]));
            byte[] seed = new byte[64];
            Assert.That(read.DeriveSeed("TREZOR", seed).IsValid, Is.True);
            Assert.That(Convert.ToHexStringLower(seed), Is.EqualTo(fields[2]));
            using ExtendedKey master = ExtendedKey.FromSeed(seed);
            char[] text = new char[ExtendedKey.MaxTextLength];
            Assert.That(new string(text, 0, master.CopyTo(text)), Is.EqualTo(fields[3]));
            read.Dispose();
        }
    }

    [TestCase(12)]
    [TestCase(15)]
    [TestCase(18)]
    [TestCase(21)]
    [TestCase(24)]
    public void Generate_ThenParse_IsTheSame(int words)
    {
        for (int i = 0; i < 100; i++)
        {
            using Mnemonic made = Mnemonic.Generate(SystemEntropy.Instance, words);
            string text = TextOf(made);
            Assert.That(text.Split(' '), Has.Length.EqualTo(words));
            Assert.That(Mnemonic.TryParse(text.ToUpperInvariant().Replace(" ", " \t\r\n ", StringComparison.Ordinal), out Mnemonic? read), Is.True);
            Assert.That(TextOf(read!), Is.EqualTo(text));
            Assert.That(read!.WordCount, Is.EqualTo(words));
            read.Dispose();
        }
    }

    [TestCase("", 0)]
    [TestCase("legal winner", 2)]
    [TestCase(Twelve + " legal", 13)]
    [TestCase(Twelve + " " + Twelve + " " + Twelve, 36)]
    public void Parse_AnotherNumberOfWords_IsRefused(string text, int count)
    {
        MnemonicOutcome outcome = Mnemonic.Read(text, out Mnemonic? mnemonic);
        Assert.That(outcome.Fault, Is.EqualTo(MnemonicFault.WrongCount));
        Assert.That(outcome.Message, Does.Contain(Invariant($"There are {count} words")));
        Assert.That(mnemonic, Is.Null);
    }

    [TestCase("winer", "winner", "wine")]
    [TestCase("winenr", "winner")]
    [TestCase("winners", "winner")]
    [TestCase("wnnier", "winner")]
    [TestCase("WINERR", "winner")]
    public void Parse_AWordThatIsNotInTheList_NamesItsPlaceAndNearOnes(string typed, params string[] near)
    {
        MnemonicOutcome outcome = Mnemonic.Read(Twelve.Replace("legal winner thank year", $"legal {typed} thank year", StringComparison.Ordinal), out _);
        Assert.That((outcome.Fault, outcome.Position), Is.EqualTo((MnemonicFault.UnknownWord, 1)));
        Assert.That(outcome.Message, Does.Contain("Word 2").And.Not.Contain(typed).And.Not.Contain("winner"));
        Assert.That(outcome.NearWords, Is.SupersetOf(near).And.Length.LessThanOrEqualTo(4));
    }

    // Four letters tell all words apart; people keep them on metal.
    [TestCase("aban", "abandon")]
    [TestCase("yell", "yellow")]
    [TestCase("SAUS", "sausage")]
    public void Parse_AShortenedWord_SuggestsTheWholeOneFirst(string typed, string expected)
    {
        MnemonicOutcome outcome = Mnemonic.Read(typed, out _);
        Assert.That((outcome.Fault, outcome.NearWords[0]), Is.EqualTo((MnemonicFault.UnknownWord, expected)));
    }

    // NFKD makes a blank of each but the line and paragraph separators.
    [TestCase("\t")]
    [TestCase("\u3000")]
    [TestCase("\u00A0")]
    [TestCase("\u2003")]
    [TestCase("\u202F")]
    [TestCase("\u2028")]
    [TestCase("\r\n\f\v ")]
    public void Parse_WordsWithAnyBlanksBetween_AreTheSameWords(string blank)
    {
        string text = blank + Twelve.Replace(" ", blank, StringComparison.Ordinal) + blank;
        Assert.That(Mnemonic.TryParse(text, out Mnemonic? mnemonic), Is.True);
        Assert.That(TextOf(mnemonic!), Is.EqualTo(Twelve));
        mnemonic!.Dispose();
    }

    [Test]
    public void Parse_WideLetters_AreTheSameWords()
    {
        string wide = string.Concat(Twelve.Select(c => c == ' ' ? '\u3000' : (char)(c - 'a' + '\uFF41')));
        Assert.That(Mnemonic.TryParse(wide, out Mnemonic? mnemonic), Is.True);
        Assert.That(TextOf(mnemonic!), Is.EqualTo(Twelve));
        mnemonic!.Dispose();
    }

    // Electrum's tests (electrum/tests/test_mnemonic.py): a seed with witnesses, and a standard one.
    [TestCase("wild father tree among universe such mobile favorite target dynamic credit identify")]
    [TestCase("cycle rocket west magnet parrot shuffle foot correct salt library feed song")]
    public void Parse_ASeedOfElectrum_IsNamed(string words)
    {
        MnemonicOutcome outcome = Mnemonic.Read(words, out Mnemonic? mnemonic);
        Assert.That((outcome.Fault, mnemonic), Is.EqualTo((MnemonicFault.OtherScheme, (Mnemonic?)null)));
        Assert.That(outcome.Message, Does.Contain("Electrum"));
    }

    // BIP-39's Spanish list, and the first words of Monero's.
    [TestCase("\u00E1baco \u00E1baco \u00E1baco \u00E1baco \u00E1baco \u00E1baco \u00E1baco \u00E1baco \u00E1baco \u00E1baco \u00E1baco abierto", 11)]
    [TestCase("abbey abducts ability ablaze abnormal abort abrasive absorb abyss academy aces aching acidic", 12)]
    public void Parse_WordsOfAnotherList_SaysSo(string words, int others)
    {
        MnemonicOutcome outcome = Mnemonic.Read(words, out _);
        Assert.That(outcome.Fault, Is.EqualTo(MnemonicFault.UnknownWord));
        Assert.That(outcome.Message, Does.Contain(Invariant($"of the other {others}: they are of another language")));
        Assert.That(outcome.NearWords, Is.Empty);
    }

    [TestCase("legal", "There is 1 word;")]
    [TestCase(Twelve + " legal", "There are 13 words; expected 12, 15, 18, 21 or 24. The last one may be a passphrase")]
    public void Parse_AnotherNumberOfWords_SaysWhatItMayBe(string words, string expected) =>
        Assert.That(Mnemonic.Read(words, out _).Message, Does.StartWith(expected));

    [TestCase("x")]
    [TestCase("qqqqqqqqqqqqqqqqqqqqqqqq")]
    [TestCase("w\u00EFnner")]
    public void Parse_AWordThatResemblesNone_IsRefused(string typed)
    {
        MnemonicOutcome outcome = Mnemonic.Read(typed + Twelve[5..], out _);
        Assert.That((outcome.Fault, outcome.Position), Is.EqualTo((MnemonicFault.UnknownWord, 0)));
        Assert.That(outcome.NearWords.Length, Is.LessThanOrEqualTo(4));
    }

    [Test]
    public void Parse_WordsInTheList_FailTheChecksumAsOftenAsItPromises()
    {
        // Four bits: one in sixteen changes passes.
        string[] words = Twelve.Split(' ');
        int passed = 0;
        for (int i = 0; i < 2048; i++)
        {
            words[4] = EnglishWords.At(i);
            MnemonicOutcome outcome = Mnemonic.Read(string.Join(' ', words), out Mnemonic? mnemonic);
            Assert.That(outcome.Fault, Is.EqualTo(MnemonicFault.None).Or.EqualTo(MnemonicFault.BadChecksum).Or.EqualTo(MnemonicFault.OtherScheme));
            if (outcome.IsValid) passed++;
            mnemonic?.Dispose();
        }

        Assert.That(passed, Is.InRange(80, 176));
    }

    [Test]
    public void DeriveSeed_APassphraseOutsideAscii_IsRefusedWhereItCannotBeNormalised()
    {
        Assert.That(Mnemonic.TryParse(Twelve, out Mnemonic? mnemonic), Is.True);
        byte[] seed = new byte[64];
        seed.AsSpan().Fill(7);

        MnemonicOutcome outcome = mnemonic!.DeriveSeed("caf\u00E9", seed);

        // PassphraseTests starts processes with the invariant globalization and without it, and knows the seed.
        Assert.That(outcome.Fault, Is.EqualTo(Passphrase.CanNormalize ? MnemonicFault.None : MnemonicFault.NormalizationUnavailable));
        Assert.That(seed, Passphrase.CanNormalize ? Has.Some.Not.EqualTo(7) : Is.All.Zero);
        mnemonic.Dispose();
    }

    [Test]
    public void DeriveSeed_APassphraseThatIsTooLong_IsRefused()
    {
        using Mnemonic mnemonic = Mnemonic.FromEntropy(new byte[16]);
        byte[] seed = new byte[64];
        Assert.That(mnemonic.DeriveSeed(new string('p', 256), seed).IsValid, Is.True);
        Assert.That(mnemonic.DeriveSeed(new string('p', 257), seed).Fault, Is.EqualTo(MnemonicFault.InvalidPassphrase));
    }

    [Test]
    public void Misuse_Throws()
    {
        Mnemonic mnemonic = Mnemonic.FromEntropy(new byte[16]);
        Assert.That(() => Mnemonic.FromEntropy(new byte[17]), Throws.ArgumentException);
        Assert.That(() => Mnemonic.Generate(SystemEntropy.Instance, 13), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => mnemonic.CopyTo(new char[Mnemonic.MaxTextLength - 1]), Throws.ArgumentException);
        Assert.That(() => mnemonic.DeriveSeed("", new byte[63]), Throws.ArgumentException);
        mnemonic.Dispose();
        Assert.That(() => mnemonic.CopyTo(new char[Mnemonic.MaxTextLength]), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(mnemonic.ToString(), Is.EqualTo("Mnemonic"));
    }

    private static string TextOf(Mnemonic mnemonic)
    {
        Span<char> text = stackalloc char[Mnemonic.MaxTextLength];
        return new string(text[..mnemonic.CopyTo(text)]);
    }
}
