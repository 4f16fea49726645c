using Coniunctum.Node.Cli;
using Spectre.Console;

namespace Coniunctum.Node.Localnet;

/// <summary>Chooses how a local network is reported: to programs, to a terminal, or to whoever reads lines.</summary>
internal static class LocalnetReporters
{
    public static ILocalnetReporter Choose(LocalnetOptions options, CommandIo io, TimeProvider time)
    {
        if (options.Json) return new JsonLocalnetReporter(io.Output);
        var plain = new PlainLocalnetReporter(io.Output, time);
        return io.IsLive && AnsiConsole.Profile.Capabilities is { Ansi: true, Interactive: true } ? new LiveLocalnetReporter(plain, AnsiConsole.Console) : plain;
    }
}
