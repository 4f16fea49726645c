using System.Text;
using System.Text.Json.Nodes;
using Coniunctum.Crypto.Keys;

namespace Coniunctum.Crypto.Tests.Keys;

/// <summary>Files, words and keys go to another implementation and come back.</summary>
public sealed class InteropTests
{
    private static readonly ScryptCost s_cost = new(1 << 10, 8, 1);

    private string _folder = "";

    [OneTimeSetUp]
    public async Task Install()
    {
        _folder = await Npm.InstallAsync();
        if (_folder.Length == 0) Assert.Ignore("Node.js with npm, or the package ethers, is not to be had: nothing was compared with it.");
    }

    [Test]
    public async Task FilesWrittenHere_OpenThere()
    {
        byte[][] passwords = [.. Passwords];
        string[] keys = new string[passwords.Length];
        var questions = new List<JsonObject>();
        for (int i = 0; i < passwords.Length; i++)
        {
            using var key = PrivateKey.Generate(SystemEntropy.Instance);
            keys[i] = KeyFileSamples.Hex(key);
            ScryptCost cost = i == 0 ? ScryptCost.Default : s_cost;
            questions.Add(new JsonObject
            {
                ["ask"] = "open",
                ["file"] = Encoding.UTF8.GetString(KeyFile.Encrypt(key, passwords[i], SystemEntropy.Instance, cost).ToJson()),
                ["password"] = Convert.ToHexStringLower(passwords[i]),
            });
        }

        JsonArray answers = await Npm.AskAsync(_folder, [.. questions]);
        Assert.That(answers.Select(answer => answer!["key"]!.GetValue<string>()), Is.EqualTo(keys));
    }

    [Test]
    public async Task FilesWrittenThere_OpenHere()
    {
        byte[][] passwords = [.. Passwords];
        string[] keys = [.. passwords.Select(_ =>
        {
            using var key = PrivateKey.Generate(SystemEntropy.Instance);
            return KeyFileSamples.Hex(key);
        })];
        JsonArray answers = await Npm.AskAsync(_folder, [.. passwords.Select((password, i) => new JsonObject
        {
            ["ask"] = "write",
            ["key"] = keys[i],
            ["password"] = Convert.ToHexStringLower(password),
            ["n"] = 1 << (10 + i),
            ["r"] = 8,
            ["p"] = 1 + (i % 3),
        })]);
        for (int i = 0; i < keys.Length; i++)
        {
            KeyFileOutcome outcome = KeyFile.TryParse(Encoding.UTF8.GetBytes(answers[i]!["file"]!.GetValue<string>()), out KeyFile? file);
            Assert.That(outcome.IsValid, Is.True, outcome.Message);
            outcome = file!.TryDecrypt(passwords[i], out PrivateKey? key);
            Assert.That(outcome.IsValid, Is.True, outcome.Message);
            Assert.That(KeyFileSamples.Hex(key!), Is.EqualTo(keys[i]));
            key!.Dispose();
        }
    }

    [Test]
    public async Task WordsOfHere_GiveTheSameKeysThere()
    {
        var questions = new List<JsonObject>();
        var expected = new List<string[]>();
        for (int i = 0; i < 20; i++)
        {
            using Mnemonic mnemonic = Mnemonic.Generate(SystemEntropy.Instance, 12 + (3 * (i % 5)));
            string passphrase = i % 2 == 0 ? "" : Invariant($"pass phrase {i}");
            KeyPath path = i == 0 ? KeyPath.Default : new KeyPath([KeyPath.Hardened + (uint)i, (uint)i, KeyPath.Hardened + 0x7FFFFFFF, 0x7FFFFFFF]);
            byte[] seed = new byte[Mnemonic.SeedSize];
            byte[] entropy = new byte[32];
            Assert.That(mnemonic.TryDeriveSeed(passphrase, seed).IsValid, Is.True);
            using ExtendedKey master = ExtendedKey.FromSeed(seed);
            using ExtendedKey key = master.Derive(path);
            using ExtendedKey publicKey = key.ToPublic();
            int entropyBytes = mnemonic.CopyEntropyTo(entropy);
            expected.Add([Convert.ToHexStringLower(seed), Convert.ToHexStringLower(entropy.AsSpan(0, entropyBytes)), KeyFileSamples.Hex(key.PrivateKey), TextOf(key), TextOf(publicKey)]);
            char[] words = new char[Mnemonic.MaxTextLength];
            questions.Add(new JsonObject { ["ask"] = "derive", ["words"] = new string(words, 0, mnemonic.CopyTo(words)), ["passphrase"] = passphrase, ["path"] = path.ToString() });
        }

        JsonArray answers = await Npm.AskAsync(_folder, [.. questions]);
        string[] names = ["seed", "entropy", "key", "xprv", "xpub"];
        Assert.That(answers.Select(answer => names.Select(name => answer![name]!.GetValue<string>()).ToArray()), Is.EqualTo(expected));
    }

    [Test]
    public async Task PublicKeysOfHere_HaveTheSameChildrenThere()
    {
        using ExtendedKey master = ExtendedKey.FromSeed(new byte[32]);
        using ExtendedKey publicMaster = master.ToPublic();
        var questions = new List<JsonObject>();
        var expected = new List<string>();
        for (uint i = 0; i < 20; i++)
        {
            KeyPath path = new([i, 0x7FFFFFFF - i]);
            using ExtendedKey child = publicMaster.Derive(path);
            expected.Add(TextOf(child));
            questions.Add(new JsonObject { ["ask"] = "descend", ["xpub"] = TextOf(publicMaster), ["path"] = path.ToString()[2..] });
        }

        JsonArray answers = await Npm.AskAsync(_folder, [.. questions]);
        Assert.That(answers.Select(answer => answer!["xpub"]!.GetValue<string>()), Is.EqualTo(expected));
    }

    private static IEnumerable<byte[]> Passwords =>
        new[] { "password", "", "with blanks  ", "Gr\u00FC\u00DFe \u65E5\u672C \uD83D\uDD11", new string('x', 300) }.Select(Encoding.UTF8.GetBytes);

    private static string TextOf(ExtendedKey key)
    {
        char[] text = new char[ExtendedKey.MaxTextLength];
        return new string(text, 0, key.CopyTo(text));
    }
}
