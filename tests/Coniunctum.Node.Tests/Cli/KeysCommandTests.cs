using System.Text;
using System.Text.Json;

namespace Coniunctum.Node.Tests.Cli;

public sealed class KeysCommandTests
{
    // The private key 1 has the generator as its public key (SEC 2, section 2.4.1).
    private const string One = "0000000000000000000000000000000000000000000000000000000000000001";
    private const string Generator =
        "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8";

    private const string Order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    private const string Password = "correct horse battery";
    private const string Words = "legal winner thank year wave sausage worth useful legal winner thank yellow";

    // Written by ethers 6.17.0 with scrypt n=2 r=1 p=1 under the password "test".
    private const string Foreign =
        """
        {"address":"008aeeda4d805471df9b2a5b0f38a0c3bcba786b","id":"9ea93345-5086-4510-8a30-b46b09f4843a","version":3,"Crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"d5794ceb9be5cf764340e2d938e3f3dd"},"ciphertext":"c29980d2514a8f94d7e6e31670dd0a38af2df31fdbc3a73b23abd985dd8ce63c","kdf":"scrypt","kdfparams":{"salt":"c5cf1162e64409fde13b9716930f8690f2868e6af6aa739f5eb708edd3daca2b","n":2,"dklen":32,"p":1,"r":1},"mac":"2619222efadae71d396ca792caa06220a1e2bed882b8a0cb368bff76fae37db0"}}
        """;

    private const string ForeignKey = "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";

    private string _folder = "";

    private string[] Light => ["--light", "--profile", "development", "--keys", _folder];

    [SetUp]
    public void NameAFolder() => _folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    [TearDown]
    public void RemoveIt()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task New_ThenShow_IsTheSameKey_AtTheCostThatWasPromised()
    {
        Invocation made = await Invocation.ByScriptAsync(Password, "", "keys", "new", "main", "--keys", _folder, "--json");
        Invocation shown = await Invocation.ByScriptAsync(Password, "", "keys", "show", "main", "--check", "--keys", _folder, "--json");

        Assert.That((made.ExitCode, shown.ExitCode), Is.EqualTo((0, 0)), made.Error + shown.Error);
        Assert.That(shown.Output, Is.EqualTo(made.Output));
        JsonElement key = JsonElement.Parse(made.Output);
        Assert.That(Text(key, "name"), Is.EqualTo("main"));
        Assert.That(Text(key, "derivation"), Is.EqualTo("scrypt n=262144 r=8 p=1"));
        Assert.That(key.GetProperty("weak").GetBoolean(), Is.False);
        Assert.That(Text(key, "file"), Is.EqualTo(Path.Combine(_folder, "main.json")));
        Assert.That(key.GetProperty("addresses").EnumerateObject().Select(address => Prefix(address.Value)), Is.EqualTo(new[] { "dev1", "con1", "int1", "conp" }));
        if (!OperatingSystem.IsWindows())
            Assert.That(File.GetUnixFileMode(Text(key, "file")), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));

        static string Prefix(JsonElement address) => address.GetString()![..4];
    }

    [Test]
    public async Task New_AtATerminal_AsksTwiceAndShowsThatItIsBusy()
    {
        var typist = new Typist(Password, Password);
        Invocation made = await Invocation.AtTerminalAsync(typist, ["keys", "new", "main", .. Light]);

        Assert.That(made.ExitCode, Is.Zero, made.Error);
        Assert.That(typist.Questions, Is.EqualTo(new[] { "New password:", "The same again:" }));
        Assert.That(made.Error, Does.Contain("Stretching the password:  50 %").And.EndsWith("\r"));
        Assert.That(made.Output, Does.Contain("easier to guess").And.Contain("no one can restore"));
    }

    [TestCase("differ", "password one", "password two")]
    [TestCase("fewer than 8 bytes", "1234567", "1234567")]
    [TestCase("fewer than 8 bytes", "", "")]
    [TestCase("Interrupted", "password one")]
    [TestCase("Interrupted")]
    public async Task New_WithoutAGoodPassword_WritesNothing(string expected, params string[] answers)
    {
        Invocation run = await Invocation.AtTerminalAsync(new Typist(answers), ["keys", "new", "main", .. Light]);

        Assert.That(run.ExitCode, Is.Not.Zero);
        Assert.That(run.Error, Does.Contain(expected));
        Assert.That(Directory.Exists(_folder), Is.False);
    }

    [Test]
    public async Task New_WithoutATerminal_SaysWhereThePasswordMayComeFrom()
    {
        Invocation run = await Invocation.OfAsync(["keys", "new", "main", .. Light]);
        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("--password-file PATH").And.Contain("CONIUNCTUM_PASSWORD"));
    }

    [Test]
    public async Task New_UnderANameThatIsTaken_IsRefusedBeforeThePasswordIsAsked()
    {
        await Invocation.ByScriptAsync(Password, "", ["keys", "new", "main", .. Light]);
        byte[] before = await File.ReadAllBytesAsync(Path.Combine(_folder, "main.json"));
        var typist = new Typist(Password, Password);

        Invocation run = await Invocation.AtTerminalAsync(typist, ["keys", "new", "main", .. Light]);

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("already").And.Contain("never overwritten"));
        Assert.That(typist.Questions, Is.Empty);
        Assert.That(await File.ReadAllBytesAsync(Path.Combine(_folder, "main.json")), Is.EqualTo(before));
    }

    [TestCase("Main")]
    [TestCase("../main")]
    [TestCase("con")]
    [TestCase(Words)]
    public async Task New_UnderNoName_IsRefusedWithoutRepeatingIt(string name)
    {
        Invocation run = await Invocation.ByScriptAsync(Password, "", ["keys", "new", name, .. Light]);
        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("cannot be a key's name").And.Not.Contain(name + "'"));
    }

    [Test]
    public async Task New_LightForAnotherProfile_IsRefused()
    {
        Invocation run = await Invocation.ByScriptAsync(Password, "", "keys", "new", "main", "--light", "--profile", "standard", "--keys", _folder);
        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("--profile development"));
    }

    [Test]
    public async Task PasswordFile_IsItsFirstLine()
    {
        Directory.CreateDirectory(_folder);
        string path = Path.Combine(_folder, "password.txt");
        await File.WriteAllTextAsync(path, Password + "\r\nanother line\n");
        Invocation made = await Invocation.OfAsync(["keys", "new", "main", .. Light, "--password-file", path]);
        Invocation opened = await Invocation.ByScriptAsync(Password, "", "keys", "show", "main", "--check", "--keys", _folder);
        Invocation refused = await Invocation.ByScriptAsync(Password + " ", "", "keys", "show", "main", "--check", "--keys", _folder);

        Assert.That((made.ExitCode, opened.ExitCode, refused.ExitCode), Is.EqualTo((0, 0, 2)), made.Error + opened.Error);
        Assert.That(refused.ErrorLines, Is.EqualTo(new[] { "coniunctum: The password is wrong, or the keystore file was changed." }));
        await File.WriteAllTextAsync(path, new string('x', 1025));
        Invocation tooLong = await Invocation.OfAsync(["keys", "new", "other", .. Light, "--password-file", path]);
        Assert.That(tooLong.Error, Does.Contain("more than 1024 bytes"));
    }

    [Test]
    public async Task New_WithWords_CanBeRestoredFromThem()
    {
        Invocation made = await Invocation.ByScriptAsync(Password, "", ["keys", "new", "main", "--words", "24", .. Light]);
        string words = made.OutputLines.Single(line => line.StartsWith("words", StringComparison.Ordinal))[5..].Trim();
        Invocation derived = await Invocation.WithInputAsync(words + "\n", "keys", "derive", "--keys", _folder);
        Invocation imported = await Invocation.ByScriptAsync(Password, words, ["keys", "import", "again", .. Light]);

        Assert.That(made.ExitCode, Is.Zero, made.Error);
        Assert.That(words.Split(' '), Has.Length.EqualTo(24));
        Assert.That(made.Output, Does.Contain("on paper"));
        Assert.That(ValueOf(derived, "path"), Is.EqualTo("m/44'/60'/0'/0/0"));
        Assert.That(ValueOf(derived, "public key"), Is.EqualTo(ValueOf(made, "public key")));
        Assert.That(ValueOf(imported, "public key"), Is.EqualTo(ValueOf(made, "public key")));
    }

    // The addresses that other wallets show for these words.
    [TestCase("0x58A57ed9d8d624cBD12e2C467D34787555bB1b25")]
    public async Task Import_Words_GivesTheAddressThatOtherWalletsShow(string ethereum)
    {
        Invocation imported = await Invocation.ByScriptAsync(Password, Words, ["keys", "import", "main", .. Light]);
        Assert.That(imported.ExitCode, Is.Zero, imported.Error);
        Assert.That(ValueOf(imported, "ethereum"), Is.EqualTo(ethereum.ToLowerInvariant()));
    }

    [Test]
    public async Task Import_ADigitKey_ThenExport_GivesItBack()
    {
        Invocation imported = await Invocation.ByScriptAsync(Password, One + "\n", ["keys", "import", "one", .. Light]);
        string copy = Path.Combine(_folder, "copy");
        string plain = Path.Combine(_folder, "plain");
        Invocation exported = await Invocation.OfAsync("keys", "export", "one", "--to", copy, "--keys", _folder);
        Invocation bare = await Invocation.ByScriptAsync(Password, "", "keys", "export", "one", "--plain", "--to", plain, "--keys", _folder);
        Invocation again = await Invocation.ByScriptAsync(Password, "", "keys", "export", "one", "--plain", "--to", plain, "--keys", _folder);
        Invocation shown = await Invocation.ByScriptAsync(Password, "", "keys", "export", "one", "--plain", "--to", "-", "--keys", _folder);

        Assert.That(ValueOf(imported, "public key"), Is.EqualTo(Generator), imported.Error);
        Assert.That((exported.ExitCode, bare.ExitCode, again.ExitCode, shown.ExitCode), Is.EqualTo((0, 0, 2, 0)), exported.Error + bare.Error);
        Assert.That(await File.ReadAllBytesAsync(copy), Is.EqualTo(await File.ReadAllBytesAsync(Path.Combine(_folder, "one.json"))));
        Assert.That(await File.ReadAllTextAsync(plain), Is.EqualTo(One + "\n"));
        Assert.That(bare.Output + bare.Error, Does.Not.Contain(One));
        Assert.That(shown.OutputLines, Is.EqualTo(new[] { One }));
        if (!OperatingSystem.IsWindows())
        {
            Assert.That(File.GetUnixFileMode(copy), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
            Assert.That(File.GetUnixFileMode(plain), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }
    }

    [Test]
    public async Task Import_AFileOfAnotherWallet_KeepsItsPassword()
    {
        Directory.CreateDirectory(_folder);
        string path = Path.Combine(_folder, "foreign");
        await File.WriteAllTextAsync(path, Foreign);
        Invocation imported = await Invocation.ByScriptAsync("test", "", ["keys", "import", "main", "--from", path, .. Light]);
        Invocation wrong = await Invocation.ByScriptAsync("Test", "", ["keys", "import", "other", "--from", path, .. Light]);
        Invocation exported = await Invocation.ByScriptAsync("test", "", "keys", "export", "main", "--plain", "--to", "-", "--keys", _folder);

        Assert.That(imported.ExitCode, Is.Zero, imported.Error);
        Assert.That(ValueOf(imported, "ethereum"), Is.EqualTo("0x008aeeda4d805471df9b2a5b0f38a0c3bcba786b"));
        Assert.That(exported.OutputLines, Is.EqualTo(new[] { ForeignKey }));
        Assert.That(wrong.Error, Does.Contain("The password is wrong"));
    }

    [Test]
    public async Task Import_AFileThatNamesNoOwner_MustBeAskedFor()
    {
        string anonymous = Foreign.Replace("\"address\":\"008aeeda4d805471df9b2a5b0f38a0c3bcba786b\",", "", StringComparison.Ordinal);
        Invocation refused = await Invocation.ByScriptAsync("test", anonymous, ["keys", "import", "main", .. Light]);
        Invocation imported = await Invocation.ByScriptAsync("test", anonymous, ["keys", "import", "main", "--without-address", .. Light]);

        Assert.That(refused.ExitCode, Is.EqualTo(2));
        Assert.That(refused.Error, Does.Contain("--without-address"));
        Assert.That(imported.ExitCode, Is.Zero, imported.Error);
    }

    [TestCase("xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8", "An xpub holds no private key, and is no secret; expected an xprv")]
    [TestCase("{\"version\":1}", "version 1; expected 3")]
    [TestCase("{", "in the middle of its content")]
    [TestCase("", "There is nothing in it; expected a private key of 64 hexadecimal digits, words, an xprv, a key in PEM")]
    [TestCase("legal winer thank year wave sausage worth useful legal winner thank yellow", "Word 2 is not in the list of English words. Did you mean wine, winner, ")]
    [TestCase("legal winner thank year wave sausage worth useful legal winner thank thank", "one of them is wrong, or two have changed places")]
    [TestCase("legal winner", "There are 2 words; expected 12, 15, 18, 21 or 24")]
    public async Task Import_OfNoKey_SaysWhatIsWrong(string input, string expected)
    {
        Invocation run = await Invocation.ByScriptAsync(Password, input, ["keys", "import", "main", .. Light]);
        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
        Assert.That(run.Error, Does.Contain(expected));
        Assert.That(Directory.Exists(_folder), Is.False);
    }

    [Test]
    public async Task List_NamesKeysAndFaults()
    {
        Invocation none = await Invocation.OfAsync("keys", "list", "--keys", _folder);
        await Invocation.ByScriptAsync(Password, One, ["keys", "import", "one", .. Light]);
        await Invocation.ByScriptAsync(Password, "", ["keys", "new", "another", .. Light]);
        Invocation listed = await Invocation.OfAsync("keys", "list", "--profile", "standard", "--keys", _folder);
        await File.WriteAllTextAsync(Path.Combine(_folder, "broken.json"), "{}");
        Invocation faulty = await Invocation.OfAsync("keys", "list", "--json", "--keys", _folder);

        Assert.That(none.Output, Does.Contain("There are no keys"));
        Assert.That(listed.ExitCode, Is.Zero, listed.Error);
        Assert.That(listed.OutputLines.Where(line => line.StartsWith("name", StringComparison.Ordinal)).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]), Is.EqualTo(new[] { "another", "one" }));
        Assert.That(listed.OutputLines.Count(line => line.StartsWith("address      con1", StringComparison.Ordinal)), Is.EqualTo(2));
        Assert.That(faulty.ExitCode, Is.EqualTo(1));
        JsonElement[] keys = [.. JsonElement.Parse(faulty.Output).GetProperty("keys").EnumerateArray()];
        Assert.That(keys.Select(key => Text(key, "name")), Is.EqualTo(new[] { "another", "broken", "one" }));
        Assert.That(Text(keys[1], "fault"), Does.Contain("has no version"));
        Assert.That(Text(keys[2], "publicKey"), Is.EqualTo(Generator));
    }

    [Test]
    public async Task Derive_FromAnExtendedPublicKey_GivesTheAddressesOfThePrivateOne()
    {
        Invocation account = await Invocation.WithInputAsync(Words, "keys", "derive", "--path", "m/44'/60'/0'/0", "--xpub", "--json");
        string xpub = Text(JsonElement.Parse(account.Output), "xpub");
        Invocation privately = await Invocation.WithInputAsync(Words, "keys", "derive", "--count", "3", "--json");
        Invocation publicly = await Invocation.WithInputAsync(xpub, "keys", "derive", "--count", "3", "--json");
        Invocation hardened = await Invocation.WithInputAsync(xpub, "keys", "derive", "--path", "m/0'");
        Invocation saved = await Invocation.ByScriptAsync(Password, xpub, ["keys", "derive", "--save", "main", .. Light]);

        Assert.That(publicly.ExitCode, Is.Zero, publicly.Error);
        Assert.That(Keys(publicly), Is.EqualTo(Keys(privately)).And.Length.EqualTo(3));
        Assert.That(Text(JsonElement.Parse(privately.OutputLines[2]), "path"), Is.EqualTo("m/44'/60'/0'/0/2"));
        Assert.That(hardened.Error, Does.Contain("hardened steps"));
        Assert.That(saved.Error, Does.Contain("no private key that could be saved"));

        static string[] Keys(Invocation run) => [.. run.OutputLines.Select(line => Text(JsonElement.Parse(line), "publicKey"))];
    }

    [Test]
    public async Task Derive_WithAPassphrase_IsAnotherWallet_AndOutsideAsciiNone()
    {
        Directory.CreateDirectory(_folder);
        string path = Path.Combine(_folder, "passphrase");
        await File.WriteAllTextAsync(path, "TREZOR\n");
        Invocation without = await Invocation.WithInputAsync(Words, "keys", "derive");
        Invocation with = await Invocation.WithInputAsync(Words, "keys", "derive", "--passphrase-file", path);
        await File.WriteAllTextAsync(path, "caf\u00E9\n");
        Invocation refused = await Invocation.WithInputAsync(Words, "keys", "derive", "--passphrase-file", path);

        Assert.That(ValueOf(with, "public key"), Is.Not.EqualTo(ValueOf(without, "public key")));
        // The command itself has no table of normal forms; these tests have one where the machine has ICU.
        bool isNormalized = "\u00E9".Normalize(NormalizationForm.FormKD).Length == 2;
        Assert.That(refused.ExitCode, Is.EqualTo(isNormalized ? 0 : 2), refused.Error);
        if (isNormalized) Assert.That(ValueOf(refused, "public key"), Is.Not.EqualTo(ValueOf(with, "public key")));
        else Assert.That(refused.Error, Does.Contain("outside of ASCII").And.Not.Contain("caf"));
    }

    [Test]
    public async Task Derive_AndSave_KeepsThatKey()
    {
        Invocation saved = await Invocation.ByScriptAsync(Password, Words, ["keys", "derive", "--path", "m/0'/7", "--save", "seven", .. Light]);
        Invocation shown = await Invocation.WithInputAsync(Words, "keys", "derive", "--path", "m/0h/7");
        Assert.That(saved.ExitCode, Is.Zero, saved.Error);
        Assert.That(ValueOf(saved, "public key"), Is.EqualTo(ValueOf(shown, "public key")));
    }

    [Test]
    public async Task Sign_ThenVerify_NamesTheSigner()
    {
        Invocation made = await Invocation.ByScriptAsync(Password, One, ["keys", "import", "one", .. Light]);
        Invocation signed = await Invocation.ByScriptAsync(Password, "", "keys", "sign", "one", "I agree.", "--keys", _folder);
        string signature = ValueOf(signed, "signature");
        string signer = ValueOf(signed, "signer");
        Assert.That((made.ExitCode, signed.ExitCode), Is.EqualTo((0, 0)), signed.Error);

        Invocation verified = await Invocation.OfAsync("keys", "verify", signature, "I agree.");
        Invocation expected = await Invocation.OfAsync("keys", "verify", signature, "I agree.", "--signer", signer);
        Invocation fromFile = await Invocation.WithInputAsync("I agree.", "keys", "verify", signature, "--file", "-", "--signer", signer);
        Invocation otherText = await Invocation.OfAsync("keys", "verify", signature, "I agree!", "--signer", signer);
        Invocation mistyped = await Invocation.OfAsync("keys", "verify", signature, "I agree.", "--signer", signer[..20] + (signer[20] == 'q' ? 'p' : 'q') + signer[21..]);
        Invocation changed = await Invocation.OfAsync("keys", "verify", signature[..^2] + "07", "I agree.");
        Invocation shorter = await Invocation.OfAsync("keys", "verify", signature[..^2], "I agree.");
        Invocation noHex = await Invocation.OfAsync("keys", "verify", "0g" + signature, "I agree.");

        // Other spellings of the same bytes, and the last byte as other wallets write it.
        string foreign = signature[..^2] + (Convert.ToByte(signature[^2..], 16) + 27).ToString("x2", System.Globalization.CultureInfo.InvariantCulture);
        foreach (string spelling in new[] { "0x" + signature, "0X" + signature, signature.ToUpperInvariant(), signature + "\n", $" {signature}\r\n", foreign, $"0x{foreign}\n" })
        {
            Invocation same = await Invocation.OfAsync("keys", "verify", spelling, "I agree.", "--signer", $" {signer.ToUpperInvariant()}\n");
            Assert.That((same.ExitCode, same.Output), Is.EqualTo((0, expected.Output)), same.Error);
        }

        Assert.That(ValueOf(verified, "signer"), Is.EqualTo(signer));
        Assert.That((verified.ExitCode, expected.ExitCode, fromFile.ExitCode, otherText.ExitCode), Is.EqualTo((0, 0, 0, 1)));
        Assert.That(otherText.Output, Does.Contain("not who should have signed"));
        Assert.That(mistyped.Error, Does.Contain("look at character 21 first"));
        Assert.That(changed.Error, Does.Contain("no signature of anything"));
        Assert.That(shorter.Error, Does.Contain("64 bytes; expected 65"));
        Assert.That(noHex.Error, Does.Contain("Character 2 of the signature's digits"));
    }

    [TestCase("keys", "sign", "one")]
    [TestCase("keys", "sign", "one", "text", "--file", "-")]
    [TestCase("keys", "verify", "00")]
    public async Task Sign_WithoutOneText_IsRefused(params string[] args)
    {
        await Invocation.ByScriptAsync(Password, One, ["keys", "import", "one", .. Light]);
        Invocation run = await Invocation.ByScriptAsync(Password, "", args[1] == "sign" ? [.. args, "--keys", _folder] : args);
        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("Expected a text, or --file PATH."));
    }

    [Test]
    public async Task Commands_NeverShowThePasswordOrTheKey()
    {
        Invocation[] runs =
        [
            await Invocation.ByScriptAsync(Password, ForeignKey, ["keys", "import", "main", .. Light]),
            await Invocation.ByScriptAsync(Password, "", "keys", "show", "main", "--check", "--keys", _folder),
            await Invocation.ByScriptAsync(Password, "", "keys", "list", "--keys", _folder),
            await Invocation.ByScriptAsync(Password, "", "keys", "sign", "main", "text", "--json", "--keys", _folder),
            await Invocation.ByScriptAsync(Password + "!", "", "keys", "sign", "main", "text", "--keys", _folder),
            await Invocation.ByScriptAsync(Password, ForeignKey + "00", ["keys", "import", "other", .. Light]),
            await Invocation.ByScriptAsync(Password, ForeignKey, "keys", "show", "--file", "-"),
            await Invocation.ByScriptAsync(Password, "", "keys", "import", "x", ForeignKey),
            await Invocation.ByScriptAsync(Password, "", "keys", "show", ForeignKey),
            await Invocation.ByScriptAsync(Password, "", ["keys", "show", .. Words.Split(' ')]),
            await Invocation.ByScriptAsync(Password, "", "dev", "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi"),
        ];
        foreach (Invocation run in runs)
        {
            string all = run.Output + run.Error;
            Assert.That(all, Does.Not.Contain(Password).And.Not.Contain(ForeignKey[2..40]).And.Not.Contain("winner").And.Not.Contain("xprv9s21"));
        }

        Assert.That(runs.Select(run => run.ExitCode), Is.EqualTo(new[] { 0, 0, 0, 0, 2, 2, 0, 2, 2, 2, 2 }));
        Assert.That(await File.ReadAllTextAsync(Path.Combine(_folder, "main.json")), Does.Not.Contain(Password).And.Not.Contain(ForeignKey));
    }

    [Test]
    public async Task Load_WhatIsNotThere_SaysWhereToLook()
    {
        Invocation run = await Invocation.OfAsync("keys", "show", "nobody", "--keys", _folder);
        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("There is no key 'nobody'").And.Contain("keys list"));
    }

    [TestCase(One)]
    [TestCase("0x" + One)]
    [TestCase("0X" + One)]
    [TestCase(One + "\n")]
    [TestCase("\uFEFF \t0x" + One + "\r\n\r\n")]
    public async Task Show_OfTheKeyOne_GivesTheGenerator(string input)
    {
        Invocation run = await Invocation.WithInputAsync(input, "keys", "show", "--file", "-");

        Assert.That(run.ExitCode, Is.Zero);
        Assert.That(ValueOf(run, "public key"), Is.EqualTo(Generator));
    }

    [TestCase("", "There is nothing in it; expected a private key of 64 hexadecimal digits")]
    [TestCase("abc", "has 3 characters; expected 64 hexadecimal digits. Where leading zeros are missing, put them before it.")]
    [TestCase(Words, "It holds words, an extended key, a key in PEM or a keystore; expected 64 hexadecimal digits")]
    [TestCase(One + "00", "has 66 characters")]
    [TestCase("g000000000000000000000000000000000000000000000000000000000000001", "Character 1 of the private key is no hexadecimal digit")]
    [TestCase("0000000000000000000000000000000000000000000000000000000000000000", "not between 1 and the order")]
    [TestCase(Order, "not between 1 and the order")]
    public async Task Show_OfNoKey_SaysWhatIsWrong(string input, string expected)
    {
        Invocation run = await Invocation.WithInputAsync(input, "keys", "show", "--file", "-");

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
        Assert.That(run.Error, Does.Contain(expected));
        Assert.That(run.Output, Is.Empty);
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static string ValueOf(Invocation run, string label)
    {
        string line = run.OutputLines.First(candidate => candidate.StartsWith(label, StringComparison.Ordinal));
        return line[label.Length..].Trim().Split(' ')[0];
    }
}
