using Coniunctum.Node.Cli.Wallet;

namespace Coniunctum.Node.Tests.Cli;

/// <summary>What people paste where a secret is expected.</summary>
public sealed class SecretFormTests
{
    private const string Key = "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";
    private const string Words = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

    // Of the key 1, as Bitcoin writes it; BIP-38's first vector; BIP-84's.
    private const string Wif = "KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn";
    private const string LongWif = "5HpHagT65TZzG1PH3CSu63k8DbpvD8s5ip4nEB3kEsreAnchuDf";
    private const string Encrypted = "6PRVWUbkzzsbcVac2qwfssoUJAN1Xhrg6bNk8J7Nzm5H7kxEbn2Nh2ZoGg";
    private const string Zprv = "zprvAWgYBBk7JR8Gjrh4UJQ2uJdG1r3WNRRfURiABBE3RvMXYSrRJL62XuezvGdPvG6GFBZduosCc1YP5wixPox7zhZLfiUm8aunE96BBa4Kei5";
    private const string Xprv = "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi";

    private string _folder = "";

    private string[] Light => ["--light", "--profile", "development", "--keys", _folder];

    [SetUp]
    public void NameAFolder() => _folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    [TearDown]
    public void RemoveIt()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    [TestCase(Key, "Digits")]
    [TestCase("0x" + Key, "Digits")]
    [TestCase("0X7", "Digits")]
    [TestCase("0xzz", "Digits")]
    [TestCase("7a28b5ba-57c5", "Digits")]
    [TestCase(Words, "Words")]
    [TestCase("ABANDON", "Words")]
    [TestCase("aban", "Words")]
    [TestCase("\u3042\u3044\u3046", "Words")]
    [TestCase("1. legal\n2. winner", "Words")]
    [TestCase("add bad dad", "Words")]
    [TestCase(Xprv, "ExtendedKey")]
    [TestCase(Zprv, "ExtendedKey")]
    [TestCase("tpub6", "ExtendedKey")]
    [TestCase("Ltpv7", "ExtendedKey")]
    [TestCase("{\"version\":3}", "Keystore")]
    [TestCase("-----BEGIN EC PRIVATE KEY-----\nMHQCAQEEIA==", "Pem")]
    [TestCase("Bag Attributes\n-----BEGIN PRIVATE KEY-----", "Pem")]
    [TestCase(" \t\u3000\n", "Empty")]
    public void Of_WhatIsRead_IsThat(string text, string expected)
    {
        foreach (string around in new[] { "", " ", "\r\n", "\u3000" })
            Assert.That(SecretForm.Of(around + text + around).Kind.ToString(), Is.EqualTo(expected));
    }

    [TestCase(Wif, "Bitcoin's wallet import format (WIF)")]
    [TestCase(LongWif, "Bitcoin's wallet import format (WIF)")]
    [TestCase(Encrypted, "under a password (BIP-38)")]
    [TestCase(Zprv, "version 04b2430c: zprv, a private key for Bitcoin")]
    [TestCase("-----BEGIN EC PRIVATE KEY-----\nMHQCAQEEIA==\n-----END EC PRIVATE KEY-----", "does not hold in DER what its first line announces")]
    [TestCase("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA==\n-----END OPENSSH PRIVATE KEY-----", "holds 'OPENSSH PRIVATE KEY'; expected 'EC PRIVATE KEY' or 'PRIVATE KEY'")]
    [TestCase("-----BEGIN PRIVATE KEY-----\nMIGEAgEAMBAG", "its last line is missing")]
    [TestCase("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIGE\n-----END ENCRYPTED PRIVATE KEY-----", "'openssl pkey -in FILE' prints it")]
    [TestCase("\"" + Key + "\"", "in quotation marks; expected it without them")]
    [TestCase("[{\"version\":3}]", "a list in JSON")]
    [TestCase("7a28b5ba 57c53603 b0b07b56 bba752f7 784bf506 fa95edc3 95f5cf6c 7514fe9d", "digits with blanks between them")]
    [TestCase("0x008aeeda4d805471df9b2a5b0f38a0c3bcba786b", "an address of Ethereum, which is public")]
    [TestCase("dev1w2qaw2me2kh4a538062wqusgz7m3hu6963lf972h8pgyvr6va5kqmtvyf5", "an address, which is public")]
    [TestCase("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "an address, which is public")]
    [TestCase("1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", "an address, which is public")]
    [TestCase("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", "a public key, which is no secret")]
    [TestCase("nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5", "a private key of Nostr")]
    [TestCase("wild father tree among universe such mobile favorite target dynamic credit identify", "a seed of Electrum")]
    [TestCase("\u3042\u3044\u3053\u304F\u3057\u3093 \u3042\u3044\u3053\u304F\u3057\u3093 \u3042\u3044\u3053\u304F\u3057\u3093", "of another language")]
    [TestCase("aban", "Did you mean abandon")]
    [TestCase(Words + " about", "There are 13 words")]
    public async Task Import_WhatIsNotReadHere_IsNamed(string input, string expected)
    {
        Invocation run = await Invocation.ByScriptAsync("grey harbour 12", input + "\n", ["keys", "import", "main", .. Light]);
        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
        Assert.That(run.Error, Does.Contain(expected));
        Assert.That(Directory.Exists(_folder), Is.False);
    }

    [TestCase("\t")]
    [TestCase("\u3000")]
    [TestCase("\u00A0\n")]
    public async Task Import_WordsWithOtherBlanks_GivesTheirAddress(string blank)
    {
        Invocation run = await Invocation.ByScriptAsync("grey harbour 12", Words.Replace(" ", blank, StringComparison.Ordinal), ["keys", "import", "main", .. Light]);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("dev1w2qaw2me2kh4a538062wqusgz7m3hu6963lf972h8pgyvr6va5kqmtvyf5"));
    }

    [TestCase(Key)]
    [TestCase("0x" + Key)]
    [TestCase(Key + "00")]
    [TestCase(Xprv)]
    [TestCase(Zprv)]
    [TestCase(Wif)]
    [TestCase(LongWif)]
    [TestCase(Encrypted)]
    [TestCase(Words)]
    [TestCase("abandon ability zoo zo")]
    public void IsLikely_ASecret_IsNotRepeated(string argument) => Assert.That(SecretForm.IsLikely(argument), Is.True);

    // Paths may hold the id of a chain; ids in messages never pass here.
    [TestCase("/data/" + Key + ".db")]
    [TestCase("dev1w2qaw2me2kh4a538062wqusgz7m3hu6963lf972h8pgyvr6va5kqmtvyf5")]
    [TestCase("0x008aeeda4d805471df9b2a5b0f38a0c3bcba786b")]
    [TestCase("my key file")]
    [TestCase("xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8")]
    [TestCase("")]
    public void IsLikely_WhatIsPublic_IsShown(string argument) => Assert.That(SecretForm.IsLikely(argument), Is.False);
}
