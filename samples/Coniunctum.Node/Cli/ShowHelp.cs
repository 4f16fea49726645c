using System.CommandLine;
using System.CommandLine.Invocation;

namespace Coniunctum.Node.Cli;

/// <summary>What --help does.</summary>
internal sealed class ShowHelp(CommandIo io) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        HelpText.Write(parseResult.CommandResult.Command, io.Output);
        return ExitCode.Success;
    }
}
