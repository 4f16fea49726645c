using Coniunctum.Node.Cli;
using Coniunctum.Node.Dev;
using Spectre.Console;

namespace Coniunctum.Node.Output;

/// <summary>Chooses how to tell it: to programs, to a terminal, or to whoever reads lines.</summary>
internal static class DevReporters
{
    public static IDevReporter Choose(DevOptions options, CommandIo io)
    {
        if (options.Json) return new JsonReporter(io.Output);
        var plain = new PlainReporter(io.Output);
        bool redraws = io.IsLive && AnsiConsole.Profile.Capabilities is { Ansi: true, Interactive: true };
        return redraws ? new LiveReporter(plain, AnsiConsole.Console) : plain;
    }
}
