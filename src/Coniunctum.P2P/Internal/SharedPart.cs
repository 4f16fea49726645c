using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Internal;
using Coniunctum.Consensus.Node;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Peers.Shell;
using Coniunctum.P2P.Switch;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Internal;

/// <summary>A ledger's part of a <see cref="SharedNetwork"/>.</summary>
internal sealed class SharedPart : IPeerNetwork
{
    private readonly SharedNetwork _network;
    private readonly ChainProfile _profile;
    private readonly IChainReader _store;
    private readonly BlockId _chainId;
    private readonly byte _channel;
    private readonly ImmutableArray<EntryPeer> _entries;
    private readonly bool _isPublic;
    private readonly PeerGuard<LedgerCore> _machine;
    private readonly Lock _gate = new();
    private LedgerPort? _port;
    private SharedLedger? _ledger;
    private Task? _end;

    public SharedPart(
        SharedNetwork network, ChainProfile profile, IChainReader store, BlockId chainId, byte channel, PeerOptions options, ImmutableArray<EntryPeer> entries, bool isPublic)
    {
        (_network, _profile, _store, _chainId, _channel, _entries, _isPublic) = (network, profile, store, chainId, channel, entries, isPublic);
        _machine = new PeerGuard<LedgerCore>(numbers => new LedgerCore(profile, options, channel, numbers));
    }

    /// <inheritdoc/>
    public IPeerMachine Machine => _machine;

    /// <inheritdoc/>
    public bool IsSynchronised => _machine.Core.IsSynchronised;

    /// <inheritdoc/>
    public void Start(INodeInputs inputs, Action<StoreBatch> write, RecentStates states)
    {
        _port = new LedgerPort(_channel, new MessageDecoder(_profile, _chainId), new StoreAnswers(_profile, _store, states), inputs, isNumbered: true);
        _ledger = new SharedLedger(_chainId, _channel, _isPublic, inputs, _network.NextOpening);
        foreach (EntryPeer entry in _entries) _ledger.AddEntry(entry);
        _network.Ports.Add(_port);
        _ = _network.AddAsync(_ledger);
    }

    /// <inheritdoc/>
    public void Run(NodeEffect.ToNetwork effect)
    {
        if (_ledger is not { } ledger) return;
        switch (effect)
        {
            case PeerEffect.Offer offer:
                _ = _network.DoAsync(core =>
                {
                    ledger.Offer = offer.Open;
                    core.OfferWaiting();
                });
                break;
            case PeerEffect.NoteUseful note:
                _ = _network.DoAsync(core => core.NoteUseful(note with { From = LedgerPeerId.ConnectionOf(note.From) }));
                break;
            case PeerEffect.SendMessage { Message: Bye { Reason: ByeReason.Other } } part:
                // The ledger's own machine has failed: the connection may be good for others, which read on.
                _network.Shell.Run(new PeerEffect.SetReading(part.To, IsReading: true), _port);
                _ = _network.DoAsync(core =>
                {
                    if (ledger.IsOpenAs(part.To)) core.Part(ledger, LedgerPeerId.ConnectionOf(part.To));
                });
                break;
            case PeerEffect.SendMessage { Message: Bye bye } send:
                _ = _network.DoAsync(core => core.Blame(LedgerPeerId.ConnectionOf(send.To), bye.Reason, bye.Text));
                break;
            case PeerEffect.Close:
                // The switch closes connections; Bye has said which, and why.
                break;
            case PeerEffect wanted:
                _network.Shell.Run(wanted, _port);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public Task AddPeerAsync(PeerAddress address) =>
        _ledger is { } ledger ? _network.AddEntryAsync(ledger, new EntryPeer(address.Endpoint, address.Node)) : Task.CompletedTask;

    /// <inheritdoc/>
    public StoreBatch? Save() => null;

    /// <inheritdoc/>
    public PeerNetworkState Read()
    {
        PeerStatus status = _machine.Core.Status;
        (long switchFailures, string? lastOfSwitch) = _network.Failures;
        return new PeerNetworkState(
            [.. status.Peers.Select(StateOf)], [.. _network.Shell.Failures.Where(failure => _ledger?.Entries.Exists(entry => entry.Endpoint.Equals(failure.Endpoint)) == true && !status.Peers.Any(peer => failure.Endpoint.Equals(peer.Dialled)))],
            status.IsSynchronising, status.IsSynchronised, status.LastFailure, _machine.Failures + switchFailures, _machine.LastFailure ?? lastOfSwitch);
    }

    /// <inheritdoc/>
    public (NodeId? Node, NodeEndpoint Endpoint)? RemoteOf(PeerId id) =>
        _machine.Core.Status.Peers.FirstOrDefault(peer => peer.Id == id) is { } line ? (line.Node, line.Endpoint) : _network.Shell.RemoteOf(id);

    /// <summary>Shuts the ledger on all connections, which stay for the others.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate) return new ValueTask(_end ??= Task.Run(EndAsync));
    }

    private async Task EndAsync()
    {
        if (_ledger is not null && _port is not null)
        {
            await _network.RemoveAsync(_ledger).ConfigureAwait(false);
            _network.Ports.Remove(_port);
            _network.Shell.Resume(_channel);
            await _port.EndAsync().ConfigureAwait(false);
        }

        _network.Release(_chainId);
    }

    private PeerState StateOf(PeerLine peer)
    {
        (long read, long written) = _network.Shell.TrafficOf(peer.Id);
        return new PeerState(peer.Node, peer.Endpoint, peer.Dialled, peer.IsOpen, peer.Height, read, written);
    }
}
