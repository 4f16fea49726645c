using Coniunctum.Wallet;
using Coniunctum.Interop.Tests.Support;
using NBitcoin;
using KeyPath = Coniunctum.Wallet.KeyPath;
using Mnemonic = Coniunctum.Wallet.Mnemonic;

namespace Coniunctum.Interop.Tests.NBitcoin;

/// <summary>Words (BIP-39) and derived keys (BIP-32).</summary>
[Category("Long")]
public sealed class NBitcoinKeyTests
{
    private static readonly string[] s_words = [.. Wordlist.English.GetWords()];

    [Test]
    public void Mnemonic_AnyEntropyAndPassphrase_HasTheSameWordsAndSeed()
    {
        var comparison = new Comparison(Packages.NBitcoin, 39);
        int rounds = Comparison.Count(150, 10_000);
        for (int i = 0; i < rounds; i++)
        {
            byte[] entropy = comparison.Bytes(16 + (4 * (i % 5)));
            if (i < 10) entropy.AsSpan().Fill(i < 5 ? (byte)0 : (byte)0xff);
            // ASCII alone: anything else needs a normalisation that the framework has switched off here, and is refused.
            string passphrase = new([.. Enumerable.Range(0, comparison.Random.Next(40)).Select(_ => (char)comparison.Random.Next(0x20, 0x7f))]);
            using Mnemonic ours = Mnemonic.FromEntropy(entropy);
            var theirs = new global::NBitcoin.Mnemonic(Wordlist.English, entropy);
            char[] text = new char[Mnemonic.MaxTextLength];
            string words = new(text, 0, ours.CopyTo(text));
            comparison.Same(words, theirs.ToString(), "words", entropy);
            byte[] seed = new byte[Mnemonic.SeedSize];
            comparison.Same(ours.DeriveSeed(passphrase, seed).IsValid, true, "seed", passphrase);
            comparison.Same(seed, theirs.DeriveSeed(passphrase), "seed", words + " / " + passphrase);
        }

        comparison.End(3 * rounds);
    }

    [Test]
    public void Parse_WordsOfWhichSomeAreChanged_AreValidAlike()
    {
        var comparison = new Comparison(Packages.NBitcoin, 40);
        int rounds = Comparison.Count(1_500, 100_000);
        int valid = 0;
        for (int i = 0; i < rounds; i++)
        {
            string[] words = new global::NBitcoin.Mnemonic(Wordlist.English, comparison.Bytes(16 + (4 * (i % 5)))).Words;
            // One word in place of another leaves the checksum right once in 16 to 256 times.
            for (int changes = i % 3; changes > 0; changes--) words[comparison.Random.Next(words.Length)] = s_words[comparison.Random.Next(s_words.Length)];
            string text = string.Join(' ', words);
            bool ours = Mnemonic.TryParse(text, out Mnemonic? parsed);
            parsed?.Dispose();
            comparison.Same(ours, new global::NBitcoin.Mnemonic(text, Wordlist.English).IsValidChecksum, "checksum", text);
            if (ours) valid++;
        }

        Assert.That(valid, Is.InRange(rounds / 3, rounds * 2 / 3));
        comparison.End(rounds);
    }

    [Test]
    public void Derive_RandomPaths_HaveTheSameKeysAndTexts()
    {
        var comparison = new Comparison(Packages.NBitcoin, 32);
        int rounds = Comparison.Count(100, 10_000);
        for (int i = 0; i < rounds; i++)
        {
            byte[] seed = comparison.Bytes(comparison.Random.Next(16, 65));
            uint[] steps = [.. Enumerable.Range(0, comparison.Random.Next(6)).Select(_ => Step(comparison.Random))];
            using ExtendedKey master = ExtendedKey.FromSeed(seed);
            using ExtendedKey ours = master.Derive(new KeyPath([.. steps]));
            ExtKey theirs = ExtKey.CreateFromSeed(seed).Derive(new global::NBitcoin.KeyPath(steps));
            comparison.Same(TextOf(ours), theirs.ToString(Network.Main), "xprv", seed);
            using ExtendedKey publicKey = ours.ToPublic();
            ExtPubKey theirPublic = theirs.Neuter();
            comparison.Same(TextOf(publicKey), theirPublic.ToString(Network.Main), "xpub", seed);

            uint child = Step(comparison.Random) & ~KeyPath.Hardened;
            using ExtendedKey publicChild = publicKey.Derive(child);
            comparison.Same(TextOf(publicChild), theirPublic.Derive(child).ToString(Network.Main), "xpub's child", seed);
        }

        comparison.End(3 * rounds);
    }

    [Test]
    public void Parse_TextsOfWhichSomeAreChanged_AreValidAlike()
    {
        var comparison = new Comparison(Packages.NBitcoin, 33);
        const string alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0OIl";
        int rounds = Comparison.Count(600, 50_000);
        for (int i = 0; i < rounds; i++)
        {
            ExtKey key = ExtKey.CreateFromSeed(comparison.Bytes(32));
            char[] text = (i % 2 == 0 ? key.ToString(Network.Main) : key.Neuter().ToString(Network.Main)).ToCharArray();
            bool changed = i % 4 >= 2;
            if (changed) text[comparison.Random.Next(text.Length)] = alphabet[comparison.Random.Next(alphabet.Length)];
            bool ours = ExtendedKey.TryParse(text, out ExtendedKey? parsed);
            string again = parsed is null ? "" : TextOf(parsed);
            parsed?.Dispose();
            comparison.Same(ours ? again : null, Parse(new string(text), i % 2 == 0), "extended key", new string(text));
        }

        comparison.End(rounds);
    }

    private static string? Parse(string text, bool isPrivate)
    {
        try
        {
            return isPrivate ? ExtKey.Parse(text, Network.Main).ToString(Network.Main) : ExtPubKey.Parse(text, Network.Main).ToString(Network.Main);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static uint Step(Random random) => random.Next(6) switch
    {
        0 => 0,
        1 => 0x7fffffff,
        2 => KeyPath.Hardened,
        3 => uint.MaxValue,
        _ => (uint)random.NextInt64(1L << 32),
    };

    private static string TextOf(ExtendedKey key)
    {
        char[] text = new char[ExtendedKey.MaxTextLength];
        return new string(text, 0, key.CopyTo(text));
    }
}
