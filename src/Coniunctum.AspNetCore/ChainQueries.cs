using System.Globalization;
using Coniunctum.Client.Models;
using Coniunctum.Consensus;
using Coniunctum.Ledger;
using Microsoft.AspNetCore.Http;

namespace Coniunctum.AspNetCore;

/// <summary>What is asked of blocks and headers.</summary>
internal sealed class ChainQueries(ServedLedger served)
{
    private const int MaxBlocks = 100;
    private const int MaxHeaders = 1_000;
    private const int MaxForks = 100;

    // What a page of blocks reads from the store at most, but for its first block.
    private const long MaxPageBytes = 4 * 1024 * 1024;

    /// <summary>Returns a block by its height, its id, or the word tip.</summary>
    public JsonAnswer<BlockModel> Block(HttpRequest request, string name)
    {
        LedgerHost ledger = served.Running;
        BlockId id = IdOf(ledger, name);
        ulong confirmations = ledger.Chain.ConfirmationsOf(id);
        HeaderView header = ledger.Chain.FindHeader(id) ?? throw Fields.NotFound($"No block {id} is or was part of this ledger's best chain.");
        var models = new ModelFactory(ledger);
        string final = models.IsFinal(header.Height, confirmations) ? "final" : "open";
        return JsonAnswers.UnlessKnown(request, EntityTags.Of($"{id}-{ModelFactory.Text(confirmations)}-{final}"), () =>
            models.Block(ledger.Chain.FindBlock(id) ?? throw Fields.NotFound($"The body of block {id} was pruned: only its header is left."), confirmations));
    }

    /// <summary>Returns blocks without their transactions, downwards.</summary>
    public JsonAnswer<BlocksModel> Blocks(string? to, string? count)
    {
        LedgerHost ledger = served.Running;
        int left = Fields.Number("count", count, 1, MaxBlocks, 20);
        HashedBlock tip = ledger.Tip;
        ulong top = tip.Header.Height;
        ulong from = to is null ? top : Math.Min(top, Fields.Height("to", to));
        // Down by what each block names as its parent, so that a reorganization meanwhile does not mix two chains.
        BlockId? next = from == top ? tip.Id : ledger.Chain.IdAt(from) ?? tip.Id;
        var models = new ModelFactory(ledger);
        var blocks = new List<BlockSummaryModel>();
        ulong? below = from;
        for (long bytes = 0; next is { } id && left > 0 && bytes < MaxPageBytes; left--)
        {
            HashedBlock? block = ledger.Chain.FindBlock(id);
            if ((block is null ? ledger.Chain.FindHeader(id) : HeaderView.Of(block)) is not { } header) break;
            blocks.Add(models.Summary(header, block, top - header.Height + 1));
            bytes += block?.Encoded.Length ?? 0;
            below = header.Height == 0 ? null : header.Height - 1;
            next = below is null ? null : header.Header.Previous;
        }

        return JsonAnswers.Of(new BlocksModel(blocks, below));
    }

    /// <summary>Returns headers, upwards.</summary>
    public JsonAnswer<HeadersModel> Headers(string? from, string? count)
    {
        LedgerHost ledger = served.Running;
        int most = Fields.Number("count", count, 1, MaxHeaders, 100);
        ulong height = from is null ? 0 : Fields.Height("from", from);
        var headers = new List<HeaderModel>();
        BlockId? last = null;
        while (headers.Count < most && height <= ledger.Tip.Header.Height && ledger.Chain.HeaderAt(height) is { } header)
        {
            // The chain was reorganized meanwhile: the page ends where its two parts would meet.
            if (last is { } parent && header.Header.Previous != parent) break;
            headers.Add(ModelFactory.Header(header));
            last = header.Id;
            height++;
        }

        return JsonAnswers.Of(new HeadersModel(headers, height <= ledger.Tip.Header.Height ? height : null));
    }

    /// <summary>Returns the heads of branches beside the best chain.</summary>
    public JsonAnswer<ForksModel> Forks() => JsonAnswers.Of(new ForksModel(
        [.. served.Running.Chain.ReadForks(MaxForks).Select(fork => new ForkModel(fork.Head.ToString(), fork.Height, fork.ForkHeight))]));

    private static BlockId IdOf(LedgerHost ledger, string name)
    {
        if (name is "tip") return ledger.Tip.Id;
        if (BlockId.TryParse(name, out BlockId id)) return id;
        if (!ulong.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out ulong height))
            throw Fields.Bad($"{Fields.Quoted(name)} is no block: expected a height, an id of 64 hexadecimal digits, or tip.");
        return ledger.Chain.IdAt(height) ?? throw Fields.NotFound($"The chain goes up to height {ledger.Tip.Header.Height}; there is none at height {height} yet.");
    }
}
