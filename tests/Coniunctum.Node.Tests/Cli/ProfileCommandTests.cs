using Coniunctum.Ledger;

namespace Coniunctum.Node.Tests.Cli;

public sealed class ProfileCommandTests
{
    [TestCaseSource(typeof(Profiles), nameof(Profiles.All))]
    public async Task Show_OfAProfile_NamesEveryParameterWithItsValue(ChainProfile profile)
    {
        Invocation run = await Invocation.OfAsync("profile", "show", profile.Name);

        Assert.That(run.ExitCode, Is.Zero);
        foreach (Parameter parameter in profile.Parameters)
        {
            Assert.That(run.OutputLines, Has.Some.Matches<string>(line =>
                line!.StartsWith($"{parameter.Name} ", StringComparison.Ordinal) && line.EndsWith($" {parameter.Value}", StringComparison.Ordinal)));
        }
    }
}
