using System.Text.Json;

namespace Coniunctum.Node.Tests.Dev;

/// <summary>Development chains that are kept, and gone on with.</summary>
[TestFixture]
internal sealed class DevDataTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("coniunctum-dev").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase("standard", 1_000_000_000_000UL, 5_000_000_000UL)]
    [TestCase("int32coin", 1_000_000_000UL, 50UL)]
    public async Task Dev_Again_GoesOnWithTheChainAndItsExactSupply(string profile, ulong genesis, ulong subsidy)
    {
        string[] args = ["dev", "--profile", profile, "--blocks", "3", "--block-time", "5ms", "--traffic", "50", "--threads", "1", "--json"];
        Invocation first = await Invocation.InFolderAsync(_folder, args);
        Invocation second = await Invocation.InFolderAsync(_folder, args);

        Assert.That((first.ExitCode, second.ExitCode), Is.EqualTo((0, 0)), second.Error);
        (JsonElement begin, JsonElement end) = (Event(first, 0), Event(first, ^1));
        (JsonElement again, JsonElement last) = (Event(second, 0), Event(second, ^1));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Text(begin, "data"), Is.EqualTo(Path.Combine(_folder, $"dev-{profile}.db")));
            Assert.That(Number(begin, "height"), Is.Zero);
            Assert.That(Number(end, "height"), Is.EqualTo(3));
            Assert.That(Text(again, "chainId"), Is.EqualTo(Text(begin, "chainId")));
            Assert.That(again.GetProperty("accounts").GetRawText(), Is.EqualTo(begin.GetProperty("accounts").GetRawText()));
            Assert.That(Number(again, "height"), Is.EqualTo(3));
            Assert.That(Number(last, "startHeight"), Is.EqualTo(3));
            Assert.That(Number(last, "height"), Is.EqualTo(6));
            Assert.That(Text(last, "supply"), Is.EqualTo(Invariant($"{genesis + (6 * subsidy)}")));
            Assert.That(Number(last, "mismatched"), Is.Zero);
            Assert.That(Number(last, "accepted"), Is.Positive);
            Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(1), "a clean end leaves one file");
        }
    }

    [TestCase("--seed", "7", "seed")]
    [TestCase("--grant", "200000", "grant")]
    [TestCase("--block-time", "2ms", "block-time")]
    [TestCase("--profile", "int32coin", "profile")]
    public async Task Dev_WithAnotherWishThanTheFileHas_SaysWhichAndLeavesTheChainAsItWas(string option, string value, string named)
    {
        string path = Path.Combine(_folder, "chain.db");
        await Invocation.InFolderAsync(_folder, "dev", "--data", path, "--blocks", "1", "--block-time", "1ms");
        Invocation refused = await Invocation.InFolderAsync(_folder, "dev", "--data", path, "--blocks", "1", option, value);
        Assert.That(refused.ExitCode, Is.EqualTo(2));
        Assert.That(refused.Error, Does.Contain($"--{named}: the chain in the file has").And.Contain("--ephemeral"));
        Invocation again = await Invocation.InFolderAsync(_folder, "dev", "--data", path, "--blocks", "1", "--json");
        Assert.That(Number(Event(again, ^1), "height"), Is.EqualTo(2));
    }

    [Test]
    public async Task Dev_EphemeralOrWithASeedOnly_LeavesNothingBehind()
    {
        Invocation ephemeral = await Invocation.InFolderAsync(_folder, "dev", "--ephemeral", "--blocks", "1", "--block-time", "1ms");
        Invocation seeded = await Invocation.InFolderAsync(_folder, "dev", "--seed", "1", "--blocks", "1", "--block-time", "1ms");
        Assert.That((ephemeral.ExitCode, seeded.ExitCode), Is.EqualTo((0, 0)));
        Assert.That(Directory.GetFileSystemEntries(_folder), Is.Empty);
    }

    [Test]
    public async Task Dev_DataAndEphemeral_IsRefused()
    {
        Invocation run = await Invocation.InFolderAsync(_folder, "dev", "--data", Path.Combine(_folder, "x.db"), "--ephemeral");
        Assert.That((run.ExitCode, run.Error), Is.EqualTo((2, $"coniunctum: --data and --ephemeral contradict each other.{Environment.NewLine}")));
    }

    [Test]
    public async Task Dev_FileThatIsNoLedger_IsRefusedAndUntouched()
    {
        string path = Path.Combine(_folder, "letter.txt");
        await File.WriteAllTextAsync(path, "Dear chain, please leave this letter alone. It is long enough to be a header of a file, and more.");
        string before = await File.ReadAllTextAsync(path);
        Invocation run = await Invocation.InFolderAsync(_folder, "dev", "--data", path, "--blocks", "1");
        Assert.That(run.ExitCode, Is.EqualTo(2), run.Error);
        Assert.That(run.Error, Does.Contain("letter.txt"));
        Assert.That(await File.ReadAllTextAsync(path), Is.EqualTo(before));
    }

    private static JsonElement Event(Invocation run, Index index) => JsonDocument.Parse(run.OutputLines[index]).RootElement;

    private static ulong Number(JsonElement item, string name) => item.GetProperty(name).GetUInt64();

    private static string? Text(JsonElement item, string name) => item.GetProperty(name).GetString();
}
