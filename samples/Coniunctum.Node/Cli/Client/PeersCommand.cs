using System.CommandLine;
using Coniunctum.Client.Models;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Node.Cli.Client;

/// <summary>coniunctum peers.</summary>
internal static class PeersCommand
{
    public static Command Create(CommandIo io) => new ClientCommand(io, "peers", "Show whom a running node is connected with, and whom it cannot reach.").Does(async (parsed, client, reporter, cancellation) =>
    {
        PeersModel peers = await client.Ledger.PeersAsync(cancellation);
        IEnumerable<string> lines =
        [
            .. peers.Peers.Select(peer => Invariant(
                $"{(peer.Outbound ? "to" : "by")} {peer.Id ?? "a node that has not said its id"} at {peer.Endpoint}, {(peer.HasLedger ? Invariant($"height {peer.Height}") : "without this chain")}, {peer.BytesReceived} bytes received, {peer.BytesSent} sent")),
            .. peers.Failures.Select(failure => $"not connected to {failure.Endpoint}: {PrintableText.Of(failure.Message, int.MaxValue)}"),
            .. peers.LastFailure is { } last ? [$"the last synchronisation that came to nothing: {PrintableText.Of(last, int.MaxValue)}"] : Array.Empty<string>(),
        ];
        return reporter.Conclude(lines.Any() ? string.Join(Environment.NewLine, lines) : "No connections.", ClientCommand.Fields(peers));
    });
}
