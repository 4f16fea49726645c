using System.Diagnostics;

namespace Coniunctum.Architecture.Tests.Support;

/// <summary>The files of the repository that these tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] s_generated =
        ["bin", "obj", ".git", "artifacts", "TestResults", "BenchmarkDotNet.Artifacts", ".vs", ".idea"];

    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The names of the assemblies under src.</summary>
    public static IReadOnlyList<string> Assemblies { get; } =
        [.. Directory.EnumerateFiles(PathOf("src"), "*.csproj", SearchOption.AllDirectories).Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    /// <summary>Returns the path of something whose place is given from the root.</summary>
    public static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>Reads a text file.</summary>
    public static string Read(string relative) => File.ReadAllText(PathOf(relative));

    /// <summary>Returns the files below a folder that people wrote, named from the root with forward slashes.</summary>
    public static IEnumerable<string> Files(string folder, string pattern)
    {
        string start = PathOf(folder);
        if (!Directory.Exists(start)) yield break;
        foreach (string path in Directory.EnumerateFiles(start, pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string relative = Path.GetRelativePath(Root, path).Replace('\\', '/');
            if (!relative.Split('/').Intersect(s_generated).Any()) yield return relative;
        }
    }

    /// <summary>Whether the checkout knows its history: not where only the sources were unpacked, or only the last commit was fetched.</summary>
    public static bool HasHistory => Path.Exists(PathOf(".git")) && Git("rev-parse", "--is-shallow-repository") is (0, "false");

    /// <summary>Whether a commit is the present one or came before it.</summary>
    public static bool IsInHistory(string commit) => Git("merge-base", "--is-ancestor", commit, "HEAD").Status == 0;

    /// <summary>Runs git at the root.</summary>
    public static (int Status, string Output) Git(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = Root,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process git = Process.Start(start)!;
        // What these commands say fits into a pipe, so that one can be read after the other.
        string output = git.StandardOutput.ReadToEnd() + git.StandardError.ReadToEnd();
        git.WaitForExit();
        return (git.ExitCode, output.Trim());
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Coniunctum.Core.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("These tests run from within the repository: the solution was not found.");
    }
}
