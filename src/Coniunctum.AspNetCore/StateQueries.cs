using Coniunctum.Client;
using Coniunctum.Client.Models;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Storage;
using Microsoft.AspNetCore.Http;

namespace Coniunctum.AspNetCore;

/// <summary>What is asked of addresses and of applications' entries.</summary>
internal sealed class StateQueries(ServedLedger served)
{
    public JsonAnswer<AddressModel> Address(string text)
    {
        LedgerHost ledger = served.Running;
        Address address = Fields.Address(text, ledger.Profile.AddressPrefix);
        LedgerView view = ledger.ReadView();
        return JsonAnswers.Of(new AddressModel(
            new ModelFactory(ledger).Text(address), ModelFactory.Text(view.Balance(address)), ModelFactory.Text(view.SpendableBalance(address)), view.Tip.Header.Height));
    }

    public JsonAnswer<HistoryModel> History(string text, string? limit, string? after)
    {
        LedgerHost ledger = served.Running;
        Address address = Fields.Address(text, ledger.Profile.AddressPrefix);
        int count = Fields.Number("limit", limit, 1, IChainIndex.MaxPage, 20);
        HistoryCursor? cursor = null;
        if (after is not null) cursor = HistoryCursor.TryParse(after, out HistoryCursor read) ? read : throw Fields.Bad($"after is {Fields.Quoted(after)}; expected what the page before gave as next.");
        IChainIndex index = ledger.Index
            ?? throw new ApiProblemException(StatusCodes.Status503ServiceUnavailable, $"No history is kept here{(ledger.IndexFault is { } fault ? $": {fault}" : "")}.");
        HistoryPage page = index.ReadHistory(address, count, newestFirst: true, cursor);
        var models = new ModelFactory(ledger);
        return JsonAnswers.Of(new HistoryModel(models.Text(address), index.Tip?.Height, [.. page.Transactions.Select(models.Transaction)], page.Next?.ToString()));
    }

    public JsonAnswer<StateProofModel> AddressProof(string text)
    {
        LedgerHost ledger = served.Running;
        Address address = Fields.Address(text, ledger.Profile.AddressPrefix);
        RefuseWithoutStateRoot(ledger);
        return JsonAnswers.Of(ModelOf(ledger.ReadView().ProveBalance(address)));
    }

    public JsonAnswer<EntryModel> Entry(string application, string key)
    {
        LedgerHost ledger = served.Running;
        (AppId id, byte[] bytes) = Read(ledger, application, key);
        LedgerView view = ledger.ReadView();
        ReadOnlyMemory<byte> value = view.EntryOf(id, bytes);
        return JsonAnswers.Of(new EntryModel(id.Value, Convert.ToHexStringLower(bytes), value.IsEmpty ? null : Convert.ToHexStringLower(value.Span), view.Tip.Header.Height));
    }

    public JsonAnswer<StateProofModel> EntryProof(string application, string key)
    {
        LedgerHost ledger = served.Running;
        (AppId id, byte[] bytes) = Read(ledger, application, key);
        return JsonAnswers.Of(ModelOf(ledger.ReadView().ProveEntry(id, bytes)));
    }

    private static (AppId Application, byte[] Key) Read(LedgerHost ledger, string application, string key)
    {
        if (!AppId.TryParse(application, out AppId id)) throw Fields.Bad($"{Fields.Quoted(application)} is no application: expected its number.");
        if (ledger.Profile.FindApplication(id) is null) throw Fields.NotFound($"The chain has no application {id}.");
        return (id, Fields.Key(key, ledger.Profile.Limits.MaxEntryKeyBytes));
    }

    private static void RefuseWithoutStateRoot(LedgerHost ledger)
    {
        if (!ledger.Profile.Format.Traits.HasExtendedHeader) throw Fields.NotFound($"The blocks of {ledger.Profile.Name} carry no state root: nothing of the state can be proven.");
    }

    private static StateProofModel ModelOf(ProofAtTip proof) => new(
        proof.Block.Id.ToString(), proof.Block.Header.Height, proof.Block.Header.StateRoot.ToString(), Convert.ToHexStringLower(proof.Proof.Encode()));
}
