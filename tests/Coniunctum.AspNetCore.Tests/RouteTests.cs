using System.Text.Json;
using Coniunctum.AspNetCore.Tests.Support;
using Coniunctum.Client;
using Coniunctum.Client.Models;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.State;
using Names;

namespace Coniunctum.AspNetCore.Tests;

/// <summary>Every route, over a real connection.</summary>
internal sealed class RouteTests
{
    private ForkedLedger _chain = null!;
    private Site _site = null!;
    private Address _friend;
    private Transaction _payment = null!;

    private string PaymentId => _chain.Ledger.Profile.Format.SigningDigest(_payment, _chain.Ledger.ChainId).ToString();

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _chain = await ForkedLedger.StartAsync();
        _friend = new Address(Sha3_256.Hash("friend"u8));
        _payment = _chain.Pay(_friend, 300);
        await _chain.ExtendAsync(1, null, _payment);
        await _chain.ExtendAsync(4);
        _site = await Site.StartAsync(_chain.Ledger, options => options.AllowSubmit = true);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _site.DisposeAsync();
        await _chain.DisposeAsync();
    }

    [Test]
    public async Task Routes_OfTheTable_AreAllServed_ByGetAndHead()
    {
        string key = Convert.ToHexStringLower("name"u8);
        foreach (LedgerRoute route in LedgerRoutes.All.Where(route => route.Method == "GET" && route != LedgerRoutes.Events))
        {
            string path = LedgerRoutes.Root + route.Path
                .Replace("{block}", "2", StringComparison.Ordinal).Replace("{id}", PaymentId, StringComparison.Ordinal)
                .Replace("{address}", _chain.OwnerText, StringComparison.Ordinal).Replace("{application}", "1", StringComparison.Ordinal).Replace("{key}", key, StringComparison.Ordinal);
            (int status, string body, HttpResponseMessage response) = await _site.GetAsync(path);
            Assert.That((status, response.Content.Headers.ContentType?.ToString()), Is.EqualTo((200, "application/json")), $"{path}: {body}");
            Assert.That(response.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo(new[] { "nosniff" }));
            Assert.That(response.Headers.GetValues("Content-Security-Policy").Single(), Does.StartWith("default-src 'none'"));
            Assert.That(JsonDocument.Parse(body).RootElement.ValueKind, Is.EqualTo(JsonValueKind.Object));
            (int head, string none, HttpResponseMessage headers) = await _site.SendAsync(HttpMethod.Head, path);
            Assert.That((head, none), Is.EqualTo((200, "")), path);
            Assert.That(headers.Content.Headers.ContentLength, Is.EqualTo(response.Content.Headers.ContentLength).Or.GreaterThan(0), path);
        }
    }

    [Test]
    public async Task Status_SaysHowTheLedgerIs()
    {
        StatusModel status = await _site.Client.StatusAsync();
        Assert.That((status.Height, status.Tip), Is.EqualTo((5UL, _chain.Tip.Id.ToString())));
        Assert.That((status.Supply, status.ScheduledSupply), Is.EqualTo(("1000250", "1000250")));
        Assert.That((status.Kind, status.Process, status.Data, status.Seed, status.Halted), Is.EqualTo(("node", (int?)null, (string?)null, (string?)null, (string?)null)));
        Assert.That((status.AddressPrefix, status.BlockIntervalMs, status.TakesTransactions, status.IndexedHeight), Is.EqualTo(("dev", 1_000L, true, (ulong?)5)));
    }

    [Test]
    public async Task Profile_IsTheOneThatTheChainHas() =>
        Assert.That((await _site.Client.SendAsync(HttpMethod.Get, "/profile", LedgerJson.TypeOf<ProfileModel>())).Profile, Is.EqualTo(ProfileFile.Write(_chain.Ledger.Profile)));

    [Test]
    public async Task Block_ByHeightIdAndTip_IsTheSame_WithItsTransactions()
    {
        BlockModel byHeight = await _site.Client.BlockAsync("1");
        BlockModel byId = await _site.Client.BlockAsync(byHeight.Id);
        Assert.That(JsonSerializer.Serialize(byId, LedgerJson.TypeOf<BlockModel>()), Is.EqualTo(JsonSerializer.Serialize(byHeight, LedgerJson.TypeOf<BlockModel>())));
        Assert.That((byHeight.Height, byHeight.Confirmations, byHeight.Final, byHeight.Transactions.Count), Is.EqualTo((1UL, 5UL, false, 2)));
        Assert.That(byHeight.Producer, Is.EqualTo(World.Miner.ToText("dev")));
        Assert.That((byHeight.Transactions[0].From, byHeight.Transactions[1].From, byHeight.Transactions[1].Amount), Is.EqualTo(((string?)null, _chain.OwnerText, "300")));
        Assert.That((await _site.Client.BlockAsync("tip")).Id, Is.EqualTo(_chain.Tip.Id.ToString()));
        BlockModel genesis = await _site.Client.BlockAsync("0");
        Assert.That((genesis.Producer, genesis.Confirmations), Is.EqualTo(((string?)null, 6UL)));
    }

    [Test]
    public async Task Blocks_ByPages_AreTheWholeChain_NewestFirst()
    {
        var seen = new List<BlockSummaryModel>();
        ulong? to = null;
        do
        {
            BlocksModel page = await _site.Client.BlocksAsync(to, 2);
            Assert.That(page.Blocks, Has.Count.InRange(1, 2));
            seen.AddRange(page.Blocks);
            to = page.Next;
        }
        while (to is not null);
        Assert.That(seen.Select(block => block.Height), Is.EqualTo(new ulong[] { 5, 4, 3, 2, 1, 0 }));
        Assert.That(seen.Zip(seen.Skip(1)).All(pair => pair.First.Previous == pair.Second.Id), Is.True);
        Assert.That(seen.Select(block => block.Transactions), Is.EqualTo(new int?[] { 1, 1, 1, 1, 2, 1 }));
        Assert.That(seen.Select(block => block.Confirmations), Is.EqualTo(new ulong[] { 1, 2, 3, 4, 5, 6 }));
        Assert.That((await _site.Client.BlocksAsync(ulong.MaxValue, 1)).Blocks[0].Height, Is.EqualTo(5), "above the tip is the tip");
    }

    [Test]
    public async Task Headers_ByPages_AreTheWholeChain_OldestFirst()
    {
        HeadersModel first = await _site.Client.HeadersAsync(0, 4);
        HeadersModel second = await _site.Client.HeadersAsync(first.Next!.Value, 4);
        HeaderModel[] all = [.. first.Headers, .. second.Headers];
        Assert.That((first.Headers.Count, second.Headers.Count, second.Next), Is.EqualTo((4, 2, (ulong?)null)));
        Assert.That(all.Zip(all.Skip(1)).All(pair => pair.Second.Previous == pair.First.Id), Is.True);
        Assert.That(all[^1].StateRoot, Is.EqualTo(_chain.Tip.Header.StateRoot.ToString()));
        Assert.That((await _site.Client.HeadersAsync(99)).Headers, Is.Empty);
    }

    [Test]
    public async Task Transaction_OfTheChain_OfThePool_AndItsProof()
    {
        TransactionModel confirmed = await _site.Client.TransactionAsync(PaymentId);
        Assert.That((confirmed.State, confirmed.Height, confirmed.Confirmations, confirmed.Amount, confirmed.To), Is.EqualTo(("confirmed", (ulong?)1, 5UL, "300", _friend.ToText("dev"))));
        InclusionProofModel model = await _site.Client.TransactionProofAsync(PaymentId);
        Assert.That(InclusionProof.Decode(Convert.FromHexString(model.Proof), out InclusionProof? proof).IsValid, Is.True);
        var reader = new CanonicalReader(Convert.FromHexString(model.Transaction));
        Transaction transaction = _chain.Ledger.Profile.Format.Codec.ReadTransaction(ref reader, 0, _chain.Ledger.Profile.Limits);
        Assert.That(reader.End().IsValid, Is.True);
        Assert.That(proof!.Verify(Hash256.Parse(model.MerkleRoot), transaction, _chain.Ledger.Profile.Format), Is.True);
        Assert.That(model.MerkleRoot, Is.EqualTo((await _site.Client.BlockAsync("1")).MerkleRoot));
    }

    [Test]
    public async Task Receipt_OfTheChain_VerifiesWithoutALedger()
    {
        ReceiptModel model = await _site.Client.TransactionReceiptAsync(PaymentId);
        Assert.That(TransactionReceipt.Decode(Convert.FromHexString(model.Receipt), _chain.Ledger.Profile, out TransactionReceipt? receipt).Message, Is.EqualTo("No fault."));
        Assert.That(receipt!.Verify(_chain.Ledger.Profile), Is.True);
        BlockModel block = await _site.Client.BlockAsync("1");
        Assert.That(
            (receipt.Id.ToString(), receipt.Block.ToString(), receipt.ChainId, receipt.Header.Height, receipt.Transaction.Amount),
            Is.EqualTo((PaymentId, block.Id, _chain.Ledger.ChainId, 1UL, 300UL)));
        Assert.That((model.Transaction, model.Block, model.ChainId, model.Height), Is.EqualTo((PaymentId, block.Id, _chain.Ledger.ChainId.ToString(), 1UL)));
    }

    [Test]
    public async Task Address_ItsHistoryByPages_AndItsProof()
    {
        AddressModel owned = await _site.Client.AddressAsync(_friend.ToText("dev"));
        Assert.That((owned.Balance, owned.Spendable, owned.Height), Is.EqualTo(("300", "300", 5UL)));
        HistoryModel first = await _site.Client.HistoryAsync(_chain.OwnerText, 1);
        HistoryModel second = await _site.Client.HistoryAsync(_chain.OwnerText, 1, first.Next);
        Assert.That((first.Transactions.Single().Id, second.Transactions.Single().Height, second.Next), Is.EqualTo((PaymentId, (ulong?)0, (string?)null)));
        StateProofModel model = await _site.Client.AddressProofAsync(_friend.ToText("dev"));
        Assert.That(StateProof.Decode(Convert.FromHexString(model.Proof), _chain.Ledger.Profile.Limits, out StateProof? proof).IsValid, Is.True);
        Assert.That(StateProof.VerifyBalance(proof!, Hash256.Parse(model.StateRoot), _friend, out ulong balance), Is.EqualTo(ProofOutcome.Present));
        Assert.That((balance, model.Block), Is.EqualTo((300UL, _chain.Tip.Id.ToString())));
    }

    [Test]
    public async Task Entry_ThatIsNotThere_IsNothing_AndProven()
    {
        EntryModel entry = await _site.Client.EntryAsync(NameRegistry.Number, "name"u8.ToArray());
        Assert.That((entry.Application, entry.Value, entry.Height), Is.EqualTo((1U, (string?)null, 5UL)));
        StateProofModel model = await _site.Client.EntryProofAsync(NameRegistry.Number, "name"u8.ToArray());
        Assert.That(StateProof.Decode(Convert.FromHexString(model.Proof), _chain.Ledger.Profile.Limits, out StateProof? proof).IsValid, Is.True);
        Assert.That(StateProof.VerifyEntry(proof!, Hash256.Parse(model.StateRoot), NameRegistry.Number, "name"u8, out _), Is.EqualTo(ProofOutcome.Absent));
    }

    [Test]
    public async Task ETag_OfWhatIsKnown_IsAnsweredBy304_AndChangesWithTheAnswer()
    {
        (_, _, HttpResponseMessage profile) = await _site.GetAsync("api/v1/profile");
        (int status, string body, HttpResponseMessage again) = await _site.GetAsync("api/v1/profile", ("If-None-Match", profile.Headers.ETag!.ToString()));
        Assert.That((status, body, again.Headers.ETag), Is.EqualTo((304, "", profile.Headers.ETag)));
        Assert.That(profile.Headers.ETag.IsWeak, Is.False);

        (_, string first, HttpResponseMessage block) = await _site.GetAsync("api/v1/blocks/2");
        (_, string byId, HttpResponseMessage same) = await _site.GetAsync($"api/v1/blocks/{JsonDocument.Parse(first).RootElement.GetProperty("id").GetString()}");
        Assert.That((byId, same.Headers.ETag), Is.EqualTo((first, block.Headers.ETag)));
        (int known, _, _) = await _site.GetAsync("api/v1/blocks/2", ("If-None-Match", $"\"other\", {block.Headers.ETag}"));
        (int other, _, _) = await _site.GetAsync("api/v1/blocks/3", ("If-None-Match", block.Headers.ETag!.ToString()));
        Assert.That((known, other), Is.EqualTo((304, 200)));
        (_, _, HttpResponseMessage live) = await _site.GetAsync("api/v1/status");
        Assert.That((live.Headers.ETag, live.Headers.CacheControl?.NoStore), Is.EqualTo(((System.Net.Http.Headers.EntityTagHeaderValue?)null, (bool?)true)));
    }
}
