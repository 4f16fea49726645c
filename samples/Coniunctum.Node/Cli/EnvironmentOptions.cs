using System.CommandLine;

namespace Coniunctum.Node.Cli;

/// <summary>
/// The environment in the place of options, as services and containers are configured: <c>--block-time</c> is
/// <c>CONIUNCTUM_BLOCK_TIME</c>. What was typed counts more.
/// </summary>
internal static class EnvironmentOptions
{
    private const string Prefix = "CONIUNCTUM_";

    /// <summary>The sentence that help says of it.</summary>
    public const string Help = "Each option is also taken from the environment, as --data from CONIUNCTUM_DATA; several values stand there with blanks between them.";

    /// <summary>Returns the variable of an option.</summary>
    public static string VariableOf(Option option) => VariableOf(option.Name);

    /// <summary>Returns the variable of an option.</summary>
    public static string VariableOf(string option) => Prefix + option.TrimStart('-').Replace('-', '_').ToUpperInvariant();

    /// <summary>Returns the options that the environment has for a command and that were not typed, as they would be typed.</summary>
    /// <param name="parsed">What was typed.</param>
    /// <param name="variable">Reads a variable.</param>
    public static IReadOnlyList<string> Of(ParseResult parsed, Func<string, string?> variable)
    {
        if (parsed.CommandResult.Command is not IFromEnvironment) return [];
        var arguments = new List<string>();
        foreach (Option option in parsed.CommandResult.Command.Options)
        {
            if (parsed.GetResult(option) is { Implicit: false } || variable(VariableOf(option)) is not { Length: > 0 } value) continue;
            if (option.ValueType == typeof(bool))
                arguments.Add($"{option.Name}={value switch { "1" or "yes" => "true", "0" or "no" => "false", _ => value }}");
            else if (option.ValueType == typeof(string[]))
                arguments.AddRange(value.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Select(one => $"{option.Name}={one}"));
            else
                arguments.Add($"{option.Name}={value}");
        }

        return arguments;
    }
}
