using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Coniunctum.Client;
using Coniunctum.Client.Models;
using Coniunctum.Ledger;
using Coniunctum.Node.Api;
using Coniunctum.Node.Cli.Wallet;

namespace Coniunctum.Node.Cli.Client;

/// <summary>What the commands have in common that ask a running node.</summary>
internal sealed class ClientCommand
{
    private readonly CommandIo _io;
    private readonly Option<string?> _data;
    private readonly Option<bool> _json = JsonOption.Create();

    public ClientCommand(CommandIo io, string name, string description, params Symbol[] symbols)
    {
        _io = io;
        _data = RunningNode.DataOption(io);
        Command = new NetworkCommand(name, description);
        foreach (Symbol symbol in symbols)
        {
            if (symbol is Argument argument) Command.Add(argument);
            else Command.Add((Option)symbol);
        }

        Command.Add(_data);
        Command.Add(_json);
    }

    public NetworkCommand Command { get; }

    /// <summary>An argument that names an account.</summary>
    public static Argument<string> Account(string name, string what) => new(name) { Description = $"{what}: {Accounts.Help}." };

    /// <summary>Says what the command does.</summary>
    public NetworkCommand Does(Func<ParseResult, NodeClient, OutcomeReporter, CancellationToken, Task<int>> action, string? remains = null)
    {
        CommandLine.SetAction(Command, remains, async (parsed, cancellation) =>
        {
            using NodeClient client = RunningNode.Find(parsed.GetValue(_data), _io);
            return await action(parsed, client, new OutcomeReporter(_io, parsed.GetValue(_json)), cancellation);
        });
        return Command;
    }

    /// <summary>Whether programs read the output.</summary>
    public bool IsForPrograms(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>The accounts that can be named.</summary>
    public async Task<(Accounts Accounts, ChainProfile Profile, StatusModel Status)> AccountsAsync(ParseResult parsed, KeyOptions keys, NodeClient client, CancellationToken cancellation)
    {
        StatusModel status = await client.Ledger.StatusAsync(cancellation);
        ChainProfile profile = await ProfileAsync(client, cancellation);
        return (new Accounts(_io, status, profile, KeyFolder.Of(parsed, keys, _io)), profile, status);
    }

    /// <summary>The chain's profile.</summary>
    /// <exception cref="BadInputException">It has parts that this program does not know.</exception>
    public static async Task<ChainProfile> ProfileAsync(NodeClient client, CancellationToken cancellation)
    {
        try
        {
            return await client.Ledger.ProfileAsync(cancellation);
        }
        catch (InvalidDataException exception)
        {
            throw new BadInputException(exception.Message);
        }
    }

    /// <summary>Returns what was served as it was served.</summary>
    public static JsonObject Fields<T>(T model) => Fields(model, LedgerJson.TypeOf<T>());

    /// <summary>Returns what was served as it was served.</summary>
    public static JsonObject Fields<T>(T model, JsonTypeInfo<T> type) => JsonSerializer.SerializeToNode(model, type)!.AsObject();

    /// <summary>Writes names and values in two columns.</summary>
    public static string Table(params (string Name, string Value)[] rows)
    {
        int width = rows.Max(row => row.Name.Length) + 2;
        return string.Join(Environment.NewLine, rows.Select(row => $"{row.Name.PadRight(width)}{row.Value}"));
    }

    /// <summary>One line about a transaction.</summary>
    public static string Line(TransactionModel transaction) => Invariant(
        $"{(transaction.Height is { } height ? Invariant($"block {height}, {transaction.Confirmations} deep") : transaction.State)}  {transaction.Id}  {transaction.From ?? "reward"} → {transaction.To}  {transaction.Amount}{(transaction.Fee is "0" ? "" : $" + {transaction.Fee}")}");
}
