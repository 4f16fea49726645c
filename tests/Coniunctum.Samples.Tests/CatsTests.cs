using System.Diagnostics;
using System.Globalization;
using Cats;
using Coniunctum.Ledger.State;

namespace Coniunctum.Samples.Tests;

/// <summary>The program samples/Cats and its save folder.</summary>
[Category("Long")]
public sealed class CatsTests
{
    private const int Seed = 20261129;

    private static readonly int s_kills = Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1" ? 100 : 4;

    private string _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("cats-tests").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Game_KilledAtAnyMoment_LoadsWithAllThatItHasShown()
    {
        string script = Path.Combine(_folder, "script.txt");
        string[] round = ["breed alice #1 #2", "offer alice #1 bob 1", "wait", "reveal alice", "accept bob #1", "offer bob #1 alice #2", "accept alice #1", "give bob #2 alice", "save"];
        await File.WriteAllLinesAsync(script, [.. Enumerable.Repeat("adopt alice", 4), .. Enumerable.Repeat("adopt bob", 4), .. Enumerable.Repeat(round, 500).SelectMany(lines => lines)]);
        var random = new Random(Seed);
        ulong height = 0;
        ulong cats = 0;
        for (int kill = 0; kill < s_kills; kill++)
        {
            // Some are killed while they make their keys or open the ledger, the others some time after their first block, however
            // long a busy machine takes to get there.
            bool hasBegun = kill % 4 != 3;
            ulong shown = await RunAndKillAsync(script, hasBegun, random.Next(hasBegun ? 1000 : 500));
            (ulong found, cats) = await LoadAsync(random);
            Assert.That(found, Is.GreaterThanOrEqualTo(Math.Max(shown, height)), Invariant($"seed {Seed}, kill {kill}"));
            height = found;
        }

        await TestContext.Out.WriteLineAsync(Invariant($"seed {Seed}: {s_kills} kills, {height} blocks, {cats} cats; folders that do not load: 0, blocks that were shown and are gone: 0"));
        Assert.That(height, Is.GreaterThan(0UL));
    }

    [Test]
    public async Task Script_EachTime_SaysWhatItsOutputSays()
    {
        string sample = SampleFolder();
        string[] lines = await File.ReadAllLinesAsync(Path.Combine(sample, "script.txt"));
        var output = new StringWriter { NewLine = "\n" };
        using var save = new Save(_folder, isScripted: true);
        await using LedgerHost ledger = await save.OpenAsync();
        var game = new Game(ledger, save, output);
        foreach (string line in lines) Assert.That(await game.RunAsync(line), Is.Null, line);
        Assert.That(output.ToString(), Is.EqualTo(await File.ReadAllTextAsync(Path.Combine(sample, "output.txt"))));
    }

    [TestCase("dance alice")]
    [TestCase("adopt carol")]
    [TestCase("give alice #1 bob")]
    [TestCase("offer alice #0 bob 5")]
    [TestCase("load 99")]
    public async Task Command_ThatIsNone_SaysWhatIsExpected(string line)
    {
        using var save = new Save(_folder, isScripted: true);
        await using LedgerHost ledger = await save.OpenAsync();
        Assert.That(await new Game(ledger, save, TextWriter.Null).RunAsync(line), Does.Contain("expected one of those that 'help' shows"));
        Assert.That(ledger.Tip.Header.Height, Is.Zero);
    }

    [TestCase("--save")]
    [TestCase("--speed", "5")]
    [TestCase("--script", "missing.txt")]
    public async Task Program_WithWrongOptions_SaysSoInALine_AndExitsWith2(params string[] arguments)
    {
        (int exitCode, string output, string errors) = await ChildProcess.RunAsync(typeof(CatGame).Assembly, arguments);
        Assert.That((exitCode, output, errors.Split('\n').Length), Is.EqualTo((2, "", 2)), errors);
    }

    /// <summary>Returns the height of the last block that the game has shown.</summary>
    private async Task<ulong> RunAndKillAsync(string script, bool hasBegun, int milliseconds)
    {
        ProcessStartInfo start = ChildProcess.Of(typeof(CatGame).Assembly, ["--save", Path.Combine(_folder, "save"), "--script", script]);
        start.RedirectStandardOutput = true;
        using Process game = Process.Start(start)!;
        string shown = "";
        while (hasBegun && !shown.StartsWith("block ", StringComparison.Ordinal) && await game.StandardOutput.ReadLineAsync() is { } line) shown = line + "\n";
        await Task.Delay(milliseconds);
        game.Kill();
        shown += await game.StandardOutput.ReadToEndAsync();
        await game.WaitForExitAsync();
        string? last = shown.Split('\n')[..^1].LastOrDefault(line => line.StartsWith("block ", StringComparison.Ordinal));
        return last is null ? 0 : ulong.Parse(last.AsSpan(6, last.IndexOf(':', StringComparison.Ordinal) - 6), CultureInfo.InvariantCulture);
    }

    /// <summary>Loads the save folder; its cats are as many as were issued, and each has an owner whom the header alone shows.</summary>
    private async Task<(ulong Height, ulong Cats)> LoadAsync(Random random)
    {
        using var save = new Save(Path.Combine(_folder, "save"), isScripted: true);
        await using LedgerHost ledger = await save.OpenAsync();
        LedgerView view = ledger.ReadView();
        TokenSupply supply = TokenSupply.Decode(view.EntryOf(CatGame.Number, UniqueTokens.SupplyKey))!.Value;
        Assert.That(supply.Burnt, Is.Zero);
        for (ulong number = 1; number <= supply.Issued; number++)
            Assert.That(save.NameOf(TokenIn(view, number)!.Owner), Is.EqualTo("alice").Or.EqualTo("bob"));
        Assert.That(TokenIn(view, supply.Issued + 1), Is.Null);
        if (supply.Issued > 0)
        {
            ulong drawn = (ulong)random.NextInt64((long)supply.Issued) + 1;
            ProofAtTip proof = view.ProveEntry(CatGame.Number, UniqueTokens.KeyOf(Cat.TokenOf(drawn)));
            Assert.That(UniqueToken.Verify(proof.Proof, proof.Block.Header.StateRoot, CatGame.Number, Cat.TokenOf(drawn), out UniqueToken? proven), Is.EqualTo(ProofOutcome.Present));
            Assert.That(proven!.Owner, Is.EqualTo(TokenIn(view, drawn)!.Owner));
        }

        return (view.Tip.Header.Height, supply.Issued);
    }

    private static UniqueToken? TokenIn(LedgerView view, ulong number) => UniqueToken.Decode(view.EntryOf(CatGame.Number, UniqueTokens.KeyOf(Cat.TokenOf(number))));

    private static string SampleFolder()
    {
        string? folder = TestContext.CurrentContext.TestDirectory;
        while (folder is not null && !Directory.Exists(Path.Combine(folder, "samples"))) folder = Path.GetDirectoryName(folder);
        return Path.Combine(folder ?? throw new InvalidOperationException("The tests run from within the repository."), "samples", "Cats");
    }
}
