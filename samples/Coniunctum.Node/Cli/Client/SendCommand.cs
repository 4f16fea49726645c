using System.CommandLine;
using System.Text.Json.Nodes;
using Coniunctum.Client;
using Coniunctum.Client.Models;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Node.Api;
using Coniunctum.Node.Cli.Wallet;

namespace Coniunctum.Node.Cli.Client;

/// <summary>coniunctum send.</summary>
internal static class SendCommand
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(200);

    public static Command Create(CommandIo io)
    {
        Argument<string> to = ClientCommand.Account("TO", "Who is paid");
        var amount = new Argument<ulong>("AMOUNT")
        {
            Description = "Base units.",
            CustomParser = result => CommandLine.Parser("AMOUNT", text => Inputs.Number(text, 1, ChainProfile.MaxSupply))(result),
        };
        var from = new Option<string?>("--from") { HelpName = "ACCOUNT", Description = "Who pays: the name of a key of yours, 'own' for the node's account, or a development chain's account. Default: own, or 1." };
        var fee = new Option<ulong?>("--fee")
        {
            HelpName = "AMOUNT",
            Description = "Base units for the block's producer. Default: 0.",
            CustomParser = CommandLine.Parser<ulong?>("--fee", text => Inputs.Number(text, 0, ChainProfile.MaxSupply)),
        };
        var wait = new Option<bool>("--wait") { Description = "Wait until a block holds it." };
        var keys = new KeyOptions();
        var command = new ClientCommand(io, "send", "Pay from an account to another, by a running node. The key signs in this process; the node gets the signed transaction.", to, amount, from, fee, wait, keys.Folder, keys.PasswordFile);
        return command.Does(
            async (parsed, client, reporter, cancellation) =>
            {
                (Accounts accounts, ChainProfile profile, StatusModel status) = await command.AccountsAsync(parsed, keys, client, cancellation);
                Address receiver = accounts.AddressOf(parsed.GetValue(to)!);
                using PrivateKey key = await accounts.OpenAsync(parsed.GetValue(from) ?? accounts.Default, parsed, new Passwords(io, keys), cancellation);
                Transaction transfer = Sign(key, receiver, parsed.GetValue(amount), parsed.GetValue(fee) ?? 0, new TransferContext(profile, BlockId.Parse(status.ChainId), status.Height, SystemEntropy.Instance));
                SubmittedModel submitted = await client.Ledger.SubmitAsync(transfer, profile, cancellation);
                if (!submitted.Accepted) throw new BadInputException($"The node has not taken the transfer: {submitted.Message}.");
                JsonObject fields = ClientCommand.Fields(submitted);
                if (!parsed.GetValue(wait)) return reporter.Conclude($"{submitted.Id} {(submitted.Waiting ? $"waits: {submitted.Message}" : "is in the pool")}", fields);
                TransactionModel confirmed = await WaitAsync(client, submitted.Id, cancellation);
                fields["height"] = confirmed.Height;
                fields["block"] = confirmed.Block;
                return reporter.Conclude(Invariant($"{submitted.Id} is in block {confirmed.Height}"), fields);
            },
            "what was sent already is confirmed, or not, without this command");
    }

    private static Transaction Sign(PrivateKey key, Address to, ulong amount, ulong fee, TransferContext context)
    {
        try
        {
            return Transfer.Sign(key, to, amount, context, fee);
        }
        catch (ArgumentException exception)
        {
            throw new BadInputException(exception.Message.Split(" (Parameter", StringSplitOptions.None)[0]);
        }
    }

    private static async Task<TransactionModel> WaitAsync(NodeClient client, string id, CancellationToken cancellation)
    {
        while (true)
        {
            TransactionModel found;
            try
            {
                found = await client.Ledger.TransactionAsync(id, cancellation);
            }
            catch (ApiProblemException fault) when (fault.Status == 404)
            {
                // Between the pool and the chain, while its block is being written, or gone: then it was refused later.
                await Task.Delay(s_look, cancellation);
                found = await client.Ledger.TransactionAsync(id, cancellation);
            }

            if (found.Height is not null) return found;
            await Task.Delay(s_look, cancellation);
        }
    }
}
