using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Coniunctum.Node.Tests.Cli;

public sealed class HeadersCommandTests
{
    private const string Genesis =
        "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c";

    // Block 255's.
    private const string Tip = "00000000d0a75c861fabf9ff7b92022f60e4afeed9331fe5aa073d8e4706fe3c";

    private static readonly string[] s_csv = VectorFile.ReadLines("bitcoin/headers_1_255.csv");
    private static readonly string[] s_hex = [.. s_csv.Skip(1).Select(line => line.Split(',')[1])];

    public static IEnumerable<TestCaseData> SoundFiles
    {
        get
        {
            yield return File("columns", 255, s_csv);
            yield return File("columns in capitals, with spaces", 255, ["Height , HEX", .. s_csv.Skip(1)]);
            yield return File("heights without a line of columns", 255, s_csv[1..]);
            yield return File("from genesis with heights", 256, ["height,hex", $"0,{Genesis}", .. s_csv.Skip(1)]);
            yield return File("hex from block 1", 255, s_hex);
            yield return File("hex from genesis", 256, [Genesis, .. s_hex]);
            yield return File("capitals", 255, [.. s_hex.Select(line => line.ToUpperInvariant())]);
            yield return File("blank lines and comments", 255, ["# Bitcoin", "", .. s_hex[..9], "  ", "#", .. s_hex[9..], "", ""]);
            yield return File("with 0x", 255, [.. s_hex.Select(line => "0x" + line)]);
            yield return File("columns with 0X", 255, ["height,hex", .. s_csv.Skip(1).Select(line => line.Replace(",", ",0X", StringComparison.Ordinal))]);
            yield return File("in quotation marks", 255, ["\"height\",\"hex\"", .. s_csv.Skip(1).Select(line => $"\"{line.Replace(",", "\",\"", StringComparison.Ordinal)}\"")]);
            yield return File("two marked files one behind the other", 255, ["\ufeff" + s_hex[0], .. s_hex[1..100], "\ufeff" + s_hex[100], .. s_hex[101..]]);
            yield return File("a byte order mark", 255, ["\ufeff" + s_csv[0], .. s_csv.Skip(1)]);
        }
    }

    [TestCaseSource(nameof(SoundFiles))]
    public async Task Verify_SoundFile_CountsItWithAnyLineEnding(int count, string[] lines)
    {
        foreach (string end in new[] { "\n", "\r\n" })
        {
            foreach (string last in new[] { end, "" })
            {
                JsonElement told = await JsonAsync(0, string.Join(end, lines) + last);
                Assert.That((told.GetProperty("valid").GetBoolean(), Number(told, "count"), Number(told, "height")), Is.EqualTo((true, count, 255)));
                Assert.That(told.GetProperty("tip").GetString(), Is.EqualTo(Tip));
                Assert.That(told.GetProperty("work").GetString(), Is.EqualTo("1099528405248"));
                Assert.That(told.GetProperty("chainwork").GetString(), Is.EqualTo("0000000000000000000000000000000000000000000000000000010001000100"));
                Assert.That(Number(told, "checkedInPart"), Is.Zero);
                Assert.That(told.GetProperty("headersPerSecond").GetDouble(), Is.GreaterThan(0));
            }
        }
    }

    public static IEnumerable<Encoding> Marked => [new UnicodeEncoding(false, true), new UnicodeEncoding(true, true), new UTF32Encoding(false, true)];

    // Windows PowerShell writes what it is told to redirect in UTF-16.
    [TestCaseSource(nameof(Marked))]
    public async Task Verify_FileInAnotherEncodingThatItsMarkNames_IsRead(Encoding encoding)
    {
        byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes(string.Join("\r\n", s_csv))];
        Invocation run = await Invocation.WithBytesAsync(bytes, "headers", "verify", "-");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("255 headers").And.Contain(Tip));
    }

    [Test]
    public async Task Verify_UnmarkedUtf16_IsRefusedByName()
    {
        Invocation run = await Invocation.WithBytesAsync(Encoding.Unicode.GetBytes(string.Join('\n', s_csv)), "headers", "verify", "-");
        Assert.That((run.ExitCode, run.Output), Is.EqualTo((2, "")));
        Assert.That(run.Error, Does.Contain("The file is UTF-16 text (little-endian) without a byte-order mark"));
        byte[] json = Encoding.Unicode.GetBytes("{\"chain\":[]}");
        Invocation python = await Invocation.WithBytesAsync(json, "headers", "verify", "-", "--profile", "python");
        Assert.That(python.OutputLines[0], Does.Contain("UTF-16 text (little-endian) without"));
    }

    [TestCase(new byte[] { 0xE4 }, "not UTF-8 text")]
    [TestCase(new byte[] { 0 }, "holds the character U+0000")]
    [TestCase(new byte[] { 0x1B, 0x5B, 0x33, 0x31, 0x6D, 0x30 }, "'\\u001b[31m0")]
    public async Task Verify_LineWithStrayBytes_IsNamedAfterThoseBefore(byte[] stray, string expected)
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(string.Join('\n', s_hex[..99]) + "\n"), .. stray, .. Encoding.UTF8.GetBytes(string.Join('\n', s_hex[99..]))];
        Invocation run = await Invocation.WithBytesAsync(bytes, "headers", "verify", "-", "--json");
        JsonElement told = JsonDocument.Parse(run.OutputLines.Single()).RootElement;
        Assert.That((run.ExitCode, Number(told, "line"), Number(told, "count")), Is.EqualTo((1, 100, 99)));
        Assert.That(told.GetProperty("fault").GetString(), Does.Contain(expected));
    }

    [Test]
    public async Task Verify_FromAFile_TellsCountTipWorkAndRate()
    {
        string path = VectorFile.PathOf("bitcoin/headers_1_255.csv");
        Invocation run = await Invocation.OfAsync("headers", "verify", path, "--profile", "bitcoin");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("255 headers").And.Contain(Tip).And.Contain("1099528405248").And.Contain("headers/s").And.Contain("from genesis"));
    }

    [Test]
    public async Task Verify_FromACheckpoint_TakesTheFirstOnTrustAndSaysWhatWasCheckedInPart()
    {
        JsonElement columns = await JsonAsync(0, string.Join('\n', s_csv[100..]));
        JsonElement lines = await JsonAsync(0, string.Join('\n', s_hex[99..]), "--height", "100");
        foreach (JsonElement told in new[] { columns, lines })
        {
            Assert.That((Number(told, "count"), Number(told, "firstHeight"), Number(told, "height"), Number(told, "checkedInPart")), Is.EqualTo((156, 100, 255, 10)));
            Assert.That(told.GetProperty("chainwork").ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That(told.GetProperty("work").GetString(), Is.EqualTo((156 * 4_295_032_833L).ToString()));
        }

        Invocation run = await Invocation.WithInputAsync(string.Join('\n', s_csv[100..]), "headers", "verify", "-");
        Assert.That(run.Output, Does.Contain("from height 100, which was taken on trust").And.Contain("in part  10 headers"));
    }

    // The line that is wrong, the rule that says so, and what was done.
    [TestCase(100, "PreviousUnknown", "drop", TestName = "a missing header")]
    [TestCase(100, "PreviousUnknown", "repeat", TestName = "a header twice")]
    [TestCase(100, "PreviousUnknown", "flip 4", TestName = "another previous hash")]
    [TestCase(100, "ProofInvalid", "flip 0", TestName = "another version")]
    [TestCase(100, "ProofInvalid", "flip 36", TestName = "another Merkle root")]
    [TestCase(100, "ProofInvalid", "flip 70", TestName = "another time")]
    [TestCase(100, "ProofInvalid", "flip 79", TestName = "another nonce")]
    [TestCase(100, "TargetWrong", "flip 72", TestName = "other digits of the target")]
    [TestCase(100, "TargetWrong", "flip 75", TestName = "a longer target")]
    [TestCase(1, "ProofInvalid", "flip 79", TestName = "a wrong first header")]
    [TestCase(255, "ProofInvalid", "flip 79", TestName = "a wrong last header")]
    [TestCase(100, "malformed", "cut", TestName = "79 bytes")]
    [TestCase(100, "malformed", "lengthen", TestName = "81 bytes")]
    [TestCase(100, "malformed", "odd", TestName = "half a byte")]
    [TestCase(100, "malformed", "letter", TestName = "no hexadecimal")]
    [TestCase(1, "malformed", "cut", TestName = "a first line of 79 bytes")]
    [TestCase(100, "malformed", "long", TestName = "an endless line")]
    public async Task Verify_BadLine_IsNamedWithItsRuleAndExitsWithOne(int line, string rule, string fault)
    {
        List<string> lines = [.. s_hex];
        string text = lines[line - 1];
        lines[line - 1] = fault switch
        {
            "cut" => text[..^2],
            "lengthen" => text + "00",
            "odd" => text[..^1],
            "letter" => "g" + text[1..],
            "long" => new string('0', 200_000),
            _ when fault.StartsWith("flip", StringComparison.Ordinal) => Flip(text, int.Parse(fault[5..], CultureInfo.InvariantCulture)),
            _ => text,
        };
        if (fault == "drop") lines.RemoveAt(line - 1);
        if (fault == "repeat") lines.Insert(line - 1, lines[line - 2]);

        JsonElement told = await JsonAsync(1, string.Join('\n', lines));
        Assert.That(told.GetProperty("valid").GetBoolean(), Is.False);
        Assert.That((Number(told, "line"), told.GetProperty("rule").GetString(), Number(told, "count")), Is.EqualTo((line, rule, line - 1)));

        Invocation run = await Invocation.WithInputAsync(string.Join('\n', lines), "headers", "verify", "-", "--profile", "bitcoin");
        Assert.That((run.ExitCode, run.OutputLines[0]), Is.EqualTo((1, run.OutputLines[0])));
        Assert.That(run.OutputLines[0], Does.StartWith(Invariant($"Line {line}")).And.Contain(rule));
    }

    [TestCase("99,", "HeightWrong")]
    [TestCase("101,", "HeightWrong")]
    [TestCase("x,", "malformed")]
    [TestCase("-100,", "malformed")]
    [TestCase("", "malformed")]
    [TestCase("100,1,", "malformed")]
    public async Task Verify_BadHeightInAColumn_IsNamed(string start, string rule)
    {
        string[] lines = [.. s_csv];
        lines[100] = start + s_hex[99];
        JsonElement told = await JsonAsync(1, string.Join('\n', lines));
        Assert.That((Number(told, "line"), told.GetProperty("rule").GetString()), Is.EqualTo((101, rule)));
    }

    /// <summary>Behind the last number of 64 bits height 0 seemed to follow.</summary>
    [TestCase("18446744073709551615")]
    [TestCase("9007199254740992")]
    [TestCase("18446744073709551616")]
    public async Task Verify_HeightBeyondWhatCanBeCounted_IsMalformed(string height)
    {
        JsonElement told = await JsonAsync(1, $"height,hex\n{height},{s_hex[0]}\n0,{s_hex[1]}");
        Assert.That((Number(told, "line"), told.GetProperty("rule").GetString()), Is.EqualTo((2, "malformed")));
        Assert.That(told.GetProperty("fault").GetString(), Does.Contain("is no height from 0 to 9007199254740991"));
    }

    [Test]
    public async Task Verify_LineOfAnotherLength_SaysTheExpectedOne()
    {
        Invocation run = await Invocation.WithInputAsync(s_hex[0] + "0101", "headers", "verify", "-");
        Assert.That(run.OutputLines[0], Does.Contain("Line 1 is malformed: A header has 80 bytes, not 82."));
    }

    [TestCase("height,block_hex", "columns must be height,hex, not height,block_hex")]
    [TestCase("hash,height", "columns must be height,hex")]
    public async Task Verify_OtherColumns_AreRefused(string columns, string expected)
    {
        Invocation run = await Invocation.WithInputAsync(string.Join('\n', [columns, .. s_csv.Skip(1)]), "headers", "verify", "-");
        Assert.That((run.ExitCode, run.Output), Is.EqualTo((2, "")));
        Assert.That(run.Error, Does.Contain(expected));
    }

    [Test]
    public async Task Verify_HexThatBeginsAnywhere_AsksForTheHeight()
    {
        Invocation run = await Invocation.WithInputAsync(string.Join('\n', s_hex[99..]), "headers", "verify", "-");
        Assert.That((run.ExitCode, run.Error), Is.EqualTo((2, run.Error)));
        Assert.That(run.Error, Does.Contain("--height"));
        Invocation both = await Invocation.WithInputAsync(string.Join('\n', s_csv), "headers", "verify", "-", "--height", "1");
        Assert.That((both.ExitCode, both.Error), Is.EqualTo((2, both.Error)));
        Assert.That(both.Error, Does.Contain("contradict"));
    }

    [Test]
    public async Task Verify_AnotherChainsGenesis_IsRefused()
    {
        JsonElement told = await JsonAsync(1, "height,hex\n0," + s_hex[0]);
        Assert.That((Number(told, "line"), told.GetProperty("rule").GetString()), Is.EqualTo((2, "PreviousUnknown")));
    }

    [Test]
    public async Task Verify_PythonClientsChain_IsRightAndAChangedOneIsNot()
    {
        string path = VectorFile.PathOf("seed/coniunctum_python_chain.json");
        Invocation sound = await Invocation.OfAsync("headers", "verify", path, "--profile", "python", "--json");
        Assert.That(sound.ExitCode, Is.Zero, sound.Error);
        JsonElement told = JsonDocument.Parse(sound.Output).RootElement;
        Assert.That((Number(told, "count"), told.GetProperty("tip").GetString()), Is.EqualTo((5, "083b8cc35e1c54baafe39f399896fed0524aa5b5426a631a96f99c947dee4e6c")));

        byte[] marked = [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(await System.IO.File.ReadAllTextAsync(path))];
        foreach (byte[] bytes in new[] { [0xEF, 0xBB, 0xBF, .. await System.IO.File.ReadAllBytesAsync(path)], marked })
            Assert.That((await Invocation.WithBytesAsync(bytes, "headers", "verify", "-", "--profile", "python")).ExitCode, Is.Zero);

        string changed = (await System.IO.File.ReadAllTextAsync(path)).Replace("218131", "218132", StringComparison.Ordinal);
        Invocation bad = await Invocation.WithInputAsync(changed, "headers", "verify", "-", "--profile", "python");
        Assert.That((bad.ExitCode, bad.OutputLines[0]), Is.EqualTo((1, bad.OutputLines[0])));
        Assert.That(bad.OutputLines[0], Does.StartWith("Block 3 breaks rule 1, ProofInvalid"));
        Invocation none = await Invocation.WithInputAsync("no JSON", "headers", "verify", "-", "--profile", "python");
        Assert.That((none.ExitCode, none.OutputLines[0]), Is.EqualTo((1, none.OutputLines[0])));
        Assert.That(none.OutputLines[0], Does.Contain("malformed"));
    }

    private static string Flip(string text, int index)
    {
        byte[] bytes = Convert.FromHexString(text);
        bytes[index] ^= 1;
        return Convert.ToHexStringLower(bytes);
    }

    private static async Task<JsonElement> JsonAsync(int exitCode, string input, params string[] options)
    {
        Invocation run = await Invocation.WithInputAsync(input, ["headers", "verify", "-", "--profile", "bitcoin", "--json", .. options]);
        Assert.That(run.ExitCode, Is.EqualTo(exitCode), run.Error + run.Output);
        return JsonDocument.Parse(run.OutputLines.Single()).RootElement;
    }

    private static long Number(JsonElement item, string name) => item.GetProperty(name).GetInt64();

    private static TestCaseData File(string name, int count, string[] lines) => new TestCaseData(count, lines).SetArgDisplayNames(name);
}
