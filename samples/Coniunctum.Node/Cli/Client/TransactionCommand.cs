using System.CommandLine;
using Coniunctum.Client.Models;

namespace Coniunctum.Node.Cli.Client;

/// <summary>coniunctum tx.</summary>
internal static class TransactionCommand
{
    public static Command Create(CommandIo io)
    {
        var id = new Argument<string>("ID") { Description = "The transaction's id, as 'send' prints it." };
        return new ClientCommand(io, "tx", "Show a transaction, and where it is: in a block, ready, or waiting.", id).Does(async (parsed, client, reporter, cancellation) =>
        {
            TransactionModel found = await client.Ledger.TransactionAsync(parsed.GetValue(id)!, cancellation);
            string where = found.Height is { } height ? Invariant($"in block {height}, {found.Confirmations} deep") : $"{found.State}, in the pool";
            return reporter.Conclude(
                ClientCommand.Table(("id", found.Id), ("state", where), ("from", found.From ?? "nobody: a reward or genesis"), ("to", found.To), ("amount", found.Amount), ("fee", found.Fee)),
                ClientCommand.Fields(found));
        });
    }
}
