using System.Text.Json;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Tests.Support;

namespace Coniunctum.Node.Tests.Cli;

/// <summary>What help shows as an example is what works.</summary>
[TestFixture, NonParallelizable, Platform(Exclude = "Win")]
internal sealed class ExamplesTests
{
    [Test]
    public async Task Examples_OfHelp_RunOneBehindTheOther()
    {
        using var folder = new TestFolder();
        await using BackgroundRun chain = BackgroundRun.Start(folder.Path, "dev", "--data", folder["chain.db"], "--block-time", "20ms", "--threads", "1", "--http", "off");
        await chain.NextAsync("started");
        JsonElement sent = JsonDocument.Parse((await RunAsync("send", "2", "5", "--from", "1", "--wait", "--json")).Output).RootElement;
        foreach ((string path, string line) in Examples.OfCommands)
        {
            // A backup is made while the chain runs; the others want files that no one has open.
            if (path is "db digest") await chain.StopAsync();
            Assert.That(line, Does.StartWith($"coniunctum {path} "));
            Assert.That((await RunAsync([.. path.Split(' '), "--help"])).OutputLines, Has.Member($"  {line}"));
            await RunAsync([.. line.Split(' ').Skip(1).Select(Filled)]);
        }

        async Task<Invocation> RunAsync(params string[] args)
        {
            Invocation run = await Invocation.InFolderAsync(folder.Path, args);
            Assert.That(run.ExitCode, Is.Zero, $"{string.Join(' ', args)}: {run.Output}{run.Error}");
            return run;
        }

        string Filled(string word) => word switch
        {
            "ID" => sent.GetProperty("id").GetString()!,
            "BLOCK" => sent.GetProperty("block").GetString()!,
            _ => word.Contains('.', StringComparison.Ordinal) ? folder[word] : word,
        };
    }
}
