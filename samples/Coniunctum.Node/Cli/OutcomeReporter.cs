using System.Text.Json.Nodes;

namespace Coniunctum.Node.Cli;

/// <summary>Reports how a command goes, and what it came to: lines for people, or one JSON object.</summary>
internal sealed class OutcomeReporter(CommandIo io, bool json)
{
    /// <summary>Shows how far it has come.</summary>
    public ProgressLine Progress => io.Progress;

    /// <summary>Reports the outcome.</summary>
    /// <param name="text">For people.</param>
    /// <param name="fields">For programs.</param>
    /// <param name="isGood">Whether all is well.</param>
    /// <returns>The exit code, which does not depend on whether someone still reads.</returns>
    public int Conclude(string text, JsonObject fields, bool isGood = true)
    {
        io.Progress.Clear();
        try
        {
            io.Output.WriteLine(json ? JsonText.Line(fields) : text);
        }
        catch (IOException exception) when (CommandIo.IsOutputClosed(exception))
        {
            // As after `| head`: what was found is still said by the exit code.
        }

        return isGood ? ExitCode.Success : ExitCode.Failure;
    }
}
