using System.Buffers.Binary;
using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Switch;

/// <summary>
/// A bounded list: each source has a share of it, and a full one loses a drawn entry of whoever holds most. It does not withstand a
/// majority of hostile sources.
/// </summary>
internal sealed class SimpleAddressBook(IEntropySource entropy) : IAddressBook
{
    /// <summary>How many nodes are kept.</summary>
    public const int Capacity = 4_096;

    /// <summary>How many one source may have brought.</summary>
    public const int MostOfOne = Capacity / 8;

    private const int MostFailures = 10;

    private readonly List<Entry> _entries = [];
    private readonly Dictionary<NodeId, Entry> _byNode = [];
    private readonly Dictionary<NodeId, int> _bySource = [];

    public int Count => _entries.Count;

    public void Add(ImmutableArray<NodeAddress> addresses, NodeId source)
    {
        foreach (NodeAddress address in addresses)
        {
            // What was tried is not changed by what others say.
            if (_byNode.ContainsKey(address.Id) || _bySource.GetValueOrDefault(source) >= MostOfOne) continue;
            if (_entries.Count >= Capacity) Remove(_entries[Below(_entries.Count)]);
            Add(new Entry(address, source));
        }
    }

    public void Confirm(NodeAddress address)
    {
        if (_byNode.TryGetValue(address.Id, out Entry? known))
        {
            (known.Address, known.Failures) = (address, 0);
            return;
        }

        if (_entries.Count >= Capacity) Remove(_entries[Below(_entries.Count)]);
        Add(new Entry(address, address.Id));
    }

    public void Fail(NodeEndpoint endpoint)
    {
        Entry? entry = _entries.Find(known => known.Address.Endpoint.Equals(endpoint));
        if (entry is not null && ++entry.Failures >= MostFailures) Remove(entry);
    }

    public NodeAddress? Draw(Func<NodeAddress, bool> isExcluded)
    {
        if (_entries.Count == 0) return null;
        int start = Below(_entries.Count);
        for (int i = 0; i < _entries.Count; i++)
        {
            NodeAddress address = _entries[(start + i) % _entries.Count].Address;
            if (!isExcluded(address)) return address;
        }

        return null;
    }

    public ImmutableArray<NodeAddress> Sample(int count)
    {
        var drawn = ImmutableArray.CreateBuilder<NodeAddress>();
        int start = _entries.Count == 0 ? 0 : Below(_entries.Count);
        for (int i = 0; i < Math.Min(count, _entries.Count); i++) drawn.Add(_entries[(start + i) % _entries.Count].Address);
        return drawn.ToImmutable();
    }

    private void Add(Entry entry)
    {
        _entries.Add(entry);
        _byNode.Add(entry.Address.Id, entry);
        _bySource[entry.Source] = _bySource.GetValueOrDefault(entry.Source) + 1;
    }

    private void Remove(Entry entry)
    {
        _entries.Remove(entry);
        _byNode.Remove(entry.Address.Id);
        if (--_bySource[entry.Source] == 0) _bySource.Remove(entry.Source);
    }

    private int Below(int count)
    {
        Span<byte> drawn = stackalloc byte[sizeof(ulong)];
        entropy.Fill(drawn);
        return (int)(BinaryPrimitives.ReadUInt64LittleEndian(drawn) % (ulong)count);
    }

    private sealed class Entry(NodeAddress address, NodeId source)
    {
        public NodeAddress Address { get; set; } = address;

        public NodeId Source { get; } = source;

        public int Failures { get; set; }
    }
}
