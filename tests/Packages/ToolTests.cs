using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Coniunctum.Packages.Tests;

/// <summary>The console node, installed from its package: a chain with traffic, and a summary that must add up.</summary>
public sealed class ToolTests
{
    private const int Blocks = 20;

    [CancelAfter(240_000)]
    [TestCase("standard", 5_000_000_000)]
    [TestCase("int32coin", 50)]
    public async Task Dev_TwentyBlocksWithTraffic_AddUp(string profile, long subsidy, CancellationToken cancellation)
    {
        JsonElement[] events = await RunAsync(
            ["dev", "--ephemeral", "--profile", profile, "--blocks", Invariant($"{Blocks}"), "--traffic", "50", "--json"], cancellation);
        JsonElement summary = events[^1];
        Assert.That(summary.GetProperty("event").GetString(), Is.EqualTo("summary"));
        Assert.That(Number(summary, "height"), Is.EqualTo(Blocks));
        Assert.That(Number(summary, "mismatched"), Is.Zero);

        // Every base unit is a grant of genesis or a subsidy of the schedule.
        JsonElement started = Only(events, "started").Single();
        decimal granted = started.GetProperty("accounts").EnumerateArray().Sum(account => Number(account, "balance"));
        Assert.That(Number(summary, "genesisSupply"), Is.EqualTo(granted));
        Assert.That(Number(summary, "subsidies"), Is.EqualTo((decimal)Blocks * subsidy));
        Assert.That(Number(summary, "supply"), Is.EqualTo(Number(summary, "genesisSupply") + Number(summary, "subsidies")));

        // Every block has one reward; the other transactions are the confirmed ones, and those were accepted first.
        JsonElement[] blocks = [.. Only(events, "block")];
        Assert.That(blocks.Select(block => Number(block, "height")), Is.EqualTo(Enumerable.Range(1, Blocks)));
        Assert.That(Number(summary, "confirmed"), Is.EqualTo(blocks.Sum(block => Number(block, "transactions") - 1)));
        Assert.That(Number(summary, "confirmed"), Is.GreaterThan(0).And.LessThanOrEqualTo(Number(summary, "accepted")));

        JsonElement[] rejected = [.. Only(events, "rejected")];
        Assert.That(rejected.Count(IsTransfer), Is.EqualTo(Sum(summary.GetProperty("rejected"))).And.GreaterThan(0));
        Assert.That(rejected.Count(refused => !IsTransfer(refused)), Is.EqualTo(Sum(summary.GetProperty("rejectedBlocks"))));
    }

    private static IEnumerable<JsonElement> Only(JsonElement[] events, string name) => events.Where(line => line.GetProperty("event").GetString() == name);

    private static bool IsTransfer(JsonElement rejected) => rejected.GetProperty("subject").GetString() == "transfer";

    private static decimal Sum(JsonElement counts) => counts.EnumerateObject().Sum(count => count.Value.GetDecimal());

    /// <summary>Counts are numbers; what may be beyond 2⁵³ is decimal text.</summary>
    private static decimal Number(JsonElement parent, string name)
    {
        JsonElement value = parent.GetProperty(name);
        return value.ValueKind == JsonValueKind.String ? decimal.Parse(value.GetString()!, CultureInfo.InvariantCulture) : value.GetDecimal();
    }

    private static async Task<JsonElement[]> RunAsync(string[] arguments, CancellationToken cancellation)
    {
        string name = OperatingSystem.IsWindows() ? "coniunctum.exe" : "coniunctum";
        var start = new ProcessStartInfo(Checkout.PathOf($"artifacts/tools/{name}"), arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(cancellation);
            string output = await process.StandardOutput.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            Assert.That(process.ExitCode, Is.Zero, await errors);
            return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
