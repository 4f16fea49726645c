using System.Collections.Concurrent;

namespace Coniunctum.P2P.Peers.Shell;

/// <summary>The ledgers of a shell, by the channels on which this node speaks of them. Safe to use from several threads.</summary>
internal sealed class LedgerPorts
{
    private readonly ConcurrentDictionary<byte, LedgerPort> _ports = new();

    /// <summary>Adds a ledger, whose channel no other one has.</summary>
    public void Add(LedgerPort port)
    {
        if (!_ports.TryAdd(port.Channel, port)) throw new ArgumentException(Invariant($"Channel {port.Channel} is another ledger's."), nameof(port));
    }

    /// <summary>Removes a ledger: what still comes about it is passed over.</summary>
    public void Remove(LedgerPort port) => _ports.TryRemove(port.Channel, out _);

    /// <summary>Returns the ledger of a channel, or <c>null</c>.</summary>
    public LedgerPort? Find(byte channel) => _ports.GetValueOrDefault(channel);
}
