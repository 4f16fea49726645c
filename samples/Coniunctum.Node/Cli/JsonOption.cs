using System.CommandLine;

namespace Coniunctum.Node.Cli;

/// <summary>The option that every command has for programs.</summary>
internal static class JsonOption
{
    public const string Name = "--json";

    public static Option<bool> Create(string description = "Write the outcome as one JSON object, for programs.") => new(Name) { Description = description };
}
