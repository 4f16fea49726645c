using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Switch;

/// <summary>
/// A bounded list: each source has a share of it, and a full one loses a drawn entry, of those that were not tested as long as there
/// are such. It does not withstand a majority of hostile sources.
/// </summary>
internal sealed class SimpleAddressBook : IAddressBook
{
    /// <summary>How many nodes are kept.</summary>
    public const int Capacity = 4_096;

    /// <summary>How many one source may have brought.</summary>
    public const int MostOfOne = Capacity / 8;

    private const int MostFailures = 10;

    // A node that was there is not forgotten because it, or the network between, was away for some hours.
    private const uint DaysKept = 7;

    private readonly IEntropySource _entropy;
    private readonly List<Entry> _entries = [];
    private readonly Dictionary<NodeId, Entry> _byNode = [];
    private readonly Dictionary<NodeId, int> _bySource = [];

    /// <summary>Begins with what an earlier run knew.</summary>
    /// <param name="entropy">Where randomness comes from.</param>
    /// <param name="known">What was known.</param>
    public SimpleAddressBook(IEntropySource entropy, ImmutableArray<KnownNode> known = default)
    {
        _entropy = entropy;
        if (known.IsDefaultOrEmpty) return;
        foreach (KnownNode node in known.Take(Capacity))
            if (!_byNode.ContainsKey(node.Address.Id)) Add(new Entry(node.Address, node.Source) { IsTested = node.IsTested });
    }

    public ImmutableArray<KnownNode> All => [.. _entries.Select(entry => entry.Known)];

    public int Count => _entries.Count;

    public void Add(ImmutableArray<NodeAddress> addresses, NodeId source)
    {
        foreach (NodeAddress address in addresses)
        {
            // What is known is not changed by what others say.
            if (_byNode.ContainsKey(address.Id) || _bySource.GetValueOrDefault(source) >= MostOfOne || !TryMakeRoom(forTested: false)) continue;
            Add(new Entry(address, source));
        }
    }

    public bool Confirm(NodeAddress address)
    {
        if (_byNode.TryGetValue(address.Id, out Entry? known))
        {
            bool isNew = !known.IsTested || !known.Address.Endpoint.Equals(address.Endpoint);
            (known.Address, known.Failures, known.IsTested) = (address, 0, true);
            return isNew;
        }

        TryMakeRoom(forTested: true);
        Add(new Entry(address, address.Id) { IsTested = true });
        return true;
    }

    public void Fail(NodeEndpoint endpoint, uint today)
    {
        Entry? entry = _entries.Find(known => known.Address.Endpoint.Equals(endpoint));
        if (entry is not null && ++entry.Failures >= MostFailures && !(entry.IsTested && today < entry.Address.Day + DaysKept)) Remove(entry);
    }

    public NodeAddress? Draw(Func<KnownNode, bool> isWanted) => DrawEntry(entry => isWanted(entry.Known))?.Address;

    public ImmutableArray<NodeAddress> Sample(int count)
    {
        var drawn = ImmutableArray.CreateBuilder<NodeAddress>();
        int start = _entries.Count == 0 ? 0 : _entropy.Below(_entries.Count);
        for (int i = 0; i < _entries.Count && drawn.Count < count; i++)
            if (_entries[(start + i) % _entries.Count] is { IsTested: true, Address: var address }) drawn.Add(address);
        return drawn.ToImmutable();
    }

    /// <summary>A full list loses one that was not tested; one that was, only to another one.</summary>
    private bool TryMakeRoom(bool forTested)
    {
        if (_entries.Count < Capacity) return true;
        Entry? drawn = DrawEntry(entry => !entry.IsTested) ?? (forTested ? DrawEntry(static _ => true) : null);
        if (drawn is not null) Remove(drawn);
        return drawn is not null;
    }

    private Entry? DrawEntry(Func<Entry, bool> isWanted)
    {
        if (_entries.Count == 0) return null;
        int start = _entropy.Below(_entries.Count);
        for (int i = 0; i < _entries.Count; i++)
            if (_entries[(start + i) % _entries.Count] is var entry && isWanted(entry)) return entry;
        return null;
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

    private sealed class Entry(NodeAddress address, NodeId source)
    {
        public NodeAddress Address { get; set; } = address;

        public NodeId Source { get; } = source;

        public bool IsTested { get; set; }

        public int Failures { get; set; }

        public KnownNode Known => new(Address, Source, IsTested);
    }
}
