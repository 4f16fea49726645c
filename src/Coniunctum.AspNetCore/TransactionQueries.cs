using System.Collections.Immutable;
using Coniunctum.Client;
using Coniunctum.Client.Models;
using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger;
using Microsoft.AspNetCore.Http;

namespace Coniunctum.AspNetCore;

/// <summary>What is asked of transactions.</summary>
internal sealed class TransactionQueries(ServedLedger served)
{
    private const int MaxPooled = 100;

    // How far behind the tip an index may be that the blocks above it are looked through.
    private const ulong MaxSearched = 100;

    public JsonAnswer<PoolModel> Pool(string? limit)
    {
        LedgerHost ledger = served.Running;
        int most = Fields.Number("limit", limit, 0, MaxPooled, 0);
        var models = new ModelFactory(ledger);
        ImmutableArray<PooledTransaction> first = most == 0 ? [] : ledger.Pool.ReadFirst(most);
        return JsonAnswers.Of(new PoolModel(
            ledger.Pool.Count, ledger.Pool.WaitingCount, [.. first.Select(pooled => models.Transaction(pooled.Transaction, StateOf(pooled.Status)))]));
    }

    /// <summary>Returns a transaction that is in the pool, or in the chain as far as it is indexed.</summary>
    public JsonAnswer<TransactionModel> Transaction(string name)
    {
        LedgerHost ledger = served.Running;
        TransactionId id = Fields.Transaction(name);
        var models = new ModelFactory(ledger);
        if (ledger.Pool.Find(id) is { } pooled) return JsonAnswers.Of(models.Transaction(pooled, StateOf(ledger.Pool.StatusOf(id))));
        if (ledger.Index?.Find(id) is { } found)
        {
            HashedTransaction? whole = ledger.Chain.FindBlock(found.Block)?.Transactions[found.Position];
            return JsonAnswers.Of(whole is null ? models.Transaction(found) : models.Confirmation(whole, found.Block, found.Height));
        }

        if (FindInNewest(ledger, id) is var (block, transaction)) return JsonAnswers.Of(models.Confirmation(transaction, block.Id, block.Header.Height));
        throw Unknown(id);
    }

    /// <summary>Proves that a transaction is in a block.</summary>
    public JsonAnswer<InclusionProofModel> Proof(string name)
    {
        LedgerHost ledger = served.Running;
        (HashedBlock block, HashedTransaction transaction) = Confirmed(ledger, Fields.Transaction(name));
        // By the leaf by which it is relayed, whatever its place in the block.
        InclusionProof proof = InclusionProof.Create(block, ledger.Profile.Format.Leaf(transaction.Transaction, 0), ledger.Profile.Format)
            ?? throw new InvalidDataException($"Block {block.Id} does not hold the transaction {transaction.Id} that it was found in.");
        return JsonAnswers.Of(new InclusionProofModel(
            block.Id.ToString(),
            block.Header.Height,
            block.Header.MerkleRoot.ToString(),
            Convert.ToHexStringLower(transaction.Detach(ledger.Profile.Format).Encoded.Span),
            Convert.ToHexStringLower(proof.Encode())));
    }

    /// <summary>Makes a receipt of a transaction.</summary>
    public JsonAnswer<ReceiptModel> Receipt(string name)
    {
        LedgerHost ledger = served.Running;
        (HashedBlock block, HashedTransaction transaction) = Confirmed(ledger, Fields.Transaction(name));
        TransactionReceipt receipt = TransactionReceipt.Create(block, transaction.Id, ledger.Profile, ledger.ChainId)
            ?? throw new InvalidDataException($"Block {block.Id} does not hold the transaction {transaction.Id} that it was found in.");
        return JsonAnswers.Of(new ReceiptModel(
            transaction.Id.ToString(), ledger.ChainId.ToString(), block.Id.ToString(), block.Header.Height, Convert.ToHexStringLower(receipt.Encode(ledger.Profile.Format))));
    }

    /// <summary>Finds a transaction of the best chain, and the block that holds it.</summary>
    private static (HashedBlock Block, HashedTransaction Transaction) Confirmed(LedgerHost ledger, TransactionId id)
    {
        // What was reorganized out a moment ago is as good as not found.
        if ((FindIndexed(ledger, id) ?? FindInNewest(ledger, id)) is { } found && ledger.Chain.ConfirmationsOf(found.Block.Id) > 0) return found;
        throw ledger.Pool.Find(id) is null ? Unknown(id) : new ApiProblemException(StatusCodes.Status409Conflict, $"The transaction {id} is in the pool, and in no block yet.");
    }

    private static (HashedBlock Block, HashedTransaction Transaction)? FindIndexed(LedgerHost ledger, TransactionId id)
    {
        if (ledger.Index?.Find(id) is not { } found) return null;
        HashedBlock block = ledger.Chain.FindBlock(found.Block) ?? throw Fields.NotFound($"The body of block {found.Block}, which holds the transaction, was pruned.");
        return (block, block.Transactions[found.Position]);
    }

    /// <summary>The index follows behind the chain: the newest blocks are looked through.</summary>
    private static (HashedBlock Block, HashedTransaction Transaction)? FindInNewest(LedgerHost ledger, TransactionId id)
    {
        HashedBlock? block = ledger.Tip;
        ulong indexed = ledger.Index?.Tip?.Height ?? 0;
        for (ulong searched = 0; block is not null && block.Header.Height > indexed && searched < MaxSearched; searched++)
        {
            if (block.Transactions.FirstOrDefault(transaction => transaction.Id == id) is { } late) return (block, late);
            block = ledger.Chain.FindBlock(block.Header.Previous);
        }

        return null;
    }

    private static string StateOf(PoolStatus status) => status == PoolStatus.Waiting ? "waiting" : "ready";

    private static ApiProblemException Unknown(TransactionId id) => Fields.NotFound($"This node knows no transaction {id}: it is neither in its pool nor in its chain.");
}
