using Coniunctum.Client.Models;
using Microsoft.AspNetCore.Http;

namespace Coniunctum.AspNetCore;

/// <summary>What is asked of the ledger as a whole.</summary>
internal sealed class StatusQueries(ServedLedger served)
{
    public JsonAnswer<StatusModel> Status()
    {
        LedgerHost ledger = served.Running;
        var models = new ModelFactory(ledger);
        LedgerProgram program = served.Options.Program;
        LedgerStatus status = ledger.ReadView().Status;
        NetworkStatus? network = ledger.Network?.ReadStatus();
        ulong height = status.Tip.Header.Height;
        return JsonAnswers.Of(new StatusModel(
            program.Kind,
            program.Version,
            program.Process,
            ledger.Profile.Name,
            ledger.ChainId.ToString(),
            ledger.Profile.Consensus.RuleNameAt(height),
            height,
            status.Tip.Id.ToString(),
            status.FinalHeight,
            ModelFactory.Text(status.Supply),
            ModelFactory.Text(ledger.Profile.SupplyAt(height)),
            status.PoolCount,
            ledger.Pool.WaitingCount,
            status.Production.State.ToString(),
            status.Production.Reason,
            program.Role,
            program.Data,
            program.Account is { } account ? models.Text(account) : null,
            program.Seed is { } seed ? ModelFactory.Text(seed) : null,
            ledger.Network?.Id.ToString(),
            ledger.Network?.Addresses ?? [],
            network?.Peers.Count(peer => peer.HasLedger) ?? 0,
            network?.IsSynchronizing ?? false,
            network?.IsSynchronized ?? false,
            network is { Peers.IsEmpty: false } ? network.Peers.Max(peer => peer.Height) : 0,
            ledger.Index?.Tip?.Height,
            ModelFactory.Text((ulong)(program.HashesTried?.Invoke() ?? ledger.HashesTried)),
            ledger.Halted?.ToString(),
            ledger.Profile.AddressPrefix,
            (long)ledger.Profile.BlockInterval.TotalMilliseconds,
            served.Options.AllowSubmit));
    }

    public JsonAnswer<ProfileModel> Profile(HttpRequest request)
    {
        LedgerHost ledger = served.Running;
        return JsonAnswers.UnlessKnown(request, EntityTags.Of($"profile-{ledger.ChainId}"), () => new ProfileModel(ProfileFile.Write(ledger.Profile)));
    }

    public JsonAnswer<PeersModel> Peers() => JsonAnswers.Of(served.Running.Network?.ReadStatus() is { } network
        ? new PeersModel(
            [.. network.Peers.Select(peer => new PeerModel(
                peer.Id?.ToString(), peer.Endpoint.ToString(), peer.IsOutbound, peer.HasLedger, peer.Height, peer.BytesReceived, peer.BytesSent))],
            [.. network.Failures.Select(failure => new FailureModel(failure.Endpoint.ToString(), failure.Message))],
            network.LastFailure)
        : new PeersModel([], [], null));
}
