using System.CommandLine;
using System.Text.Json;
using Coniunctum.Client;
using Coniunctum.Client.Models;
using Coniunctum.Node.Api;

namespace Coniunctum.Node.Cli.Client;

/// <summary>coniunctum watch.</summary>
internal static class WatchCommand
{
    public static Command Create(CommandIo io)
    {
        var blocks = new Option<ulong?>("--blocks")
        {
            HelpName = "N",
            Description = "End after N changes. Default: go on until Ctrl-C.",
            CustomParser = CommandLine.Parser<ulong?>("--blocks", text => Inputs.Number(text, 1, uint.MaxValue)),
        };
        var command = new ClientCommand(io, "watch", "Show each block that joins or leaves a running node's chain, as it happens.", blocks);
        return command.Does(async (parsed, client, _, cancellation) =>
        {
            ulong left = parsed.GetValue(blocks) ?? ulong.MaxValue;
            try
            {
                await foreach (ChangeModel change in client.Ledger.EventsAsync(null, cancellation))
                {
                    // What is final has been shown when it joined.
                    if (change.Event is "final") continue;
                    await io.Output.WriteLineAsync(command.IsForPrograms(parsed)
                        ? JsonSerializer.Serialize(change, LedgerJson.TypeOf<ChangeModel>())
                        : Invariant($"{change.Event} {change.Height}  {change.Id}  {change.Transactions.Count} transactions"));
                    if (--left == 0) return ExitCode.Success;
                }
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested && parsed.GetValue(blocks) is null)
            {
                return ExitCode.Success;
            }
            catch (IOException exception) when (!CommandIo.IsOutputClosed(exception) && exception is not NodeSilentException)
            {
                // In the middle of an event.
            }

            throw new IOException("the node has ended.");
        });
    }
}
