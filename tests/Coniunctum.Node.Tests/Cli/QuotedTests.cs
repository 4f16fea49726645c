using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Tests.Cli;

public sealed class QuotedTests
{
    private const string Key = "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";

    // Each command with a path that would break the line, steer the terminal, or read from right to left.
    [TestCase("db", "stats", "--data")]
    [TestCase("db", "import")]
    [TestCase("headers", "verify")]
    [TestCase("keys", "show", "--file")]
    [TestCase("keys", "import", "main", "--from")]
    [TestCase("keys", "derive", "--from")]
    [TestCase("keys", "new", "main", "--password-file")]
    [TestCase("keys", "sign", "main", "--file")]
    [TestCase("profile", "show")]
    [TestCase("dev", "--reward-to")]
    [TestCase("dev", "--blocks")]
    [TestCase("dev")]
    public async Task Messages_WithAnArgumentOfControls_AreOneLine(params string[] args)
    {
        Invocation run = await Invocation.OfAsync([.. args, "no\nsuch\u001B[31m\u202Efile"]);
        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error.TrimEnd('\r', '\n').Any(char.IsControl), Is.False, run.Error);
        Assert.That(run.Error, Does.Not.Contain('\u202E'));
        if (args is not ["keys", "sign", ..]) Assert.That(run.Error, Does.Contain("no\\u000asuch\\u001b[31m\\u202efile"));
    }

    [TestCase("db", "stats", "--data")]
    [TestCase("db", "import")]
    [TestCase("headers", "verify")]
    [TestCase("keys", "show", "--file")]
    [TestCase("keys", "import", "main", "--from")]
    [TestCase("keys", "new", "main", "--password-file")]
    [TestCase("keys", "verify", "00", "text", "--signer")]
    [TestCase("profile", "show")]
    [TestCase("dev", "--reward-to")]
    [TestCase("dev", "--profile")]
    [TestCase("dev", "--grant")]
    [TestCase("dev", "--blocks")]
    [TestCase("dev", "--seed")]
    [TestCase("dev", "--block-time")]
    [TestCase("dev")]
    [TestCase("keys")]
    public async Task Messages_WithAKeyInTheWrongPlace_DoNotRepeatIt(params string[] args)
    {
        Invocation run = await Invocation.OfAsync([.. args, Key]);
        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Not.Contain(Key[..32]).And.Contain("(hidden: it may be a secret)"));
    }

    [Test]
    public async Task Messages_WithWordsAsArguments_RepeatNone()
    {
        Invocation run = await Invocation.OfAsync(["dev", .. "legal winner thank year wave sausage worth useful legal winner thank yellow".Split(' ')]);
        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Not.Contain("legal").And.Contain("(hidden"));
    }

    [Test]
    public void Reason_OfAFileThatIsNotThere_NamesThePathOnce()
    {
        string path = Path.Combine(Path.GetTempPath(), "no\nsuch file");
        Exception? caught = null;
        try
        {
            File.OpenRead(path).Dispose();
        }
        catch (IOException exception)
        {
            caught = exception;
        }

        string reason = Quoted.Reason(caught!, path);
        Assert.That(reason, Does.Contain("no\\u000asuch file"));
        Assert.That(reason.Where(char.IsControl), Is.Empty);
        Assert.That(Quoted.Reason(new IOException($"Could not find '{Path.GetFullPath(Key)}'."), Key), Is.EqualTo("Could not find '(hidden: it may be a secret)'."));
    }
}
