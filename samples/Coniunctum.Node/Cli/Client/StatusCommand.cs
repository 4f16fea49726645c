using System.CommandLine;
using Coniunctum.Client.Models;

namespace Coniunctum.Node.Cli.Client;

/// <summary>coniunctum status.</summary>
internal static class StatusCommand
{
    public static Command Create(CommandIo io) => new ClientCommand(io, "status", "Show how a running node or development chain is.").Does(async (parsed, client, reporter, cancellation) =>
    {
        StatusModel status = await client.Ledger.StatusAsync(cancellation);
        (string, string)[] rows =
        [
            ("network", $"{status.Network}, rule {status.Rule}"),
            ("chain", status.ChainId),
            ("height", status.FinalHeight > 0 ? Invariant($"{status.Height}, final up to {status.FinalHeight}") : Invariant($"{status.Height}")),
            ("tip", status.Tip),
            ("supply", status.Supply == status.ScheduledSupply ? status.Supply : $"{status.Supply}, WHERE THE RULES MAKE {status.ScheduledSupply}"),
            ("pool", Invariant($"{status.Pool} ready, {status.Waiting} waiting")),
            ("blocks", status.ProductionReason),
            .. status.Role is { } role ? [("role", role)] : Array.Empty<(string, string)>(),
            .. status.NodeId is { } node ? [("node", node), ("peers", Peers(status))] : Array.Empty<(string, string)>(),
            .. status.Addresses.Select(address => ("listens", address)),
            ("account", status.Account ?? "none"),
            ("data", status.Data ?? "in memory"),
            .. status.Halted is { } halted ? [("HALTED", halted)] : Array.Empty<(string, string)>(),
        ];
        return reporter.Conclude(ClientCommand.Table(rows), ClientCommand.Fields(status), status.Halted is null);
    });

    private static string Peers(StatusModel status) => Invariant(
        $"{status.Peers}, {(status.Synchronizing ? Invariant($"synchronising to height {status.PeersHeight}") : status.Synchronized ? "synchronised" : "not synchronised with any")}");
}
