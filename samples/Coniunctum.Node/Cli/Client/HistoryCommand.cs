using System.CommandLine;
using Coniunctum.Client.Models;
using Coniunctum.Ledger;
using Coniunctum.Node.Cli.Wallet;

namespace Coniunctum.Node.Cli.Client;

/// <summary>coniunctum history.</summary>
internal static class HistoryCommand
{
    public static Command Create(CommandIo io)
    {
        Argument<string> account = ClientCommand.Account("ACCOUNT", "Whose");
        var limit = new Option<ulong?>("--limit")
        {
            HelpName = "N",
            Description = "At most so many, up to 1000. Default: 20.",
            CustomParser = CommandLine.Parser<ulong?>("--limit", text => Inputs.Number(text, 1, 1_000)),
        };
        var after = new Option<string?>("--after") { HelpName = "PLACE", Description = "Go on behind this place, which the page before ends with." };
        var keys = new KeyOptions();
        var command = new ClientCommand(io, "history", "Show what an account has sent and received, the newest first.", account, limit, after, keys.Folder);
        return command.Does(async (parsed, client, reporter, cancellation) =>
        {
            (Accounts accounts, ChainProfile profile, StatusModel status) = await command.AccountsAsync(parsed, keys, client, cancellation);
            string address = accounts.AddressOf(parsed.GetValue(account)!).ToText(profile.AddressPrefix);
            HistoryModel history = await client.Ledger.HistoryAsync(address, (int)(parsed.GetValue(limit) ?? 20), parsed.GetValue(after), cancellation);
            IEnumerable<string> lines =
            [
                .. history.Transactions.Select(ClientCommand.Line),
                .. history.Next is { } next ? [$"more with --after {next}"] : Array.Empty<string>(),
                .. history.IndexedHeight == status.Height ? [] : new[] { Invariant($"History is known up to height {history.IndexedHeight ?? 0} so far.") },
            ];
            return reporter.Conclude(lines.Any() ? string.Join(Environment.NewLine, lines) : "Nothing yet.", ClientCommand.Fields(history));
        });
    }
}
