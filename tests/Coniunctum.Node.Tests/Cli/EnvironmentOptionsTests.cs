using Coniunctum.Node.Cli;
using Coniunctum.Node.Tests.Support;

namespace Coniunctum.Node.Tests.Cli;

/// <summary>The environment in the place of options.</summary>
internal sealed class EnvironmentOptionsTests
{
    [Test]
    public async Task Node_WithEverythingFromTheEnvironment_Runs()
    {
        using var folder = new TestFolder();
        Invocation run = await RunAsync(folder, ["node"], ("CONIUNCTUM_NEW", "club"), ("CONIUNCTUM_RULE", "authority"), ("CONIUNCTUM_FOR", "1ms"), ("CONIUNCTUM_JSON", "1"), ("CONIUNCTUM_LISTEN", "127.0.0.1:0 127.0.0.1:0"));
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.OutputLines[0], Does.Contain("\"network\":\"club\"").And.Match("addresses\":\\[\"node1[^\"]*\",\"node1[^\"]*\"\\]"));
    }

    [Test]
    public async Task Option_ThatWasTyped_CountsMoreThanTheEnvironment()
    {
        using var folder = new TestFolder();
        Invocation run = await RunAsync(folder, ["node", "--new", "typed", "--rule", "authority", "--role", "wallet", "--for", "1ms"], ("CONIUNCTUM_NEW", "other"));
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(Directory.Exists(folder["nodes/typed"]));
    }

    [Test]
    public async Task Variable_WithAWrongValue_IsNamedBesideItsOption()
    {
        using var folder = new TestFolder();
        Invocation run = await RunAsync(folder, ["node", "--new", "a"], ("CONIUNCTUM_LISTEN", "here"));
        Assert.That((run.ExitCode, run.ErrorLines.Length), Is.EqualTo((2, 1)));
        Assert.That(run.Error, Does.Contain("--listen: 'here' cannot be used").And.Contain("CONIUNCTUM_LISTEN"));
    }

    [Test]
    public async Task Commands_AboutOneFile_TakeNothingFromTheEnvironment()
    {
        using var folder = new TestFolder();
        Invocation run = await RunAsync(folder, ["dev", "--ephemeral", "--blocks", "1", "--block-time", "1ms", "--json"], ("CONIUNCTUM_DATA", folder["x.db"]));
        Assert.That(run.ExitCode, Is.Zero, run.Error);
    }

    private static async Task<Invocation> RunAsync(TestFolder folder, string[] args, params (string Name, string Value)[] variables)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        await using var io = new CommandIo(Stream.Null, output, error)
        {
            DataFolder = folder.Path,
            Variable = name => variables.FirstOrDefault(variable => variable.Name.Equals(name, StringComparison.Ordinal)).Value,
        };
        int exitCode = await CommandLine.RunAsync(args, io);
        return new Invocation(exitCode, output.ToString(), error.ToString());
    }
}
