using System.Text;

namespace Coniunctum.Node.Tests.Cli;

/// <summary>The same secret and the same file as editors, shells and other systems write them.</summary>
public sealed class ForeignTextTests
{
    private const string Password = "grey harbour 12";
    private const string Words = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
    private const string Address = "dev1w2qaw2me2kh4a538062wqusgz7m3hu6963lf972h8pgyvr6va5kqmtvyf5";

    private static readonly Encoding[] s_marked =
        [new UTF8Encoding(true), new UnicodeEncoding(false, true), new UnicodeEncoding(true, true), new UTF32Encoding(false, true), new UTF32Encoding(true, true)];

    private string _folder = "";

    private string[] Light => ["--light", "--profile", "development", "--keys", _folder];

    private string[] Opened => ["keys", "show", "main", "--check", "--profile", "development", "--keys", _folder];

    private static IEnumerable<TestCaseData> Marked => s_marked.Select(encoding => new TestCaseData(encoding).SetArgDisplayNames(Invariant($"{encoding.WebName} {encoding.Preamble.Length} {encoding.Preamble[0]}")));

    [SetUp]
    public void MakeAFolder() => _folder = Directory.CreateTempSubdirectory().FullName;

    [TearDown]
    public void RemoveIt() => Directory.Delete(_folder, recursive: true);

    [TestCaseSource(nameof(Marked))]
    public async Task EverySecret_BehindAByteOrderMark_IsTheSame(Encoding encoding)
    {
        string password = Write("password", [.. encoding.GetPreamble(), .. encoding.GetBytes(Password + "\r\nanother line\n")]);
        byte[] words = [.. encoding.GetPreamble(), .. encoding.GetBytes(Words + "\r\n")];
        Invocation imported = await Invocation.ByScriptAsync(Password, words, ["keys", "import", "main", .. Light]);
        Assert.That(imported.ExitCode, Is.Zero, imported.Error);
        Assert.That(imported.Output, Does.Contain(Address));
        Invocation opened = await Invocation.OfAsync([.. Opened, "--password-file", password]);
        Assert.That(opened.ExitCode, Is.Zero, opened.Error);

        // The key's own file, marked by an editor, where it lies and where it is imported.
        string path = Path.Combine(_folder, "main.json");
        string json = await File.ReadAllTextAsync(path);
        byte[] marked = [.. encoding.GetPreamble(), .. encoding.GetBytes(json)];
        await File.WriteAllBytesAsync(path, marked);
        Invocation again = await Invocation.OfAsync([.. Opened, "--password-file", password]);
        Invocation copied = await Invocation.ByScriptAsync(Password, marked, ["keys", "import", "copy", .. Light]);
        Assert.That((again.ExitCode, copied.ExitCode), Is.EqualTo((0, 0)), again.Error + copied.Error);
        Assert.That(again.Output, Does.Contain(Address));
        Assert.That(copied.Output, Does.Contain(Address));
    }

    [TestCase(0, "The password is UTF-16 text (little-endian) without a byte-order mark")]
    [TestCase(1, "The password is UTF-16 text (big-endian) without a byte-order mark")]
    [TestCase(2, "The password is UTF-32 text (little-endian) without a byte-order mark")]
    [TestCase(3, "The password is not UTF-8 text: byte 3 belongs to no character")]
    [TestCase(4, "The password holds the character U+0000 at byte 16")]
    public async Task PasswordFile_ThatIsNoUtf8_IsRefusedByName(int kind, string expected)
    {
        byte[] bytes = kind switch
        {
            0 => Encoding.Unicode.GetBytes(Password + "\r\n"),
            1 => Encoding.BigEndianUnicode.GetBytes(Password + "\r\n"),
            2 => Encoding.UTF32.GetBytes(Password),
            3 => Encoding.Latin1.GetBytes("gr\u00E4y harbour 12"),
            _ => Encoding.UTF8.GetBytes(Password + "\0\n"),
        };
        Invocation run = await Invocation.OfAsync(["keys", "new", "main", .. Light, "--password-file", Write("password", bytes)]);
        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
        Assert.That(run.Error, Does.Contain(expected).And.Not.Contain("harbour"));
        Assert.That(File.Exists(Path.Combine(_folder, "main.json")), Is.False);
    }

    [TestCase(Password + "\n")]
    [TestCase(Password + "\r\n\r\n")]
    [TestCase("\uFEFF" + Password)]
    [TestCase(Password + "\nanother line")]
    public async Task PasswordVariable_OpensWhatTheFileOpens(string variable)
    {
        string path = Write("password", Encoding.UTF8.GetBytes(variable));
        Invocation made = await Invocation.OfAsync(["keys", "new", "main", .. Light, "--password-file", path]);
        Invocation byVariable = await Invocation.ByScriptAsync(variable, "", Opened);
        Invocation plainly = await Invocation.ByScriptAsync(Password, "", Opened);
        Assert.That((made.ExitCode, byVariable.ExitCode, plainly.ExitCode), Is.EqualTo((0, 0, 0)), made.Error + byVariable.Error + plainly.Error);
    }

    [TestCase("grey\uFFFDharbour", "The variable CONIUNCTUM_PASSWORD holds U+FFFD at character 5")]
    [TestCase("", "There is no terminal")]
    public async Task PasswordVariable_ThatCouldNotBeDecoded_IsRefused(string variable, string expected)
    {
        Invocation run = await Invocation.ByScriptAsync(variable, "", ["keys", "new", "main", .. Light]);
        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain(expected));
    }

    [Test]
    public async Task PasswordVariable_OfAnyLength_IsRefusedAboveTheFilesLimit()
    {
        foreach (int length in new[] { 1025, 5_000, 1_000_000 })
        {
            Invocation run = await Invocation.ByScriptAsync(new string('x', length), "", ["keys", "new", "main", .. Light]);
            Assert.That((run.ExitCode, run.Error), Is.EqualTo((2, "coniunctum: The variable CONIUNCTUM_PASSWORD has more than 1024 bytes." + Environment.NewLine)));
        }
    }

    [TestCaseSource(nameof(Marked))]
    public async Task PasswordFile_AtTheLimit_IsTakenWhole_AndAboveItNeverCut(Encoding encoding)
    {
        foreach ((int length, int exitCode) in new[] { (1024, 0), (1025, 2), (1030, 2), (6000, 2) })
        {
            foreach (string end in new[] { "", "\n", "\r\n" })
            {
                string path = Write("password", [.. encoding.GetPreamble(), .. encoding.GetBytes(new string('x', length) + end)]);
                Invocation run = await Invocation.OfAsync(["keys", "new", Invariant($"key-{length}-{end.Length}"), .. Light, "--password-file", path]);
                Assert.That(run.ExitCode, Is.EqualTo(exitCode), Invariant($"{length} and {end.Length}: {run.Error}"));
                if (exitCode == 2) Assert.That(run.Error, Does.Contain("The password has more than 1024 bytes"));
            }
        }
    }

    [Test]
    public async Task TypedPassword_OfATerminalInLatin1_IsRefused()
    {
        Invocation run = await Invocation.AtTerminalAsync(new Typist("gr\u00E4y harbour 12") { Encoding = Encoding.Latin1 }, ["keys", "new", "main", .. Light]);
        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("What was typed is not UTF-8 text: byte 3"));
    }

    [Test]
    public async Task Password_ComposedAndDecomposed_SaysSoWhenOpeningFails()
    {
        Invocation made = await Invocation.ByScriptAsync("caf\u00E9 au lait", "", ["keys", "new", "main", .. Light]);
        Invocation opened = await Invocation.ByScriptAsync("cafe\u0301 au lait", "", Opened);
        Assert.That((made.ExitCode, opened.ExitCode), Is.EqualTo((0, 2)), made.Error);
        Assert.That(opened.Error, Does.Contain("as a letter and an accent (decomposed); typed as one character (composed)").And.Not.Contain("caf"));
    }

    // Every passphrase opens a wallet: where one could be misread, nothing would show it.
    [TestCase(true)]
    [TestCase(false)]
    public async Task Passphrase_InUtf16_IsRefused(bool isMarked)
    {
        string path = Write("passphrase", [.. isMarked ? Encoding.Unicode.GetPreamble() : [], .. Encoding.Unicode.GetBytes("TREZOR\r\n")]);
        Invocation run = await Invocation.WithInputAsync(Words, "keys", "derive", "--passphrase-file", path);
        Assert.That((run.ExitCode, run.Output), Is.EqualTo((2, "")));
        Assert.That(run.Error, Does.Contain(isMarked ? "The passphrase is not in UTF-8; save it as UTF-8." : "The passphrase is UTF-16 text (little-endian) without"));
    }

    [Test]
    public async Task Passphrase_BehindTheMarkOfUtf8_IsTheSame()
    {
        string plain = Write("plain", "TREZOR\n"u8.ToArray());
        string marked = Write("marked", Encoding.UTF8.GetBytes("\uFEFFTREZOR\r\n"));
        Invocation expected = await Invocation.WithInputAsync(Words, "keys", "derive", "--passphrase-file", plain);
        Invocation run = await Invocation.WithInputAsync(Words, "keys", "derive", "--passphrase-file", marked);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Output, Is.EqualTo(expected.Output));
    }

    [Test]
    public async Task TextToSign_CountsAsItIs_AndWhatItIsIsSaid()
    {
        await Invocation.ByScriptAsync(Password, Words, ["keys", "import", "main", .. Light]);
        string[] sign = ["keys", "sign", "main", "--keys", _folder];
        Invocation typed = await Invocation.ByScriptAsync(Password, "", [.. sign, "I agree."]);
        Invocation plain = await Invocation.ByScriptAsync(Password, "", [.. sign, "--file", Write("plain", "I agree."u8.ToArray())]);
        Invocation marked = await Invocation.ByScriptAsync(Password, "", [.. sign, "--file", Write("marked", Encoding.UTF8.GetBytes("\uFEFFI agree."))]);
        Invocation wide = await Invocation.ByScriptAsync(Password, "", [.. sign, "--file", Write("wide", Encoding.Unicode.GetBytes("I agree."))]);
        Invocation binary = await Invocation.ByScriptAsync(Password, "", [.. sign, "--file", Write("binary", [0x50, 0x4B, 3, 4, 0xFF, 0, 1, 2])]);
        Invocation lost = await Invocation.ByScriptAsync(Password, "", [.. sign, "I agr\uFFFDe."]);

        Assert.That((typed.ExitCode, plain.ExitCode, marked.ExitCode, wide.ExitCode, binary.ExitCode, lost.ExitCode), Is.EqualTo((0, 0, 0, 0, 0, 2)));
        Assert.That(plain.Output, Is.EqualTo(typed.Output));
        Assert.That(new[] { marked.Output, wide.Output }, Has.None.EqualTo(typed.Output));
        Assert.That(new[] { typed.Error, plain.Error, binary.Error }, Is.All.Empty);
        Assert.That(new[] { marked.Error, wide.Error }, Is.All.Contains("the same text in plain UTF-8 has another signature"));
        Assert.That(lost.Error, Does.Contain("The text holds U+FFFD at character 6"));
    }

    private string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
