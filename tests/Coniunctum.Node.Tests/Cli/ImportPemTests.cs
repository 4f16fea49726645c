namespace Coniunctum.Node.Tests.Cli;

/// <summary>Keys in PEM, as OpenSSL writes them.</summary>
public sealed class ImportPemTests
{
    private const string Password = "correct horse battery";

    // openssl ecparam -name secp256k1 -genkey (OpenSSL 3.0.19); the number as 'openssl ec -text -noout' shows it.
    private const string Pem =
        """
        -----BEGIN EC PARAMETERS-----
        BgUrgQQACg==
        -----END EC PARAMETERS-----
        -----BEGIN EC PRIVATE KEY-----
        MHQCAQEEIFBQYkbgtdgRdPaXZq1++UNqTY8bJTMpqFGSRNz1p7uvoAcGBSuBBAAK
        oUQDQgAEpzrre7vNHDwYNEnjRxbXTfoPu3Dbsh+J1MQE5GsbE5gx4RuKmaHT4giQ
        zMFfReGJkY8P7AL2UiJ4StK4QdlP5Q==
        -----END EC PRIVATE KEY-----
        """;

    private const string PemKey = "50506246e0b5d81174f69766ad7ef9436a4d8f1b253329a8519244dcf5a7bbaf";

    private string _folder = "";

    private string[] Light => ["--light", "--profile", "development", "--keys", _folder];

    [SetUp]
    public void NameAFolder() => _folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    [TearDown]
    public void RemoveIt()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    [TestCase("key.pem", "key")]
    [TestCase("Key-2.PEM", null)]
    public async Task Import_APemFile_IsCalledAsItIs(string file, string? called)
    {
        Directory.CreateDirectory(_folder);
        string path = Path.Combine(_folder, file);
        await File.WriteAllTextAsync(path, Pem);
        Invocation imported = await Invocation.ByScriptAsync(Password, "", ["keys", "import", path, .. Light]);
        if (called is null)
        {
            Assert.That(imported.ExitCode, Is.EqualTo(2));
            Assert.That(imported.Error, Does.Contain("expected NAME --from"));
            return;
        }

        Invocation exported = await Invocation.ByScriptAsync(Password, "", "keys", "export", called, "--plain", "--to", "-", "--keys", _folder);
        Assert.That(imported.ExitCode, Is.Zero, imported.Error);
        Assert.That(imported.Output + imported.Error, Does.Not.Contain(PemKey));
        Assert.That(exported.OutputLines, Is.EqualTo(new[] { PemKey }));
    }

    [Test]
    public async Task Import_PemFromAFileOrStandardInput_TakesTheNameThatIsGiven()
    {
        Directory.CreateDirectory(_folder);
        string path = Path.Combine(_folder, "anything");
        await File.WriteAllTextAsync(path, Pem);
        Invocation file = await Invocation.ByScriptAsync(Password, "", ["keys", "import", "first", "--from", path, .. Light]);
        Invocation piped = await Invocation.ByScriptAsync(Password, Pem, ["keys", "import", "second", .. Light]);
        Invocation dotted = await Invocation.ByScriptAsync(Password, "", ["keys", "import", "third.pem", "--from", path, .. Light]);
        Invocation withPath = await Invocation.ByScriptAsync(Password, Pem, ["keys", "import", "fourth", "--path", "m/0", .. Light]);

        Assert.That((file.ExitCode, piped.ExitCode, dotted.ExitCode), Is.EqualTo((0, 0, 0)), file.Error + piped.Error + dotted.Error);
        Assert.That(new[] { PublicKeyOf(piped), PublicKeyOf(dotted) }, Is.All.EqualTo(PublicKeyOf(file)));
        Assert.That(withPath.Error, Does.Contain("--path and --passphrase-file belong to words or an xprv"));
    }

    [Test]
    public async Task Import_PemThatIsTyped_IsRefusedAfterItsFirstLine()
    {
        Invocation run = await Invocation.AtTerminalAsync(new Typist("-----BEGIN EC PRIVATE KEY-----"), ["keys", "import", "main", .. Light]);
        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("several lines, of which one was typed; expected its file, by --from PATH"));
    }

    private static string PublicKeyOf(Invocation run) => run.OutputLines.Single(line => line.StartsWith("public key", StringComparison.Ordinal));
}
