using System.Diagnostics;
using System.Text.Json;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Localnet;
using Coniunctum.Node.Tests.Support;

namespace Coniunctum.Node.Tests.Localnet;

/// <summary>Whole networks of real processes, which this program starts itself.</summary>
[TestFixture, NonParallelizable, Platform(Exclude = "Win")]
internal sealed class LocalnetTests
{
    [Test]
    public async Task Localnet_OfMiners_EndsByItselfWithOneTipAndAnExactSupply()
    {
        (JsonElement[] events, int exitCode) = await RunAsync("--nodes", "3", "--blocks", "5", "--block-time", "200ms", "--seed", "1");
        JsonElement summary = events[^1];
        Assert.That((exitCode, summary.GetProperty("valid").GetBoolean(), summary.GetProperty("supplyExact").GetBoolean()), Is.EqualTo((0, true, true)), summary.GetRawText());
        Assert.That(summary.GetProperty("height").GetUInt64(), Is.GreaterThanOrEqualTo(5));
        Assert.That(Directory.Exists(events[0].GetProperty("folder").GetString()), Is.False, "its own folder is deleted");
        foreach (JsonElement process in events[0].GetProperty("processes").EnumerateArray()) Assert.That(() => Process.GetProcessById(process.GetInt32()), Throws.ArgumentException, "no node outlives it");
    }

    [Test]
    public async Task Localnet_OfValidators_OneKilledAgainAndAgain_LosesNothingThatWasInABlock()
    {
        (JsonElement[] events, int exitCode) = await RunAsync(
            "--nodes", "4", "--followers", "1", "--rule", "bft", "--blocks", "12", "--block-time", "200ms", "--kill-every", "1500ms", "--down", "500ms", "--traffic", "20", "--seed", "2");
        JsonElement summary = events[^1];
        Assert.That((exitCode, summary.GetProperty("valid").GetBoolean(), summary.GetProperty("missingConfirmed").GetInt32()), Is.EqualTo((0, true, 0)), summary.GetRawText());
        Assert.That(summary.GetProperty("confirmed").GetInt32(), Is.Positive);
        Assert.That(events.Count(item => item.GetProperty("event").GetString() == "killed"), Is.Positive);
    }

    [TestCase("--nodes: '0' is not a whole number from 1 to 32", "--nodes", "0")]
    [TestCase("--followers: '33' is not a whole number from 0 to 32", "--followers", "33")]
    [TestCase("--rule: 'luck' is no rule", "--rule", "luck")]
    [TestCase("--down: it says how long a killed node stays down", "--down", "1s")]
    [TestCase("--traffic: '2001' is not", "--traffic", "2001")]
    [TestCase("--data: the folder '/' is not empty", "--data", "/")]
    [TestCase("only coniunctum itself can", "--blocks", "1")]
    public async Task Localnet_OnBadInput_SaysInOneLineWhatWasExpected(string expected, params string[] args)
    {
        Invocation run = await Invocation.OfAsync(["localnet", .. args]);
        Assert.That((run.ExitCode, run.ErrorLines.Length), Is.EqualTo((2, 1)), run.Error);
        Assert.That(run.Error, Does.StartWith("coniunctum: ").And.Contain(expected));
    }

    [TestCase(79)]
    [TestCase(119)]
    [TestCase(20)]
    public void Table_OfAnyWidth_IsNotWider_AndHasALineForEachNode(int width)
    {
        var last = new LocalnetView.Answer(12, new string('a', 52) + "0123456789ab", 2, 3, "a block is being made");
        var view = new LocalnetView([new(0, "full", true, 1, last), new(1, "full", false, 2, last), new(2, "full", true, 1, null)], 5, TimeSpan.FromSeconds(61));
        Assert.That(LocalnetTable.Draw(view, 119, 39), Is.EqualTo(new[]
        {
            "00:01:01  5 transfers accepted; Ctrl-C ends it",
            "node  role        height  tip           peers   pool  starts  blocks",
            "   0  full            12  0123456789ab      2      3       1  a block is being made",
            "   1  full          DOWN                                   2",
            "   2  full        starts                                   1",
        }));
        Assert.That(LocalnetTable.Draw(view, width, 4), Has.Exactly(4).Items.And.All.Length.LessThanOrEqualTo(width));
    }

    private static async Task<(JsonElement[] Events, int ExitCode)> RunAsync(params string[] args)
    {
        using var folder = new TestFolder();
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])[typeof(CommandLine).Assembly.Location, "localnet", .. args, "--json"]) start.ArgumentList.Add(argument);
        start.Environment["TMPDIR"] = folder.Path;
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        await TestContext.Out.WriteLineAsync(output + await error);
        return ([.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)], process.ExitCode);
    }
}
