namespace Coniunctum.Node.Tests.Cli;

public sealed class KeysCommandTests
{
    // The private key 1 has the generator as its public key (SEC 2, section 2.4.1).
    private const string One = "0000000000000000000000000000000000000000000000000000000000000001";
    private const string Generator =
        "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8";

    private const string Order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

    [Test]
    public async Task New_ThenShow_GivesTheSameAddressesAndPublicKey()
    {
        Invocation made = await Invocation.OfAsync("keys", "new");
        string key = ValueOf(made, "private key");

        Invocation shown = await Invocation.WithInputAsync(key + "\n", "keys", "show");

        Assert.That(shown.ExitCode, Is.Zero);
        Assert.That(shown.OutputLines, Has.Length.EqualTo(4));
        Assert.That(shown.OutputLines, Is.EqualTo(made.OutputLines.Take(4)));
        Assert.That(shown.Output, Does.Not.Contain(key));
        Assert.That(made.Output, Does.Contain("Keep it secret"));
    }

    [Test]
    public async Task New_Twice_GivesDifferentKeys()
    {
        Invocation first = await Invocation.OfAsync("keys", "new");
        Invocation second = await Invocation.OfAsync("keys", "new");

        Assert.That(ValueOf(first, "private key"), Is.Not.EqualTo(ValueOf(second, "private key")));
    }

    [TestCase("development", "dev1")]
    [TestCase("standard", "con1")]
    [TestCase("int32coin", "int1")]
    public async Task New_ForOneProfile_GivesItsAddressOnly(string profile, string prefix)
    {
        Invocation run = await Invocation.OfAsync("keys", "new", "--profile", profile);

        Assert.That(run.OutputLines.Count(line => line.StartsWith("address", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(ValueOf(run, "address"), Does.StartWith(prefix));
    }

    [Test]
    public async Task New_IntoAFile_KeepsTheKeyOutOfTheOutputAndFromOthers()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            Invocation made = await Invocation.OfAsync("keys", "new", "--file", path);
            Invocation shown = await Invocation.OfAsync("keys", "show", "--file", path);

            string key = (await File.ReadAllTextAsync(path)).Trim();
            Assert.That(made.ExitCode, Is.Zero);
            Assert.That(key, Does.Match("^[0-9a-f]{64}$"));
            Assert.That(made.Output, Does.Not.Contain(key));
            Assert.That(shown.OutputLines, Is.EqualTo(made.OutputLines.Take(4)));
            if (!OperatingSystem.IsWindows())
                Assert.That(File.GetUnixFileMode(path), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public async Task New_IntoAFileThatExists_LeavesItAlone()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            await File.WriteAllTextAsync(path, "precious");

            Invocation run = await Invocation.OfAsync("keys", "new", "--file", path);

            Assert.That(run.ExitCode, Is.EqualTo(2));
            Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
            Assert.That(run.Output, Is.Empty);
            Assert.That(await File.ReadAllTextAsync(path), Is.EqualTo("precious"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [TestCase(One)]
    [TestCase("0x" + One)]
    [TestCase(One + "\n")]
    public async Task Show_OfTheKeyOne_GivesTheGenerator(string input)
    {
        Invocation run = await Invocation.WithInputAsync(input, "keys", "show", "--file", "-");

        Assert.That(run.ExitCode, Is.Zero);
        Assert.That(ValueOf(run, "public key"), Is.EqualTo(Generator));
    }

    [TestCase("", "has 0 characters; expected 64 hexadecimal digits")]
    [TestCase("abc", "has 3 characters; expected 64 hexadecimal digits")]
    [TestCase(One + "00", "has 66 characters")]
    [TestCase("g000000000000000000000000000000000000000000000000000000000000001", "Character 1 of the private key is no hexadecimal digit")]
    [TestCase("0000000000000000000000000000000000000000000000000000000000000000", "not between 1 and the order")]
    [TestCase(Order, "not between 1 and the order")]
    public async Task Show_OfNoKey_SaysWhatIsWrong(string input, string expected)
    {
        Invocation run = await Invocation.WithInputAsync(input, "keys", "show");

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
        Assert.That(run.Error, Does.Contain(expected));
        Assert.That(run.Output, Is.Empty);
    }

    private static string ValueOf(Invocation run, string label)
    {
        string line = run.OutputLines.First(candidate => candidate.StartsWith(label, StringComparison.Ordinal));
        return line[label.Length..].Trim().Split(' ')[0];
    }
}
