using System.Globalization;
using System.Text.Json;

namespace Coniunctum.Node.Tests.Cli;

/// <summary>Digests of ledgers, going back in them, and what two of them differ in.</summary>
[TestFixture]
internal sealed class DbHistoryTests
{
    private const int Height = 40;

    private string _folder = "";

    // Made once, since that takes most of a test's time; each test has a copy.
    private string _made = "";

    private string Data => InFolder("chain.db");

    private string Digest => InFolder("chain.digest");

    [OneTimeSetUp]
    public async Task MakeChainAsync()
    {
        _made = Directory.CreateTempSubdirectory("coniunctum-history").FullName;
        Invocation run = await RunAsync("dev", "--data", Path.Combine(_made, "chain.db"), "--blocks", "40", "--block-time", "2ms", "--traffic", "50", "--checkpoint", "10", "--http", "off");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
    }

    [OneTimeTearDown]
    public void DeleteChain() => Directory.Delete(_made, recursive: true);

    [SetUp]
    public void CopyChain()
    {
        _folder = Directory.CreateTempSubdirectory("coniunctum-history").FullName;
        File.Copy(Path.Combine(_made, "chain.db"), Data);
    }

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Digest_OfEveryFileThatHoldsTheChain_IsTheSame()
    {
        string digest = await DigestAsync(Data);
        await DoAsync("db", "export", InFolder("blocks"), "--data", Data);
        await DoAsync("db", "import", InFolder("blocks"), "--data", InFolder("imported.db"));
        await DoAsync("db", "export", "--state", "--height", "25", InFolder("state"), "--data", Data);
        await DoAsync("db", "import", InFolder("state"), "--data", InFolder("state.db"));
        await DoAsync("db", "import", InFolder("blocks"), "--data", InFolder("state.db"));
        await DoAsync("db", "backup", "--out", InFolder("backup.db"), "--data", Data);
        foreach (string other in (string[])["imported.db", "state.db", "backup.db"]) Assert.That(await DigestAsync(InFolder(other)), Is.EqualTo(digest), other);

        // Neither does it matter what was deleted, as long as the state can be had.
        string below = await DigestAsync(Data, "--height", "39");
        JsonElement pruned = await DoAsync("db", "prune", "--keep", "1", "--data", Data);
        Assert.That(Number(pruned, "below"), Is.Positive);
        Assert.That(await DigestAsync(Data), Is.EqualTo(digest));
        Assert.That((await DigestAsync(InFolder("imported.db"), "--height", "39"), below), Is.EqualTo((below, below)).And.Not.EqualTo((digest, below)));
        Invocation gone = await RunAsync("db", "digest", "--height", "1", "--data", Data);
        Assert.That((gone.ExitCode, gone.ErrorLines.Length), Is.EqualTo((2, 1)), gone.Error);
        Assert.That(gone.Error, Does.Contain("was pruned"));
    }

    [Test]
    public async Task VerifyAgainst_TheSameChain_HoldsAlsoOnceItHasGoneOn()
    {
        await DoAsync("db", "digest", "--out", Digest, "--data", Data);
        Assert.That((await DoAsync("db", "verify", "--against", Digest, "--data", Data)).GetProperty("same").GetBoolean(), Is.True);
        Assert.That((await RunAsync("dev", "--data", Data, "--blocks", "3", "--http", "off")).ExitCode, Is.Zero);
        Invocation later = await RunAsync("db", "verify", "--against", Digest, "--data", Data);
        Assert.That(later.ExitCode, Is.Zero, later.Output + later.Error);
        Assert.That(later.Output, Does.Contain("All is the same").And.Contain("up to height 40"));
        Invocation taken = await RunAsync("db", "digest", "--out", Digest, "--data", Data);
        Assert.That((taken.ExitCode, taken.ErrorLines.Length), Is.EqualTo((2, 1)));
        Assert.That(taken.Error, Does.Contain("is there already"));
    }

    [Test]
    public async Task VerifyAgainst_AChainThatWasRewritten_NamesTheFirstHeightThatDiffers()
    {
        await DoAsync("db", "digest", "--out", Digest, "--data", Data);
        await DoAsync("db", "rewind", "--height", "23", "--data", Data);
        Invocation shorter = await RunAsync("db", "verify", "--against", Digest, "--data", Data, "--json");
        Assert.That((shorter.ExitCode, Number(Json(shorter), "firstDifference"), Number(Json(shorter), "damaged")), Is.EqualTo((1, 24L, 0L)));
        Assert.That((await RunAsync("dev", "--data", Data, "--blocks", "20", "--http", "off")).ExitCode, Is.Zero);
        Invocation other = await RunAsync("db", "verify", "--against", Digest, "--data", Data, "--json");
        Assert.That((other.ExitCode, Number(Json(other), "firstDifference")), Is.EqualTo((1, 24L)));
        Assert.That((await RunAsync("db", "verify", "--against", Digest, "--data", Data)).Output, Does.Contain("Height 24 is the first that differs"));
    }

    [Test]
    public async Task VerifyAgainst_WhatIsNoDigest_OrOneOfAnotherChain_IsOneLine()
    {
        await DoAsync("db", "digest", "--out", Digest, "--data", Data);
        string[] lines = await File.ReadAllLinesAsync(Digest);
        Assert.That(lines, Has.Length.EqualTo(8 + Height + 1));
        for (int line = 0; line < 8; line++) await RefusesAsync([.. lines[..line], lines[line][..^1] + (lines[line][^1] == '0' ? '1' : '0'), .. lines[(line + 1)..]]);
        await RefusesAsync(lines[..(8 + 3)]);
        await RefusesAsync([]);
        await RefusesAsync([new string('x', 100_000)]);

        string other = InFolder("other.db");
        await RunAsync("dev", "--data", other, "--blocks", "1", "--block-time", "2ms", "--http", "off");
        Invocation foreign = await RunAsync("db", "verify", "--against", Digest, "--data", other);
        Assert.That((foreign.ExitCode, foreign.ErrorLines.Length), Is.EqualTo((2, 1)));
        Assert.That(foreign.Error, Does.Match("is of chain [0-9a-f]{64}, the ledger of [0-9a-f]{64}"));

        async Task RefusesAsync(string[] changed)
        {
            await File.WriteAllTextAsync(InFolder("bad"), string.Join('\n', changed) + (changed.Length > 0 ? "\n" : ""));
            Invocation run = await RunAsync("db", "verify", "--against", InFolder("bad"), "--data", Data);
            Assert.That((run.ExitCode, run.ErrorLines.Length, run.Output), Is.EqualTo((2, 1, "")), run.Output + run.Error);
            Assert.That(run.Error, Does.Contain("is no digest"));
        }
    }

    [Test]
    public async Task Rewind_ThenImportAgain_IsTheSameDigest([Values(39, 31, 7, 0)] int height)
    {
        string digest = await DigestAsync(Data), there = await DigestAsync(Data, "--height", height.ToString(CultureInfo.InvariantCulture));
        await DoAsync("db", "export", InFolder("blocks"), "--data", Data);
        JsonElement rewound = await DoAsync("db", "rewind", "--height", height.ToString(CultureInfo.InvariantCulture), "--data", Data);
        Assert.That((Number(rewound, "undone"), Number(rewound, "height")), Is.EqualTo((Height - height, height)));
        Assert.That(await DigestAsync(Data), Is.EqualTo(there));
        JsonElement verified = await DoAsync("db", "verify", "--data", Data);
        Assert.That((Number(verified, "damaged"), Number(verified, "height")), Is.EqualTo((0, height)));
        JsonElement imported = await DoAsync("db", "import", InFolder("blocks"), "--data", Data);
        Assert.That((Number(imported, "added"), Number(imported, "height")), Is.EqualTo((Height - height, Height)));
        Assert.That(await DigestAsync(Data), Is.EqualTo(digest));
        Assert.That(Number(await DoAsync("db", "verify", "--data", Data), "damaged"), Is.Zero);
    }

    [Test]
    public async Task Rewind_ToWhatIsNotThere_IsOneLine_AndChangesNothing()
    {
        byte[] before = await File.ReadAllBytesAsync(Data);
        await RefusesAsync("ends at height 40", "41");
        Assert.That(await File.ReadAllBytesAsync(Data), Is.EqualTo(before));
        JsonElement pruned = await DoAsync("db", "prune", "--keep", "1", "--data", Data);
        await RefusesAsync("only the header was kept", "2");
        Assert.That(Number(await DoAsync("db", "rewind", "--height", pruned.GetProperty("below").GetRawText(), "--data", Data), "height"), Is.EqualTo(Number(pruned, "below")));

        async Task RefusesAsync(string expected, string height)
        {
            Invocation run = await RunAsync("db", "rewind", "--height", height, "--data", Data);
            Assert.That((run.ExitCode, run.ErrorLines.Length, run.Output), Is.EqualTo((2, 1, "")), run.Error);
            Assert.That(run.Error, Does.Contain(expected));
        }
    }

    [Test]
    public async Task Diff_OfChainsThatPart_SaysWhere_AndWhichAccountsDiffer()
    {
        string other = InFolder("other.db");
        File.Copy(Data, other);
        JsonElement same = await DoAsync("db", "diff", Data, other);
        Assert.That((same.GetProperty("same").GetBoolean(), same.GetProperty("partsAt").ValueKind, Number(same, "accounts")), Is.EqualTo((true, JsonValueKind.Null, 0L)));

        await DoAsync("db", "rewind", "--height", "17", "--data", other);
        Invocation shorter = await RunAsync("db", "diff", Data, other);
        Assert.That(shorter.ExitCode, Is.EqualTo(1));
        Assert.That(shorter.OutputLines[0], Is.EqualTo("The chains are one up to height 17, where one of them ends; compared at 40 and 17."));
        Assert.That((await RunAsync("dev", "--data", other, "--blocks", "5", "--traffic", "50", "--http", "off")).ExitCode, Is.Zero);
        Invocation parted = await RunAsync("db", "diff", Data, other, "--limit", "1000000", "--json");
        JsonElement found = Json(parted);
        JsonElement[] differences = [.. found.GetProperty("differences").EnumerateArray()];
        Assert.That((parted.ExitCode, Number(found, "partsAt"), differences.Length), Is.EqualTo((1, 18L, (int)Number(found, "accounts"))));
        Assert.That(differences, Is.Not.Empty);
        string[] supplies = [.. found.GetProperty("supplies").EnumerateArray().Select(supply => supply.GetString()!)];
        Assert.That(differences.Sum(difference => Amount(difference, "after") - Amount(difference, "before")), Is.EqualTo(decimal.Parse(supplies[1], CultureInfo.InvariantCulture) - decimal.Parse(supplies[0], CultureInfo.InvariantCulture)));

        JsonElement below = await DoAsync("db", "diff", Data, other, "--height", "17");
        Assert.That(below.GetProperty("same").GetBoolean(), Is.True);
        Invocation few = await RunAsync("db", "diff", Data, other, "--limit", "1");
        Assert.That(few.OutputLines, Has.Length.EqualTo(differences.Length > 1 ? 4 : 3).And.Some.StartsWith("account dev1"));

        static decimal Amount(JsonElement difference, string name) => decimal.Parse(difference.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
    }

    [Test]
    public async Task Diff_OfWhatCannotBeCompared_IsOneLine()
    {
        string link = InFolder("link.db"), text = InFolder("text");
        File.CreateSymbolicLink(link, Data);
        await File.WriteAllTextAsync(text, "Some text that is nothing in particular.");
        await RefusesAsync("are one file; expected two", Data, Data);
        await RefusesAsync("are one file; expected two", Data, link);
        await RefusesAsync("", Data, text);
        await RefusesAsync("There is no file", Data, InFolder("nowhere"));
        File.Copy(Data, InFolder("twin.db"));
        await RefusesAsync("has no block at height 99", Data, InFolder("twin.db"), "--height", "99");
        await DoAsync("db", "prune", "--keep", "1", "--data", Data);
        await RefusesAsync("was pruned", Data, InFolder("twin.db"), "--height", "1");

        async Task RefusesAsync(string expected, params string[] args)
        {
            Invocation run = await RunAsync(["db", "diff", .. args]);
            Assert.That((run.ExitCode, run.ErrorLines.Length, run.Output), Is.EqualTo((2, 1, "")), run.Error);
            Assert.That(run.Error, Does.Contain(expected));
        }
    }

    private static JsonElement Json(Invocation run) => JsonDocument.Parse(run.OutputLines[^1]).RootElement;

    private static long Number(JsonElement item, string name) => item.GetProperty(name).GetInt64();

    private string InFolder(string name) => Path.Combine(_folder, name);

    private async Task<string> DigestAsync(string data, params string[] more) =>
        (await DoAsync(["db", "digest", "--data", data, .. more])).GetProperty("digest").GetString()!;

    private async Task<JsonElement> DoAsync(params string[] args)
    {
        Invocation run = await RunAsync([.. args, "--json"]);
        Assert.That(run.ExitCode, Is.Zero, $"{string.Join(' ', args)}: {run.Output}{run.Error}");
        return Json(run);
    }

    private Task<Invocation> RunAsync(params string[] args) => Invocation.InFolderAsync(_folder.Length > 0 ? _folder : _made, args);
}
