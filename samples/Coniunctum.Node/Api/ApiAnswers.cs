using System.Globalization;
using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Storage;
using Coniunctum.Node.Cli;
using Microsoft.AspNetCore.Http;

namespace Coniunctum.Node.Api;

/// <summary>Looks up what is asked of a ledger.</summary>
/// <param name="subject">The ledger.</param>
internal sealed class ApiAnswers(ApiSubject subject)
{
    private const string Confirmed = "confirmed";

    private readonly LedgerHost _ledger = subject.Ledger;

    public StatusModel Status()
    {
        LedgerStatus status = _ledger.ReadView().Status;
        NetworkStatus? network = _ledger.Network?.ReadStatus();
        ulong height = status.Tip.Header.Height;
        return new StatusModel(
            subject.Kind,
            CommandLine.Version,
            Environment.ProcessId,
            _ledger.Profile.Name,
            _ledger.ChainId.ToString(),
            _ledger.Profile.Consensus.RuleName,
            height,
            status.Tip.Id.ToString(),
            status.FinalHeight,
            Text(status.Supply),
            Text(_ledger.Profile.SupplyAt(height)),
            status.PoolCount,
            _ledger.Pool.WaitingCount,
            status.Production.State.ToString(),
            status.Production.Reason,
            subject.Role,
            subject.Data,
            subject.Account is { } account ? Text(account) : null,
            subject.Seed is { } seed ? Text(seed) : null,
            _ledger.Network?.Id.ToString(),
            _ledger.Network?.Addresses ?? [],
            network?.Peers.Count(peer => peer.HasLedger) ?? 0,
            network?.IsSynchronizing ?? false,
            network?.IsSynchronized ?? false,
            network is { Peers.IsEmpty: false } ? network.Peers.Max(peer => peer.Height) : 0,
            _ledger.Index?.Tip?.Height,
            Text((ulong)(subject.Search?.Tried ?? _ledger.HashesTried)),
            _ledger.Halted?.ToString());
    }

    public ProfileModel Profile() => new(ProfileFile.Write(_ledger.Profile));

    public PeersModel Peers() => _ledger.Network?.ReadStatus() is { } network
        ? new PeersModel(
            [.. network.Peers.Select(peer => new PeerModel(
                peer.Id?.ToString(), peer.Endpoint.ToString(), peer.IsOutbound, peer.HasLedger, peer.Height, peer.BytesReceived, peer.BytesSent))],
            [.. network.Failures.Select(failure => new FailureModel(failure.Endpoint.ToString(), failure.Message))],
            network.LastFailure)
        : new PeersModel([], [], null);

    public PoolModel Pool() => new(_ledger.Pool.Count, _ledger.Pool.WaitingCount);

    /// <summary>Returns a block by its height, its id, or the word tip.</summary>
    public BlockModel Block(string name)
    {
        if (name is "tip") return ModelOf(_ledger.Tip);
        if (BlockId.TryParse(name, out BlockId id))
            return ModelOf(_ledger.Chain.FindBlock(id) ?? throw NotFound($"No block {id} is or was part of this ledger's best chain, or its body was pruned."));
        if (!ulong.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out ulong height)) throw Bad($"{Quoted.Of(name)} is no block: expected a height, an id of 64 hexadecimal digits, or tip.");
        ulong tip = _ledger.Tip.Header.Height;
        if (height > tip) throw NotFound(Invariant($"The chain has {tip} blocks; there is none at height {height} yet."));
        return ModelOf(_ledger.Chain.BlockAt(height) ?? throw NotFound(Invariant($"The body of block {height} was pruned.")));
    }

    /// <summary>Returns a transaction that is in the pool, or in the chain as far as it is indexed.</summary>
    public TransactionModel Transaction(string name)
    {
        if (!TransactionId.TryParse(name, out TransactionId id)) throw Bad($"{Quoted.Of(name)} is no transaction: expected its id, 64 hexadecimal digits.");
        if (_ledger.Pool.Find(id) is { } pooled)
            return ModelOf(pooled, _ledger.Pool.StatusOf(id) == PoolStatus.Waiting ? "waiting" : "ready", null, null, 0);
        if (_ledger.Index?.Find(id) is { } found) return ModelOf(found);

        // The index follows behind the chain: the newest blocks are looked through.
        for (ulong height = _ledger.Tip.Header.Height, lowest = Math.Max(1, (_ledger.Index?.Tip?.Height ?? 0) + 1); height >= lowest && _ledger.Tip.Header.Height - height < 100; height--)
        {
            if (_ledger.Chain.BlockAt(height) is not { } block) break;
            if (block.Transactions.FirstOrDefault(transaction => transaction.Id == id) is { } late)
                return ModelOf(late, Confirmed, block.Id, height, _ledger.Chain.ConfirmationsOf(block.Id));
        }

        throw NotFound($"This node knows no transaction {id}: it is neither in its pool nor in its chain.");
    }

    public AddressModel Address(string text)
    {
        Address address = ReadAddress(text);
        LedgerView view = _ledger.ReadView();
        return new AddressModel(Text(address), Text(view.Balance(address)), Text(view.SpendableBalance(address)), view.Tip.Header.Height);
    }

    public HistoryModel History(string text, string? limit, string? after)
    {
        Address address = ReadAddress(text);
        IChainIndex index = _ledger.Index ?? throw new ApiFault(StatusCodes.Status503ServiceUnavailable, $"No history is kept{(_ledger.IndexFault is { } fault ? $": {fault}" : "")}.");
        if (!int.TryParse(limit ?? "20", NumberStyles.None, CultureInfo.InvariantCulture, out int count) || count is < 1 or > IChainIndex.MaxPage)
            throw Bad(Invariant($"limit: expected 1 to {IChainIndex.MaxPage}."));
        HistoryCursor? cursor = null;
        if (after is not null) cursor = HistoryCursor.TryParse(after, out HistoryCursor read) ? read : throw Bad("after: expected what the page before gave as next.");
        HistoryPage page = index.ReadHistory(address, count, newestFirst: true, cursor);
        return new HistoryModel(Text(address), index.Tip?.Height, [.. page.Transactions.Select(ModelOf)], page.Next?.ToString());
    }

    /// <summary>Gives the pool a transaction in its canonical encoding.</summary>
    public async Task<SubmittedModel> SubmitAsync(ReadOnlyMemory<byte> encoded, CancellationToken cancellation)
    {
        Transaction transaction = Read(encoded);
        TransactionId id = _ledger.Profile.Format.SigningDigest(transaction, _ledger.ChainId);
        Admission admission = await _ledger.SubmitAsync(transaction, cancellation);
        // Sent twice, as after an answer that was lost, it is there all the same.
        bool isThere = admission.IsValid || admission.IsWaiting || admission.Rule == PoolRule.AlreadyKnown;
        return new SubmittedModel(id.ToString(), isThere, admission.IsWaiting, admission.RuleName, admission.Message);
    }

    public ChangeModel ModelOf(LedgerEvent change, DateTimeOffset now) => new(
        change is LedgerEvent.Disconnected ? "disconnected" : "block",
        change.Block.Header.Height,
        change.Block.Id.ToString(),
        now.ToUnixTimeMilliseconds(),
        [.. change.Block.Transactions.Select(transaction => transaction.Id.ToString())]);

    private Transaction Read(ReadOnlyMemory<byte> encoded)
    {
        var reader = new CanonicalReader(encoded);
        Transaction transaction = _ledger.Profile.Format.Codec.ReadTransaction(ref reader, 0, _ledger.Profile.Limits);
        DecodeOutcome outcome = reader.End();
        return outcome.IsValid ? transaction : throw Bad($"The body is no transaction: {outcome.Message}");
    }

    private Address ReadAddress(string text)
    {
        try
        {
            return Inputs.Address(text, _ledger.Profile.AddressPrefix);
        }
        catch (BadInputException exception)
        {
            throw Bad(exception.Message);
        }
    }

    private BlockModel ModelOf(HashedBlock block)
    {
        ulong confirmations = _ledger.Chain.ConfirmationsOf(block.Id);
        return new BlockModel(
            block.Header.Height,
            block.Id.ToString(),
            block.Header.Previous.ToString(),
            block.Header.Timestamp.UnixMilliseconds,
            block.Header.Target.ToString(),
            Text(block.Header.Nonce),
            block.Header.MerkleRoot.ToString(),
            block.Size,
            confirmations,
            [.. block.Transactions.Select(transaction => ModelOf(transaction, Confirmed, block.Id, block.Header.Height, confirmations))]);
    }

    private TransactionModel ModelOf(HashedTransaction transaction, string state, BlockId? block, ulong? height, ulong confirmations) => new(
        transaction.Id.ToString(),
        state,
        block?.ToString(),
        height,
        confirmations,
        transaction.Transaction.IsFromRoot ? null : Text(transaction.Transaction.Sender),
        Text(transaction.Transaction.Receiver),
        Text(transaction.Transaction.Amount),
        Text(transaction.Transaction.Fee));

    private TransactionModel ModelOf(IndexedTransaction found) => new(
        found.Id.ToString(),
        Confirmed,
        found.Block.ToString(),
        found.Height,
        _ledger.Chain.ConfirmationsOf(found.Block),
        found.Sender.IsRoot ? null : Text(found.Sender),
        Text(found.Receiver),
        Text(found.Amount),
        Text(found.Fee));

    private string Text(Address address) => address.ToText(_ledger.Profile.AddressPrefix);

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    private static ApiFault NotFound(string message) => new(StatusCodes.Status404NotFound, message);

    private static ApiFault Bad(string message) => new(StatusCodes.Status400BadRequest, message);
}
