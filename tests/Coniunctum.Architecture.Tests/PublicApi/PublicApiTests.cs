using System.Reflection;
using Coniunctum.Architecture.Tests.Support;

namespace Coniunctum.Architecture.Tests.PublicApi;

/// <summary>
/// Each package's public surface is written down in src/PACKAGE/PublicApi.txt, so that it changes only on purpose. What is public
/// only because a sibling package needs it stands in PublicApi.Internal.txt: a change there is noticed too, but nothing is promised
/// of it. With UPDATE_PUBLIC_API=1 in the environment these tests write the files instead.
/// </summary>
public sealed class PublicApiTests
{
    private const string UpdateVariable = "UPDATE_PUBLIC_API";

    public static IEnumerable<string> Assemblies => Repository.Assemblies;

    [TestCaseSource(nameof(Assemblies))]
    public void PublicSurface_IsTheOneWrittenDown(string assembly) => AssertIsWrittenDown(assembly, "PublicApi.txt", type => !InternalNamespaces.Hold(type));

    [TestCaseSource(nameof(Assemblies))]
    public void SiblingsSurface_IsTheOneWrittenDown(string assembly) => AssertIsWrittenDown(assembly, "PublicApi.Internal.txt", InternalNamespaces.Hold);

    private static void AssertIsWrittenDown(string assembly, string file, Func<Type, bool> isPart)
    {
        string path = Repository.PathOf($"src/{assembly}/{file}");
        string[] built = [.. ApiRenderer.Render(Assembly.Load(assembly).GetExportedTypes().Where(isPart))];
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1") Write(path, built);

        string[] written = File.Exists(path) ? File.ReadAllLines(path) : [];
        IEnumerable<string> difference = [.. built.Except(written).Select(line => "+ " + line), .. written.Except(built).Select(line => "- " + line)];
        Assert.That(
            difference,
            Is.Empty,
            $"The public surface of {assembly} has changed. If that is meant, say why in the commit and run the tests with {UpdateVariable}=1.\n{string.Join('\n', difference)}");
    }

    private static void Write(string path, string[] lines)
    {
        if (lines.Length > 0) File.WriteAllText(path, string.Concat(lines.Select(line => line + "\n")));
        else File.Delete(path);
    }
}
