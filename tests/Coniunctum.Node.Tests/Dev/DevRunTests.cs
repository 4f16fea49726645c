using System.Globalization;
using System.Text.Json;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Dev;
using Coniunctum.Node.Traffic;

namespace Coniunctum.Node.Tests.Dev;

public sealed class DevRunTests
{
    private const string Seed = "20260101";

    // The reward of three blocks: written out, so that a changed subsidy is noticed.
    [TestCase("standard", 1_000_000_000_000UL, 15_000_000_000UL)]
    [TestCase("int32coin", 1_000_000_000UL, 150UL)]
    public async Task Dev_WithTraffic_KeepsTheSupplyExactAndRefusesEveryFaultUnderItsRule(string profile, ulong genesis, ulong subsidies)
    {
        Invocation run = await Invocation.OfAsync(
            "dev", "--profile", profile, "--blocks", "3", "--traffic", "20", "--block-time", "100ms", "--seed", Seed, "--threads", "1", "--json");

        JsonElement[] events = [.. run.OutputLines.Select(line => JsonDocument.Parse(line).RootElement)];
        JsonElement summary = events[^1];
        JsonElement[] rejections = [.. events.Where(item => NameOf(item) is "rejected")];
        RuleCoverage coverage = RuleCoverage.Of(DevProfile.Bases.Single(known => known.Name.Equals(profile, StringComparison.Ordinal)) with { MinimumOpeningPayment = profile is "standard" ? 1_000UL : 1 });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.ExitCode, Is.Zero);
            Assert.That(run.Error, Is.Empty);
            Assert.That(events.Select(NameOf).Take(2), Is.EqualTo(new[] { "started", "traffic" }));
            Assert.That(events.Where(item => NameOf(item) is "block").Select(item => item.GetProperty("height").GetUInt64()), Is.EqualTo(new[] { 1UL, 2UL, 3UL }));

            Assert.That(NameOf(summary), Is.EqualTo("summary"));
            Assert.That(summary.GetProperty("profile").GetString(), Is.EqualTo(profile));
            Assert.That(summary.GetProperty("height").GetUInt64(), Is.EqualTo(3));
            Assert.That(summary.GetProperty("tip").GetString(), Is.EqualTo(events.Last(item => NameOf(item) is "block").GetProperty("id").GetString()));
            Assert.That(summary.GetProperty("genesisSupply").GetString(), Is.EqualTo(Invariant($"{genesis}")));
            Assert.That(summary.GetProperty("subsidies").GetString(), Is.EqualTo(Invariant($"{subsidies}")));
            Assert.That(summary.GetProperty("supply").GetString(), Is.EqualTo(Invariant($"{genesis + subsidies}")));
            Assert.That(summary.GetProperty("accepted").GetInt64(), Is.Positive);
            Assert.That(ulong.Parse(summary.GetProperty("hashes").GetString()!, CultureInfo.InvariantCulture), Is.Positive);
            Assert.That(summary.GetProperty("mismatched").GetInt64(), Is.Zero);

            Assert.That(rejections.Select(item => item.GetProperty("rule").GetString()), Is.EqualTo(rejections.Select(item => item.GetProperty("intended").GetString())));
            Assert.That(CountsIn(summary, "rejected"), Is.EquivalentTo(Tally(rejections, "transfer")));
            Assert.That(CountsIn(summary, "rejectedBlocks"), Is.EquivalentTo(Tally(rejections, "block")));
            Assert.That(CountsIn(summary, "rejected").Keys, Is.EquivalentTo(coverage.ByTransfers.Select(rule => rule.ToString())));
            Assert.That(CountsIn(summary, "rejectedBlocks").Keys, Is.EquivalentTo(coverage.ByBlocks.Select(rule => rule.ToString())));
        }
    }

    [Test]
    public async Task Dev_WithTheSameSeed_HasTheSameAccountsOnTheSameChain([Values("standard", "int32coin")] string profile)
    {
        string[] args = ["dev", "--profile", profile, "--blocks", "1", "--block-time", "1ms", "--json", "--seed", Seed];
        JsonElement first = JsonDocument.Parse((await Invocation.OfAsync(args)).OutputLines[0]).RootElement;
        JsonElement second = JsonDocument.Parse((await Invocation.OfAsync([.. args, "--threads", "2"])).OutputLines[0]).RootElement;

        JsonElement accounts = first.GetProperty("accounts");
        Assert.That(accounts.GetArrayLength(), Is.EqualTo(10));
        Assert.That(accounts.EnumerateArray().Select(account => account.GetProperty("privateKey").GetString()).Distinct(StringComparer.Ordinal).Count(), Is.EqualTo(10));
        Assert.That(second.GetProperty("accounts").GetRawText(), Is.EqualTo(accounts.GetRawText()));
        Assert.That(second.GetProperty("chainId").GetString(), Is.EqualTo(first.GetProperty("chainId").GetString()));
        Assert.That(first.GetProperty("keepsPace").GetBoolean(), Is.EqualTo(profile is "standard"));
    }

    [Test]
    public async Task Dev_WithoutASeed_SaysWhichOneItDrew()
    {
        Invocation first = await Invocation.OfAsync("dev", "--blocks", "1", "--block-time", "1ms", "--json", "--ephemeral");
        JsonElement drawn = JsonDocument.Parse(first.OutputLines[0]).RootElement;

        Invocation second = await Invocation.OfAsync(
            "dev", "--blocks", "1", "--block-time", "1ms", "--json", "--seed", drawn.GetProperty("seed").GetString()!);

        Assert.That(
            JsonDocument.Parse(second.OutputLines[0]).RootElement.GetProperty("accounts").GetRawText(),
            Is.EqualTo(drawn.GetProperty("accounts").GetRawText()));
    }

    /// <summary>Many readers of JSON hold numbers as doubles, which round beyond 2⁵³.</summary>
    [Test]
    public async Task Dev_SeedBeyondWhatDoublesHold_IsExactText_AndNoNumberIsBeyondIt()
    {
        Invocation run = await Invocation.OfAsync("dev", "--ephemeral", "--blocks", "1", "--block-time", "1ms", "--traffic", "1", "--json", "--seed", "9007199254740993");

        JsonElement[] events = [.. run.OutputLines.Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.That(events[0].GetProperty("seed").GetString(), Is.EqualTo("9007199254740993"));
        Assert.That(events[0].GetProperty("accounts")[0].GetProperty("balance").GetString(), Is.EqualTo("100000000000"));
        double[] numbers = [.. events.SelectMany(NumbersIn)];
        Assert.That(numbers, Is.Not.Empty);
        Assert.That(numbers, Has.All.LessThan(Math.Pow(2, 53)));

        static IEnumerable<double> NumbersIn(JsonElement item) => item.ValueKind switch
        {
            JsonValueKind.Object => item.EnumerateObject().SelectMany(property => NumbersIn(property.Value)),
            JsonValueKind.Array => item.EnumerateArray().SelectMany(NumbersIn),
            JsonValueKind.Number => [item.GetDouble()],
            _ => [],
        };
    }

    [Test]
    public async Task Dev_InPlainLines_WarnsOfItsKeysAndWritesOneLineForEachBlock()
    {
        Invocation run = await Invocation.OfAsync("dev", "--blocks", "4", "--block-time", "1ms", "--traffic", "10", "--seed", Seed);

        Assert.That(run.ExitCode, Is.Zero);
        Assert.That(run.Output, Does.Contain("never use these elsewhere"));
        Assert.That(run.OutputLines.Count(line => line.StartsWith("block ", StringComparison.Ordinal)), Is.EqualTo(4));
        Assert.That(run.Output, Does.Contain("1000000000000 at genesis + 20000000000 in subsidies = 1020000000000"));
        Assert.That(run.Output, Does.Contain("ContradictsFinality: ").And.Contain("Overflow: "));
        Assert.That(run.Output, Does.Not.Contain("WRONG"));
    }

    [Test]
    public async Task Dev_WithAGrantAndAReceiver_UsesThem()
    {
        const string Receiver = "dev1hv5t8a0srwdpgm83r90gefayu3dhfe5tl0nyu0tunsnutns2mlgsw6jeq8";
        Invocation run = await Invocation.OfAsync(
            "dev", "--ephemeral", "--blocks", "1", "--block-time", "1ms", "--json", "--grant", "123456", "--reward-to", Receiver);

        JsonElement started = JsonDocument.Parse(run.OutputLines[0]).RootElement;
        Assert.That(started.GetProperty("rewardTo").GetString(), Is.EqualTo(Receiver));
        Assert.That(JsonDocument.Parse(run.OutputLines[^1]).RootElement.GetProperty("genesisSupply").GetString(), Is.EqualTo(Invariant($"{1_234_560}")));
    }

    [Test]
    public async Task Dev_ThatIsStopped_EndsWithASummaryOfTheBlocksThatItTold()
    {
        using var stop = new CancellationTokenSource();
        var output = new StopsAtHeight(5, stop);
        await using var io = new CommandIo(Stream.Null, output, TextWriter.Null);

        int exitCode = await CommandLine.RunAsync(["dev", "--block-time", "5ms", "--traffic", "100", "--json", "--seed", Seed], io, stop.Token);

        JsonElement summary = JsonDocument.Parse(output.Lines[^1]).RootElement;
        Assert.That(exitCode, Is.Zero);
        Assert.That(NameOf(summary), Is.EqualTo("summary"));
        Assert.That(summary.GetProperty("height").GetInt64(), Is.EqualTo(output.Lines.Count(line => line.StartsWith("{\"event\":\"block\"", StringComparison.Ordinal))));
        Assert.That(
            summary.GetProperty("supply").GetString(),
            Is.EqualTo(Invariant($"{1_000_000_000_000 + (5_000_000_000 * summary.GetProperty("height").GetUInt64())}")));
    }

    private static string? NameOf(JsonElement item) => item.GetProperty("event").GetString();

    private static Dictionary<string, long> CountsIn(JsonElement summary, string name) =>
        summary.GetProperty(name).EnumerateObject().ToDictionary(property => property.Name, property => property.Value.GetInt64(), StringComparer.Ordinal);

    private static Dictionary<string, long> Tally(IEnumerable<JsonElement> rejections, string subject) => rejections
        .Where(item => subject.Equals(item.GetProperty("subject").GetString(), StringComparison.Ordinal))
        .GroupBy(item => item.GetProperty("rule").GetString()!, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.LongCount(), StringComparer.Ordinal);

    /// <summary>Asks for a stop, as Ctrl-C does, when a block is reported.</summary>
    private sealed class StopsAtHeight(int height, CancellationTokenSource stop) : StringWriter
    {
        public List<string> Lines { get; } = [];

        public override void WriteLine(string? value)
        {
            Lines.Add(value!);
            if (value!.StartsWith(Invariant($"{{\"event\":\"block\",\"height\":{height},"), StringComparison.Ordinal)) stop.Cancel();
        }
    }
}
