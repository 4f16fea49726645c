using System.Globalization;
using System.Text.RegularExpressions;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Mining.Difficulty;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Data;
using Coniunctum.Node.Dev;
using Coniunctum.Node.Localnet;
using Coniunctum.Node.Net;
using Coniunctum.Node.Output;
using Coniunctum.Node.Tests.Support;
using Coniunctum.Node.Traffic;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Transport;
using Spectre.Console;

namespace Coniunctum.Node.Tests.Output;

/// <summary>
/// The page shows what people see: each of its pictures is what the reporters draw on a terminal of that size. With UPDATE_VIEWS=1
/// in the environment they are drawn anew.
/// </summary>
internal sealed partial class ViewsPageTests
{
    private const string Home = "/var/lib/coniunctum";

    private static readonly Dictionary<string, Func<TerminalScreen, Action, Task<string>>> s_views = new(StringComparer.Ordinal)
    {
        ["dev"] = DrawDevAsync,
        ["localnet"] = (screen, resize) => Task.FromResult(DrawLocalnet(screen, resize)),
        ["node"] = (screen, resize) => Task.FromResult(DrawNode(screen, resize)),
    };

    public static IEnumerable<TestCaseData> Pictures => Names.Select(name => new TestCaseData(name.View, name.Size).SetArgDisplayNames(name.View, name.Size));

    private static IEnumerable<(string View, string Size)> Names =>
        from view in s_views.Keys
        from size in (string[])["80x24", "120x40", "120x40 to 60x12"]
        select (view, size);

    private static string PagePath
    {
        get
        {
            string folder = TestContext.CurrentContext.TestDirectory;
            while (!File.Exists(Path.Combine(folder, "Coniunctum.Core.sln"))) folder = Path.GetDirectoryName(folder)!;
            return Path.Combine(folder, "docs", "VIEWS.md");
        }
    }

    [OneTimeSetUp]
    public async Task UpdateAsync()
    {
        if (Environment.GetEnvironmentVariable("UPDATE_VIEWS") != "1") return;
        var drawn = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string view, string size) in Names) drawn[$"{view} {size}"] = await DrawAsync(view, size);
        string page = await File.ReadAllTextAsync(PagePath);
        await File.WriteAllTextAsync(PagePath, Picture().Replace(page, match => $"<!-- {match.Groups["name"].Value} -->\n```text\n{drawn[match.Groups["name"].Value]}\n```\n"));
    }

    [TestCaseSource(nameof(Pictures))]
    public async Task Picture_OfAView_IsWhatATerminalShows(string view, string size)
    {
        string drawn = await DrawAsync(view, size);
        Dictionary<string, string> shown = Picture().Matches(await File.ReadAllTextAsync(PagePath)).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["text"].Value, StringComparer.Ordinal);
        Assert.That(shown.GetValueOrDefault($"{view} {size}"), Is.EqualTo(drawn + "\n"), $"UPDATE_VIEWS=1 draws it anew:\n{drawn}");
    }

    [Test]
    public void Pictures_OfThePage_AreAllDrawnHere() => Assert.That(
        Picture().Matches(File.ReadAllText(PagePath)).Select(match => match.Groups["name"].Value),
        Is.EqualTo(Names.Select(name => $"{name.View} {name.Size}")));

    /// <summary>What a smaller terminal had no room for leaves nothing behind in a larger one.</summary>
    [Test]
    public async Task Picture_OfATerminalThatBecameLarger_IsThatOfOneThatAlwaysWas([Values("dev", "localnet")] string view)
    {
        string always = await DrawAsync(view, "120x40"), larger = await DrawAsync(view, "60x12 to 120x40");
        int lines = larger.Split('\n').Length;
        Assert.That(lines, Is.GreaterThan(6));
        Assert.That(larger, Does.EndWith(string.Join('\n', always.Split('\n')[^6..])));
    }

    /// <summary>Fewer lines than before, none at all, and the end: what follows begins on a line of its own.</summary>
    [Test]
    public void Lines_ThatBecomeFewer_LeaveNothingBehind_AndTheEndLeavesTheCursor()
    {
        using var screen = new TerminalScreen(20, 5);
        screen.WriteLine("before");
        var lines = new LiveLines(screen.Console());
        lines.End();
        lines.Draw((_, _) => [new Text("one"), new Text("two"), new Text("three")]);
        Assert.That((screen.Text, screen.IsCursorShown), Is.EqualTo(("before\none\ntwo\nthree", false)));
        lines.Draw((_, _) => [new Text("1")]);
        Assert.That(screen.Text, Is.EqualTo("before\n1"));
        lines.End();
        lines.End();
        screen.WriteLine("after");
        Assert.That((screen.Text, screen.IsCursorShown), Is.EqualTo(("before\n1\nafter", true)));
    }

    /// <summary>Draws a view; where a second size is named, the terminal takes it before the last picture.</summary>
    private static async Task<string> DrawAsync(string view, string sizes)
    {
        int[] numbers = [.. Regex.Matches(sizes, @"\d+").Select(match => int.Parse(match.Value, CultureInfo.InvariantCulture))];
        await using var screen = new TerminalScreen(numbers[0], numbers[1]);
        return await s_views[view](screen, () =>
        {
            if (numbers is [_, _, var width, var height]) screen.Resize(width, height);
        });
    }

    private static async Task<string> DrawDevAsync(TerminalScreen screen, Action resize)
    {
        var settings = new DevSettings("standard", 7, 100_000_000_000, TimeSpan.FromSeconds(1), 1 << 22);
        DevAccount[] accounts = DevAccount.Derive(settings.Seed, settings.Base.Signatures);
        ChainProfile profile = DevProfile.Create(settings, accounts);
        var start = new DevStart(
            new DevOptions { Requested = new RequestedSettings(), DrawnSeed = 7, Data = $"{Home}/dev-standard.db", Traffic = 20, Threads = 3 },
            settings, profile, GenesisBlock.Create(profile).Block.Id, accounts, accounts[0].Address)
        {
            Height = 0,
            Target = Target.ForHashes(1 << 22),
            HashesPerSecond = 4_110_000,
            Coverage = RuleCoverage.Of(profile),
        };
        await using var reporter = new LiveReporter(new PlainReporter(screen), screen.Console());
        reporter.Started(start);
        foreach (DevAccount account in accounts) account.Dispose();

        var tally = new DevTally(0, 0);
        HashedBlock? last = null;
        for (ulong height = 1; height <= 84; height++)
        {
            Transaction transfer = Paying(accounts[height % 10].Address, accounts[(height + 1) % 10].Address, 1_000 + (37 * height));
            last = BlockAt(height, last?.Id ?? default, Paying(Address.Root, accounts[0].Address, 5_000_000_000), transfer);
            tally.Add(Judged(BlockRule.None) with { Transfer = new AcceptedTransfer(last.Transactions[1].Id, (int)(height % 10) + 1, (int)((height + 1) % 10) + 1, transfer.Amount) });
            tally.Add(last);
        }

        tally.Add(Judged(BlockRule.None) with { Transfer = new AcceptedTransfer(default, 6, 7, 4_711) });
        foreach ((BlockRule rule, int i) in start.Coverage.ByTransfers.Select((rule, i) => (rule, i)))
        {
            for (int n = 0; n < 25 - i; n++) tally.Add(Judged(rule));
        }

        foreach (BlockRule rule in start.Coverage.ByBlocks) tally.Add(Judged(rule) with { IsBlock = true });
        reporter.Tick(new DevView(tally, 0, 341_000_000, TimeSpan.FromSeconds(82.9)));
        resize();
        reporter.Tick(new DevView(tally, 1, 345_260_000, TimeSpan.FromSeconds(84)));
        return screen.Text;
    }

    private static string DrawLocalnet(TerminalScreen screen, Action resize)
    {
        var time = new StandingTime();
        var options = new LocalnetOptions { Nodes = 4, Followers = 1, Rule = RuleName.Bft, Traffic = 20, KillEvery = TimeSpan.FromSeconds(15), Seed = 15, Folder = "/tmp/coniunctum-localnet" };
        using var reporter = new LiveLocalnetReporter(new PlainLocalnetReporter(screen, time), screen.Console());
        reporter.Started(new LocalnetStart(options, "bft", Sha3_256.Hash("localnet"u8).ToString(), [1, 2, 3, 4, 5]));
        reporter.Looked(ViewOf(61, 1));
        resize();
        reporter.Looked(ViewOf(62, 2));
        return screen.Text;

        static LocalnetView ViewOf(ulong height, int starts)
        {
            string tip = Sha3_256.Hash([(byte)height]).ToString();
            var made = new LocalnetView.Answer(height, tip, 4, 3, Invariant($"block {height + 1} is agreed upon after a pause"));
            return new LocalnetView(
                [
                    new(0, "validator", true, 1, made),
                    new(1, "validator", true, 1, made with { Pool = 5 }),
                    new(2, "validator", false, starts, made),
                    new(3, "validator", true, 1, made with { Production = Invariant($"height {height + 1}, round 0: prevotes are missing: {Sha3_256.Hash([2])}") }),
                    new(4, "follower", true, 1, made with { Production = $"the key of {Sha3_256.Hash([4])} is no validator's" }),
                ],
                1_204,
                TimeSpan.FromSeconds(height + 1));
        }
    }

    private static string DrawNode(TerminalScreen screen, Action resize)
    {
        using PrivateKey key = PrivateKey.Generate(new SeededEntropy(7, "node")), other = PrivateKey.Generate(new SeededEntropy(7, "other node"));
        ChainProfile profile = Profiles.Standard with { Name = "club" };
        var options = new NodeOptions { Folder = new NodeFolder($"{Home}/nodes/club"), Profile = profile, Role = NodeRole.Full };
        var peer = new NetworkPeer(NodeId.Of(other.PublicKey), NodeEndpoint.Parse("192.0.2.7:5050"), true, true, 48_210, 0, 0);
        var io = new CommandIo(Stream.Null, screen, screen) { IsErrorLive = true, ErrorWidth = () => screen.Width };
        var reporter = new PlainNodeReporter(io, new StandingTime());
        reporter.Started(new NodeStart(
            options, Sha3_256.Hash("club"u8).ToString(), 0, NodeId.Of(key.PublicKey).ToString(), profile.Signatures.AddressOf(key.PublicKey).ToText(profile.AddressPrefix),
            [$"{NodeId.Of(key.PublicKey)}@0.0.0.0:5050"]));
        reporter.Failed(new NetworkFailure(NodeEndpoint.Parse("192.0.2.9:5050"), "the connection was refused"));
        reporter.Connected(peer);
        reporter.Synchronizing(new SyncProgress(11_904, 48_210, 1_480, TimeSpan.FromSeconds(25)));
        resize();
        reporter.Synchronizing(new SyncProgress(12_288, 48_210, 1_512.4, TimeSpan.FromSeconds(24)));
        return screen.Text;
    }

    private static Judgement Judged(BlockRule rule) =>
        new(false, rule, "something", rule == BlockRule.None ? Verdict.Valid : Verdict.Invalid(rule, 1, 2), Consensus.Pool.PoolRule.None);

    private static Transaction Paying(Address from, Address to, ulong amount) => new() { Tag = default, Sender = from, Receiver = to, Amount = amount, Signature = new byte[65] };

    private static HashedBlock BlockAt(ulong height, BlockId previous, params Transaction[] transactions) => HashedBlock.Create(
        new Block { Header = new BlockHeader { Height = height, Nonce = 0, Previous = previous, MerkleRoot = default, Target = default }, Transactions = [.. transactions] },
        Profiles.Standard.Format,
        default);

    [GeneratedRegex(@"<!-- (?<name>(?<view>\w+) (?<size>\d+x\d+(?: to \d+x\d+)?)) -->\n```text\n(?<text>.*?)```\n", RegexOptions.Singleline)]
    private static partial Regex Picture();

    /// <summary>It is always the same moment.</summary>
    private sealed class StandingTime : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => new(2026, 11, 29, 9, 41, 7, TimeSpan.Zero);

        public override long GetTimestamp() => 0;
    }
}
