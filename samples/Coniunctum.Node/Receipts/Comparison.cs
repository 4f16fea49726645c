using Coniunctum.Client.Models;
using Coniunctum.Ledger;
using Coniunctum.Node.Api;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Cli.Client;
using Coniunctum.Node.Data;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Node.Receipts;

/// <summary>What a receipt's block was compared with.</summary>
/// <param name="Against">header, ledger, or nothing.</param>
/// <param name="Fault">Why it is another one; <c>null</c> where it is the same, or was compared with nothing.</param>
/// <param name="Text">What was found, for people.</param>
internal sealed record Comparison(string Against, string? Fault, string Text)
{
    /// <summary>Compares with a block that someone trusts.</summary>
    public static Comparison WithHeader(TransactionReceipt receipt, BlockId trusted) => receipt.Block == trusted
        ? new Comparison("header", null, "the id that was given is this block's")
        : new Comparison("header", $"the id that was given is {trusted}, this block's {receipt.Block}", "another block");

    /// <summary>Compares with what a running node, or a ledger's file that no one has open, has at that height.</summary>
    /// <exception cref="BadInputException">There is no such ledger, or it is one of another chain.</exception>
    public static async Task<Comparison> WithLedgerAsync(TransactionReceipt receipt, string data, CancellationToken cancellation)
    {
        ulong height = receipt.Header.Height;
        (BlockId genesis, ulong tip, BlockId? found) = RunningNode.TryFind(data) is { } client
            ? await AskAsync(client, height, cancellation)
            : Read(data, height);
        if (genesis != receipt.ChainId) throw new BadInputException($"The receipt is of chain {receipt.ChainId}, the ledger {Quoted.Of(data)} of {genesis}.");
        if (found is null) return new Comparison("ledger", Invariant($"the ledger ends at height {tip} and has no block at height {height} yet"), "no block");
        return found == receipt.Block
            ? new Comparison("ledger", null, Invariant($"the ledger has this block at that height, {tip - height + 1} deep"))
            : new Comparison("ledger", Invariant($"the ledger has block {found} at height {height}, not {receipt.Block}"), "another block");
    }

    /// <summary>Says that nothing was at hand to compare with.</summary>
    public static Comparison WithNothing(TransactionReceipt receipt) => new(
        "nothing",
        null,
        Invariant($"nothing: only the receipt's own header was used, and anyone can make one up. Compare the block with what a node has at height {receipt.Header.Height} (--data), or with an id that you trust (--header)."));

    private static async Task<(BlockId Genesis, ulong Tip, BlockId? Found)> AskAsync(NodeClient client, ulong height, CancellationToken cancellation)
    {
        using NodeClient asked = client;
        StatusModel status = await asked.Ledger.StatusAsync(cancellation);
        HeadersModel headers = await asked.Ledger.HeadersAsync(height, 1, cancellation);
        // The chain may have grown between the two answers.
        return headers.Headers is [var header, ..]
            ? (BlockId.Parse(status.ChainId), Math.Max(status.Height, height), BlockId.Parse(header.Id))
            : (BlockId.Parse(status.ChainId), status.Height, null);
    }

    private static (BlockId Genesis, ulong Tip, BlockId? Found) Read(string data, ulong height)
    {
        using SqliteChainStore store = LedgerFiles.OpenToRead(data);
        return store.Tip is { } tip && store.IdAt(0) is { } genesis
            ? (genesis, tip.Height, store.IdAt(height))
            : throw new BadInputException($"The ledger {Quoted.Of(data)} holds no block yet.");
    }
}
