using System.CommandLine;
using System.CommandLine.Invocation;

namespace Coniunctum.Node.Cli;

/// <summary>What --version does.</summary>
internal sealed class ShowVersion(CommandIo io) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        io.Output.WriteLine($"{CommandLine.ProgramName} {CommandLine.Version}");
        return ExitCode.Success;
    }
}
