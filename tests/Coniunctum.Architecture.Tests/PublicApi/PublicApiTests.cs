using System.Reflection;
using Coniunctum.Architecture.Tests.Support;

namespace Coniunctum.Architecture.Tests.PublicApi;

/// <summary>
/// Each package's public surface is written down in src/PACKAGE/PublicApi.txt, so that it changes only on purpose. With
/// UPDATE_PUBLIC_API=1 in the environment these tests write the files instead.
/// </summary>
public sealed class PublicApiTests
{
    private const string UpdateVariable = "UPDATE_PUBLIC_API";

    public static IEnumerable<string> Assemblies => Repository.Assemblies;

    [TestCaseSource(nameof(Assemblies))]
    public void PublicSurface_IsTheOneWrittenDown(string assembly)
    {
        string path = Repository.PathOf($"src/{assembly}/PublicApi.txt");
        string[] built = [.. ApiRenderer.Render(Assembly.Load(assembly))];
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1") File.WriteAllText(path, string.Concat(built.Select(line => line + "\n")));

        Assert.That(path, Does.Exist, $"Write it with {UpdateVariable}=1 in the environment.");
        string[] written = File.ReadAllLines(path);
        IEnumerable<string> difference = [.. built.Except(written).Select(line => "+ " + line), .. written.Except(built).Select(line => "- " + line)];
        Assert.That(
            difference,
            Is.Empty,
            $"The public surface of {assembly} has changed. If that is meant, say why in the commit and run the tests with {UpdateVariable}=1.\n{string.Join('\n', difference)}");
    }
}
