using System.CommandLine;
using Coniunctum.Node.Api;

namespace Coniunctum.Node.Cli;

/// <summary>The option that says where a browser finds a ledger.</summary>
internal static class HttpOption
{
    public const string Name = "--http";

    public static Option<string?> Create(string description) => new(Name)
    {
        HelpName = "[HOST:]PORT",
        Description = description,
        CustomParser = CommandLine.Parser<string?>(Name, text => text is HttpListen.Off ? text : HttpListen.Read(text) is { } ? text : null),
    };

    /// <summary>Returns where to listen; <c>null</c> for nowhere.</summary>
    /// <param name="parsed">What was typed.</param>
    /// <param name="option">The option.</param>
    /// <param name="otherwise">What is meant where it was not given.</param>
    public static HttpListen? Read(ParseResult parsed, Option<string?> option, HttpListen? otherwise) => parsed.GetValue(option) switch
    {
        null => otherwise,
        HttpListen.Off => null,
        var text => HttpListen.Read(text),
    };
}
