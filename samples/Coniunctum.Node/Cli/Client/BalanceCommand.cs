using System.CommandLine;
using System.Text.Json.Nodes;
using Coniunctum.Client.Models;
using Coniunctum.Crypto;
using Coniunctum.Node.Cli.Wallet;

namespace Coniunctum.Node.Cli.Client;

/// <summary>coniunctum balance.</summary>
internal static class BalanceCommand
{
    public static Command Create(CommandIo io)
    {
        Argument<string?> account = new("ACCOUNT") { Arity = ArgumentArity.ZeroOrOne, Description = $"Whose: {Accounts.Help}. Default: the node's, or all ten of a development chain." };
        var keys = new KeyOptions();
        var command = new ClientCommand(io, "balance", "Show what accounts own, in base units, after a running node's last block.", account, keys.Folder);
        return command.Does(async (parsed, client, reporter, cancellation) =>
        {
            (Accounts accounts, Ledger.ChainProfile profile, _) = await command.AccountsAsync(parsed, keys, client, cancellation);
            IEnumerable<(string Name, Address Address)> asked = parsed.GetValue(account) is { } name ? [(name, accounts.AddressOf(name))] : accounts.All();
            var lines = new List<string>();
            var fields = new JsonArray();
            foreach ((string called, Address address) in asked)
            {
                AddressModel found = await client.Ledger.AddressAsync(address.ToText(profile.AddressPrefix), cancellation);
                string locked = found.Balance == found.Spendable ? "" : $", of which {found.Spendable} may be spent";
                lines.Add($"{(called == found.Address ? "" : $"{called,-4} ")}{found.Address}  {found.Balance}{locked}");
                JsonObject row = ClientCommand.Fields(found);
                row["account"] = called;
                fields.Add((JsonNode)row);
            }

            return reporter.Conclude(string.Join(Environment.NewLine, lines), new JsonObject { ["balances"] = fields });
        });
    }
}
