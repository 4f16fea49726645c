using System.CommandLine;
using Coniunctum.Node.Net;

namespace Coniunctum.Node.Cli;

/// <summary>coniunctum node: a node of a network.</summary>
internal static class NodeCommand
{
    public static Command Create(CommandIo io)
    {
        var input = new NodeInput(io);
        var command = new NetworkCommand(
            "node",
            $"Run a node of a network: begin one with --new, join one with --invite or --profile, or go on with the one in --data. Ctrl-C stops it. {EnvironmentOptions.Help}");
        foreach (Option option in input.Options) command.Add(option);
        CommandLine.SetAction(command, null, (parsed, cancellation) => NodeRun.RunAsync(input.Read(parsed, TimeProvider.System), io, TimeProvider.System, cancellation));
        return command;
    }

    /// <summary>Reads an endpoint to listen at.</summary>
    public static string Endpoint(string text) => Checked(new NetworkOptions { Listen = { text } });

    /// <summary>Reads a node to dial.</summary>
    public static string Peer(string text) => Checked(new NetworkOptions { Peers = { text } });

    private static string Checked(NetworkOptions options)
    {
        string text = options.Listen.Concat(options.Peers).Single();
        return options.Validate() is [var fault, ..] ? throw new BadInputException($"{Quoted.Of(text)} cannot be used; expected {fault.Expected}.") : text;
    }
}
