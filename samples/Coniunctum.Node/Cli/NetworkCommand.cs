using System.CommandLine;

namespace Coniunctum.Node.Cli;

/// <summary>A command about a node of a network; its options are also taken from the environment.</summary>
internal sealed class NetworkCommand(string name, string description) : Command(name, description), IFromEnvironment
{
    /// <summary>The option that says where a node keeps everything.</summary>
    public static Option<string?> DataOption(CommandIo io) => PathInput.Option(
        "--data", $"The node's folder. Default: that of the network's name in {Path.Combine(io.DataFolder, "nodes")}.", "FOLDER");

    /// <summary>An option that may be given several times.</summary>
    public static Option<string[]> Several(string name, string helpName, string description, Func<string, string> read) => new(name)
    {
        HelpName = helpName,
        Description = description,
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result =>
        {
            var values = new List<string>();
            foreach (System.CommandLine.Parsing.Token token in result.Tokens)
            {
                try
                {
                    values.Add(read(token.Value));
                }
                catch (BadInputException exception)
                {
                    result.AddError($"{name}: {exception.Message}");
                    return [];
                }
            }

            return [.. values];
        },
    };
}
