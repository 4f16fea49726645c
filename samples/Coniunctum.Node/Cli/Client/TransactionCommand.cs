using System.CommandLine;
using System.Text.Json.Nodes;
using Coniunctum.Client;
using Coniunctum.Client.Models;
using Coniunctum.Ledger;
using Coniunctum.Node.Receipts;

namespace Coniunctum.Node.Cli.Client;

/// <summary>coniunctum tx.</summary>
internal static class TransactionCommand
{
    public static Command Create(CommandIo io)
    {
        Argument<string> id = Id();
        Command command = new ClientCommand(io, "tx", "Show a transaction, and where it is: in a block, ready, or waiting.", id).Does(async (parsed, client, reporter, cancellation) =>
        {
            TransactionModel found = await client.Ledger.TransactionAsync(parsed.GetValue(id)!, cancellation);
            string where = found.Height is { } height ? Invariant($"in block {height}, {found.Confirmations} deep") : $"{found.State}, in the pool";
            return reporter.Conclude(
                ClientCommand.Table(("id", found.Id), ("state", where), ("from", found.From ?? "nobody: a reward or genesis"), ("to", found.To), ("amount", found.Amount), ("fee", found.Fee)),
                ClientCommand.Fields(found));
        });
        command.Add(Receipt(io));
        return command;
    }

    private static NetworkCommand Receipt(CommandIo io)
    {
        Argument<string> id = Id();
        Option<string?> to = PathInput.Option("--out", "The new file.");
        to.Required = true;
        return new ClientCommand(
            io, "receipt", "Write a receipt of a transaction that is in a block: a file with which anyone checks, by 'receipt verify' and without a node, that the block holds it.", id, to).Does(async (parsed, client, reporter, cancellation) =>
            {
                ReceiptModel model = await client.Ledger.TransactionReceiptAsync(parsed.GetValue(id)!, cancellation);
                ChainProfile profile = await ClientCommand.ProfileAsync(client, cancellation);
                string path = parsed.GetValue(to)!;
                new ReceiptFile(profile, Read(model, profile)).Save(path);
                JsonObject fields = ClientCommand.Fields(model);
                fields.Remove("receipt");
                fields["file"] = path;
                return reporter.Conclude(Invariant($"The receipt of {model.Transaction}, in block {model.Height}, is in {Quoted.Of(path)}."), fields);
            });
    }

    private static Argument<string> Id() => new("ID") { Description = "The transaction's id, as 'send' prints it." };

    /// <summary>Reads what the node has made, and looks whether it holds: it is for someone who cannot ask again.</summary>
    private static TransactionReceipt Read(ReceiptModel model, ChainProfile profile)
    {
        bool isHex = model.Receipt.Length % 2 == 0 && model.Receipt.All(char.IsAsciiHexDigit);
        TransactionReceipt? receipt = null;
        if (isHex) TransactionReceipt.Decode(Convert.FromHexString(model.Receipt), profile, out receipt);
        return receipt is not null && receipt.Id.ToString() == model.Transaction && receipt.Verify(profile)
            ? receipt
            : throw new ApiProblemException(200, "The node's receipt does not hold, and was not written.");
    }
}
