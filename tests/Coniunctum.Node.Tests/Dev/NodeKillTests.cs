using System.Diagnostics;
using System.Text.Json;
using Coniunctum.Node.Cli;

namespace Coniunctum.Node.Tests.Dev;

/// <summary>
/// A node that mines is killed at any moment, again and again, on the same file. A block that it told of is durable: none may
/// be missing when the file is opened again.
/// </summary>
[TestFixture, Category("Long"), NonParallelizable]
internal sealed class NodeKillTests
{
    private const int Seed = 20261121;

    private static readonly bool s_isLong = Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1";

    [Test]
    public async Task Kill_AtAnyMoment_LosesNoBlockThatWasTold()
    {
        if (OperatingSystem.IsWindows()) Assert.Ignore("Kills a process as POSIX does.");
        int kills = s_isLong ? 200 : 3;
        var random = new Random(Seed);
        string folder = Directory.CreateTempSubdirectory("coniunctum-kill").FullName;
        string data = Path.Combine(folder, "chain.db");
        ulong told = 0;
        int lost = 0;
        try
        {
            for (int kill = 0; kill < kills; kill++)
            {
                ulong height = await RunAndKillAsync(data, random.Next(1, 60));
                told = Math.Max(told, height);
                Invocation verified = await Invocation.InFolderAsync(folder, "db", "verify", "--data", data, "--json");
                Assert.That(verified.ExitCode, Is.Zero, verified.Output + verified.Error);
                ulong stored = JsonDocument.Parse(verified.Output).RootElement.GetProperty("height").GetUInt64();
                if (stored < told) lost += (int)(told - stored);
                told = stored;
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        await TestContext.Out.WriteLineAsync(Invariant($"seed {Seed}: {kills} kills, {told} blocks, {lost} told blocks lost"));
        Assert.That(lost, Is.Zero);
    }

    /// <summary>Mines until so many blocks were reported, then kills the process in the middle of what it does; returns the last height told.</summary>
    private static async Task<ulong> RunAndKillAsync(string data, int blocks)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (string argument in (string[])[typeof(CommandLine).Assembly.Location, "dev", "--data", data, "--json", "--traffic", "200", "--threads", "1"])
            start.ArgumentList.Add(argument);
        // Only a new chain may be asked for its pace.
        if (!File.Exists(data)) Array.ForEach(["--block-time", "5ms"], start.ArgumentList.Add);
        using Process node = Process.Start(start)!;
        ulong told = 0;
        while (blocks > 0 && await node.StandardOutput.ReadLineAsync() is { } line)
        {
            JsonElement item = JsonDocument.Parse(line).RootElement;
            if (item.GetProperty("event").GetString() != "block") continue;
            told = item.GetProperty("height").GetUInt64();
            blocks--;
        }

        Assert.That(blocks, Is.Zero, "the node ended by itself");
        node.Kill();
        await node.WaitForExitAsync();
        return told;
    }
}
