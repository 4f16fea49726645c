using Coniunctum.Crypto;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Wire.Protocol;

/// <summary>The ledgers of a connection, from the first Open to the second Shut.</summary>
internal sealed class LedgerLinks
{
    private readonly List<LedgerLink> _links = [];

    public IReadOnlyCollection<LedgerLink> All => _links;

    public LedgerLink? ByPeerChannel(byte channel) => channel == 0 ? null : _links.Find(link => link.PeerChannel == channel);

    public LedgerLink? ByOwnChannel(byte channel) => channel == 0 ? null : _links.Find(link => link.OwnChannel == channel);

    public bool TryOpen(byte channel, Open message, WireLimits limits)
    {
        LedgerLink? link = ByChain(message.ChainId);
        if (ByOwnChannel(channel) is not null || link is { OwnChannel: not 0 } or { IsShutByUs: true } or { IsShutByPeer: true }) return false;
        link ??= Add(message.ChainId);
        link.OwnChannel = channel;
        link.Limits = limits;
        return true;
    }

    public bool TryShut(Shut message)
    {
        if (ByChain(message.ChainId) is not { IsShutByUs: false } link) return false;
        link.IsShutByUs = true;
        RemoveIfOver(link);
        return true;
    }

    /// <summary>That the channel is free was looked at before.</summary>
    public ProtocolFault CheckPeerOpen(Open message) =>
        ByChain(message.ChainId) is { PeerChannel: not 0 } or { IsShutByPeer: true } ? ProtocolFault.OpenAlready : ProtocolFault.None;

    public void PeerOpen(byte channel, Open message) => (ByChain(message.ChainId) ?? Add(message.ChainId)).PeerChannel = channel;

    public ProtocolFault CheckPeerShut(Shut message) => ByChain(message.ChainId) switch
    {
        null => ProtocolFault.NothingToShut,
        { IsShutByPeer: true } => ProtocolFault.ShutAlready,
        _ => ProtocolFault.None,
    };

    public void PeerShut(Shut message)
    {
        LedgerLink link = ByChain(message.ChainId)!;
        link.IsShutByPeer = true;
        RemoveIfOver(link);
    }

    private LedgerLink? ByChain(Hash256 chainId) => _links.Find(link => link.ChainId == chainId);

    private LedgerLink Add(Hash256 chainId)
    {
        var link = new LedgerLink(chainId, WireLimits.Default);
        _links.Add(link);
        return link;
    }

    private void RemoveIfOver(LedgerLink link)
    {
        if (link.IsOver) _links.Remove(link);
    }
}
