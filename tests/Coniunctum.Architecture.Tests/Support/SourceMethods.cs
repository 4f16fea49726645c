using System.Text.RegularExpressions;

namespace Coniunctum.Architecture.Tests.Support;

/// <summary>Finds methods in a source file by the house's layout: what opens at an indentation closes at it.</summary>
internal static class SourceMethods
{
    /// <summary>Returns the lines that each method of a name takes, from its signature to its end.</summary>
    public static IReadOnlyList<int> LengthsOf(string path, string method)
    {
        string[] lines = File.ReadAllLines(Repository.PathOf(path));
        var declaration = new Regex($@"^( +)(?:public|internal|protected|private)\b[^=;]*\b{Regex.Escape(method)}(?:<\w+>)?\(");
        var lengths = new List<int>();
        for (int i = 0; i < lines.Length; i++)
        {
            Match match = declaration.Match(lines[i]);
            if (match.Success) lengths.Add(End(lines, i, match.Groups[1].Value) - i + 1);
        }

        return lengths;
    }

    private static int End(string[] lines, int start, string indentation)
    {
        for (int i = start; i < lines.Length; i++)
        {
            if (lines[i] == indentation + "}" || lines[i] == indentation + "};") return i;
            bool hasBody = Array.IndexOf(lines, indentation + "{", start, i - start + 1) >= 0;
            if (!hasBody && lines[i].EndsWith(';')) return i;
        }

        throw new InvalidOperationException(Invariant($"The method at line {start + 1} does not end."));
    }
}
