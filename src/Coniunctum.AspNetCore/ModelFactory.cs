using System.Globalization;
using Coniunctum.Client.Models;
using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.AspNetCore;

/// <summary>Makes records of what a ledger holds.</summary>
/// <param name="ledger">The ledger.</param>
internal sealed class ModelFactory(LedgerHost ledger)
{
    private const string Confirmed = "confirmed";

    public string Text(Address address) => address.ToText(ledger.Profile.AddressPrefix);

    public static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    public BlockModel Block(HashedBlock block, ulong confirmations) => new(
        block.Header.Height,
        block.Id.ToString(),
        block.Header.Previous.ToString(),
        block.Header.Timestamp.UnixMilliseconds,
        block.Header.Target.ToString(),
        Text(block.Header.Nonce),
        block.Header.MerkleRoot.ToString(),
        block.Size,
        confirmations,
        [.. block.Transactions.Select(transaction => Transaction(transaction, Confirmed, block.Id, block.Header.Height, confirmations))],
        ProducerOf(block),
        IsFinal(block.Header.Height, confirmations),
        block.Header.StateRoot.ToString(),
        block.Header.Ruleset);

    /// <summary>A block without its transactions.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="block">The whole block; <c>null</c> where only its header was kept.</param>
    /// <param name="confirmations">How many blocks confirm it.</param>
    public BlockSummaryModel Summary(in HeaderView header, HashedBlock? block, ulong confirmations) => new(
        header.Height,
        header.Id.ToString(),
        header.Header.Previous.ToString(),
        header.Header.Timestamp.UnixMilliseconds,
        header.Header.Target.ToString(),
        block?.Size,
        block?.Transactions.Count,
        block is null ? null : ProducerOf(block),
        confirmations,
        IsFinal(header.Height, confirmations));

    public static HeaderModel Header(in HeaderView header) => new(
        header.Height,
        header.Id.ToString(),
        header.Header.Previous.ToString(),
        header.Header.Timestamp.UnixMilliseconds,
        header.Header.Target.ToString(),
        Text(header.Header.Nonce),
        header.Header.MerkleRoot.ToString(),
        header.Header.StateRoot.ToString(),
        header.Header.HistoryRoot.ToString(),
        header.Header.Ruleset,
        Convert.ToHexStringLower(header.Seal.Span));

    /// <summary>A transaction of a block.</summary>
    public TransactionModel Confirmation(HashedTransaction transaction, BlockId block, ulong height) =>
        Transaction(transaction, Confirmed, block, height, ledger.Chain.ConfirmationsOf(block));

    /// <summary>A transaction of the pool, or of a block.</summary>
    public TransactionModel Transaction(HashedTransaction transaction, string state, BlockId? block = null, ulong? height = null, ulong confirmations = 0) => new(
        transaction.Id.ToString(),
        state,
        block?.ToString(),
        height,
        confirmations,
        transaction.Transaction.IsFromRoot ? null : Text(transaction.Transaction.Sender),
        Text(transaction.Transaction.Receiver),
        Text(transaction.Transaction.Amount),
        Text(transaction.Transaction.Fee),
        transaction.Transaction.Payload.IsEmpty ? null : Convert.ToHexStringLower(transaction.Transaction.Payload.Span),
        transaction.Size);

    /// <summary>A transaction as an index knows it.</summary>
    public TransactionModel Transaction(IndexedTransaction found) => new(
        found.Id.ToString(),
        Confirmed,
        found.Block.ToString(),
        found.Height,
        ledger.Chain.ConfirmationsOf(found.Block),
        found.Sender.IsRoot ? null : Text(found.Sender),
        Text(found.Receiver),
        Text(found.Amount),
        Text(found.Fee),
        null,
        null);

    public static ChangeModel Change(LedgerEvent change, DateTimeOffset now) => new(
        change switch { LedgerEvent.Connected => "block", LedgerEvent.Disconnected => "disconnected", _ => "final" },
        change.Block.Header.Height,
        change.Block.Id.ToString(),
        now.ToUnixTimeMilliseconds(),
        change is LedgerEvent.Finalized ? [] : [.. change.Block.Transactions.Select(transaction => transaction.Id.ToString())],
        change.Block.Header.Previous.ToString(),
        change.Block.Header.Timestamp.UnixMilliseconds,
        change.Cursor.ToString());

    public bool IsFinal(ulong height, ulong confirmations) => confirmations > 0 && height <= ledger.Chain.FinalHeight;

    private string? ProducerOf(HashedBlock block) =>
        block.Header.Height > 0 && block.Transactions.FirstOrDefault(transaction => transaction.Transaction.IsFromRoot) is { } reward ? Text(reward.Transaction.Receiver) : null;
}
