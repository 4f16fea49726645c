using System.CommandLine;
using Coniunctum.Node.Api;

namespace Coniunctum.Node.Cli;

/// <summary>The option that says where a browser finds a ledger.</summary>
internal static class HttpOption
{
    public const string Name = "--http";

    private const string MetricsName = "--metrics";

    public static Option<string?> Create(string description) => new(Name)
    {
        HelpName = "[HOST:]PORT",
        Description = description,
        CustomParser = CommandLine.Parser<string?>(Name, text => text is HttpListen.Off ? text : HttpListen.Read(text) is { } ? text : null),
    };

    /// <summary>The option that shows the ledger's instruments there too.</summary>
    public static Option<bool> CreateMetrics() => new(MetricsName) { Description = $"Measure, and show it to Prometheus at {MetricsEndpoint.Path} of that port, to everyone who can connect." };

    /// <summary>Returns where to listen; <c>null</c> for nowhere.</summary>
    /// <param name="parsed">What was typed.</param>
    /// <param name="option">The option.</param>
    /// <param name="metrics">The option of <see cref="CreateMetrics"/>.</param>
    /// <param name="otherwise">What is meant where it was not given.</param>
    /// <exception cref="BadInputException">Instruments are to be shown nowhere.</exception>
    public static HttpListen? Read(ParseResult parsed, Option<string?> option, Option<bool> metrics, HttpListen? otherwise)
    {
        HttpListen? listen = parsed.GetValue(option) switch
        {
            null => otherwise,
            HttpListen.Off => null,
            var text => HttpListen.Read(text),
        };
        if (!parsed.GetValue(metrics)) return listen;
        return listen is null ? throw new BadInputException($"{MetricsName}: there is no port to show them at; expected {Name} [HOST:]PORT beside it.") : listen with { HasMetrics = true };
    }
}
