using System.Text.RegularExpressions;
using Coniunctum.Architecture.Tests.Support;

namespace Coniunctum.Architecture.Tests;

/// <summary>Where things lie and how large they are.</summary>
public sealed partial class SourceLayoutTests
{
    private const int MaxLines = 500;
    private const int MaxTypeLines = 400;

    // The seams are the words of their assembly: the folder gathers them, the namespace does not change.
    private static readonly string[] s_foldersWithoutNamespace = ["Coniunctum.Consensus/Seams"];

    // Analyzers know the attribute by its full name; every library compiles it in.
    private const string AnalyzersAttribute = "src/CultureInsensitiveTypeAttribute.cs";

    private static IEnumerable<string> LibrarySources => Repository.Files("src", "*.cs");

    [Test]
    public void Sources_AreNotLongerThan500Lines()
    {
        IEnumerable<string> sources = new[] { "src", "tests", "samples", "benchmarks" }.SelectMany(folder => Repository.Files(folder, "*.cs"));
        Assert.That(sources.Where(path => File.ReadLines(Repository.PathOf(path)).Count() > MaxLines), Is.Empty);
    }

    [Test]
    public void Types_AreNotLongerThan400Lines_OverAllTheirFiles()
    {
        // Kernels: one operation written out for each instruction set.
        string[] kernels = ["Keccak/KeccakPermutation", "Secp256k1/FieldElement", "Secp256k1/Scalar", "Lanes/LaneField"];
        (string Type, int Lines)[] types = [.. new[] { "src", "samples" }
            .SelectMany(folder => Repository.Files(folder, "*.cs"))
            .GroupBy(path => $"{Path.GetDirectoryName(path)!.Replace('\\', '/')}/{Path.GetFileName(path).Split('.')[0]}", StringComparer.Ordinal)
            .Select(files => (files.Key, files.Sum(path => File.ReadLines(Repository.PathOf(path)).Count())))];
        Assert.That(types.Where(type => type.Lines > MaxTypeLines && !kernels.Any(kernel => type.Type.EndsWith(kernel, StringComparison.Ordinal))), Is.Empty);
    }

    [Test]
    public void Files_OfTheLibrary_HaveAMedianOfAtMost80Lines()
    {
        int[] lines = [.. LibrarySources.Select(path => File.ReadLines(Repository.PathOf(path)).Count()).Order()];
        Assert.That(lines[lines.Length / 2], Is.LessThanOrEqualTo(80));
    }

    [Test]
    public void Sources_HoldAtMostOnePublicType_NamedAfterTheFile()
    {
        Assert.That(LibrarySources.Count(path => PublicTypes(path).Length == 1), Is.GreaterThan(50), "the search finds public types");
        Assert.That(LibrarySources.Where(path => PublicTypes(path).Any(name => name != Path.GetFileName(path).Split('.')[0])), Is.Empty);
        Assert.That(LibrarySources.Where(path => PublicTypes(path).Length > 1), Is.Empty);
    }

    [Test]
    public void Namespaces_AreAssemblyAndFolder()
    {
        IEnumerable<string> strays = LibrarySources.Where(path => path != AnalyzersAttribute).Where(path =>
        {
            string folder = Path.GetDirectoryName(path)!.Replace('\\', '/')["src/".Length..];
            string expected = (s_foldersWithoutNamespace.Contains(folder) ? folder.Split('/')[0] : folder).Replace('/', '.');
            Match found = NamespaceLine().Match(Repository.Read(path));
            return found.Success && found.Groups[1].Value != expected;
        });
        Assert.That(strays, Is.Empty);
    }

    [Test]
    public void Projects_AreInTheSolution_ButForThoseThatTakeThePackages()
    {
        string solution = Repository.Read("Coniunctum.Core.sln");
        string[] outside = ["tests/Packages/Coniunctum.Packages.Tests.csproj", "tests/Packages/SavedLedger/SavedLedger.csproj"];
        // So do what the templates make.
        IEnumerable<string> projects = Repository.Files(".", "*.csproj").Except(outside).Where(path => !path.StartsWith("templates/", StringComparison.Ordinal) || path.Count(letter => letter == '/') == 1);
        Assert.That(projects.Where(path => !solution.Contains($"\"{path.Replace('/', '\\')}\"", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void CustomConsensus_TakesLessThan150Lines() =>
        Assert.That(Repository.Files("samples/CustomConsensus", "*.cs").Sum(path => File.ReadLines(Repository.PathOf(path)).Count()), Is.InRange(50, 149));

    [Test]
    public void Samples_TakeLessThan400Lines()
    {
        // The command is a program of its own.
        (string Sample, int Lines)[] samples = [.. Repository.Files("samples", "*.cs").Where(path => !path.StartsWith("samples/Coniunctum.Node/", StringComparison.Ordinal))
            .GroupBy(path => path.Split('/')[1], StringComparer.Ordinal)
            .Select(files => (files.Key, files.Sum(path => File.ReadLines(Repository.PathOf(path)).Count())))];
        Assert.That(samples, Has.Length.GreaterThan(3));
        Assert.That(samples.Where(sample => sample.Lines >= 400), Is.Empty);
    }

    [Test]
    public void Files_NameNoMachineAndNoRegistry()
    {
        IEnumerable<string> files = Repository.Files(".", "*").Where(path => !path.Contains("/Vectors/", StringComparison.Ordinal) && !path.EndsWith(".png", StringComparison.Ordinal));
        Assert.That(files.Where(path => Banned().IsMatch(Repository.Read(path))), Is.Empty);
    }

    [Test]
    public void Cultures_NameOnlyClassesThatAreThere()
    {
        string script = Repository.Read("tests/cultures");
        string[] named = [.. ClassList().Match(script).Groups[1].Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];
        HashSet<string> classes = [.. Repository.Files("tests", "*Tests.cs").SelectMany(path => ClassName().Matches(Repository.Read(path)).Select(match => match.Groups[1].Value))];
        Assert.That(named, Has.Length.GreaterThan(10));
        Assert.That(named.Except(classes), Is.Empty, "tests/cultures would leave them out in silence");
    }

    private static string[] PublicTypes(string path) => [.. PublicType().Matches(Repository.Read(path)).Select(match => match.Groups[1].Value)];

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    // File-scoped namespaces put a file's own types at the beginning of a line; nested ones are indented.
    [GeneratedRegex(@"^public (?:(?:static|sealed|abstract|readonly|partial|ref|unsafe) )*(?:record struct|record|class|struct|interface|enum|delegate [\w<>]+) (\w+)", RegexOptions.Multiline)]
    private static partial Regex PublicType();

    [GeneratedRegex(@"^classes=\(([^)]*)\)", RegexOptions.Multiline)]
    private static partial Regex ClassList();

    [GeneratedRegex(@"\bclass (\w+)")]
    private static partial Regex ClassName();

    // Home folders of people and machines, and hosts that packages come from.
    [GeneratedRegex(@"(?<![\w.*/-])/(?:work|home|root|Users)/\w|[A-Z]:\\Users\\|n[u]get\.org|p[y]pi\.org|n[p]mjs\.org|myg[e]t\.org")]
    private static partial Regex Banned();
}
