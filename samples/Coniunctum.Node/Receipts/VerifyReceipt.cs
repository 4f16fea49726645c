using System.Globalization;
using System.Text.Json.Nodes;
using Coniunctum.Ledger;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Cli.Client;

namespace Coniunctum.Node.Receipts;

/// <summary>Says what a receipt's file proves, and what it does not.</summary>
internal static class VerifyReceipt
{
    public static async Task<int> RunAsync(string path, BlockId? header, string? data, OutcomeReporter reporter, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        (ChainProfile profile, TransactionReceipt receipt) = ReceiptFile.Read(path);
        Comparison compared = header is { } trusted ? Comparison.WithHeader(receipt, trusted)
            : data is not null ? await Comparison.WithLedgerAsync(receipt, data, cancellation)
            : Comparison.WithNothing(receipt);
        string? fault = receipt.Verify(profile)
            ? compared.Fault
            : "the block's header does not commit to this transaction, or its sender has not signed it";
        Transaction transaction = receipt.Transaction;
        string? from = transaction.IsFromRoot ? null : transaction.Sender.ToText(profile.AddressPrefix);
        (string To, string Amount, string Fee) paid = (transaction.Receiver.ToText(profile.AddressPrefix), Text(transaction.Amount), Text(transaction.Fee));
        string outcome = fault is null ? "the transaction is in that block, and is what its sender has signed" : $"NOTHING: {fault}";
        string text = ClientCommand.Table(
            ("transaction", receipt.Id.ToString()),
            ("from", from ?? "nobody: a reward or genesis"),
            ("to", paid.To),
            ("amount", paid.Amount),
            ("fee", paid.Fee),
            ("block", receipt.Block.ToString()),
            ("height", Invariant($"{receipt.Header.Height}")),
            ("chain", $"{receipt.ChainId}, {profile.Name}"),
            ("proves", outcome),
            ("compared", compared.Text));
        var fields = new JsonObject
        {
            ["valid"] = fault is null,
            ["fault"] = fault,
            ["against"] = compared.Against,
            ["transaction"] = receipt.Id.ToString(),
            ["from"] = from,
            ["to"] = paid.To,
            ["amount"] = paid.Amount,
            ["fee"] = paid.Fee,
            ["block"] = receipt.Block.ToString(),
            ["height"] = receipt.Header.Height,
            ["chainId"] = receipt.ChainId.ToString(),
            ["network"] = profile.Name,
        };
        return reporter.Conclude(text, fields, fault is null);
    }

    private static string Text(ulong amount) => amount.ToString(CultureInfo.InvariantCulture);
}
