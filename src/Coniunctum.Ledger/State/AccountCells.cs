using System.Buffers.Binary;
using Coniunctum.Crypto;

namespace Coniunctum.Ledger.State;

/// <summary>
/// The accounts that a block in progress has touched or will touch: each is looked up in the tree once, many of them at once
/// where they are known beforehand, and goes back into it with all others at the block's end.
/// </summary>
internal sealed class AccountCells
{
    // So many are looked up side by side: enough to hide the waiting, few enough for the cache.
    private const int Batch = 2048;
    private const int MinSlots = 64;

    // What a block of so many accounts needed is not kept for the next one.
    private const int MostKept = 1 << 16;

    // Where an account's cell is, as a position + 1, at the first free slot from its hash's on; 0 is free. Never more than
    // half full. The hash is keyed, so that chosen addresses do not crowd.
    private int[] _slots = new int[MinSlots];
    private Cell[] _cells = [];
    private int _count;

    /// <summary>How many accounts were asked for.</summary>
    public int Count => _count;

    /// <summary>Returns the account's cell; it stays where it is until the next one is made.</summary>
    public ref Cell this[Address address, StateTree tree]
    {
        get
        {
            int place = Find(address, out bool isNew);
            ref Cell cell = ref _cells[place];
            if (isNew)
            {
                cell.Key = StateKeys.OfAccount(address);
                cell.Before = cell.Balance = tree.BalanceAt(cell.Key);
            }

            return ref cell;
        }
    }

    /// <summary>Looks up what will be asked for.</summary>
    public void Load(ReadOnlySpan<Address> addresses, StateTree tree)
    {
        Address[] owners = Scratch.Rent<Address>(Batch);
        Hash256[] keys = Scratch.Rent<Hash256>(Batch);
        ulong[] balances = Scratch.Rent<ulong>(Batch);
        while (!addresses.IsEmpty)
        {
            int start = _count;
            int taken = Math.Min(Batch, addresses.Length);
            foreach (Address address in addresses[..taken]) Find(address, out _);
            addresses = addresses[taken..];

            Span<Cell> cells = _cells.AsSpan(start, _count - start);
            for (int i = 0; i < cells.Length; i++) owners[i] = cells[i].Owner;
            StateKeys.OfAccounts(owners.AsSpan(0, cells.Length), keys);
            tree.BalancesAt(keys.AsSpan(0, cells.Length), balances);
            for (int i = 0; i < cells.Length; i++)
            {
                cells[i].Key = keys[i];
                cells[i].Before = cells[i].Balance = balances[i];
            }
        }

        Scratch.Return(owners);
        Scratch.Return(keys);
        Scratch.Return(balances);
    }

    /// <summary>Writes what has changed, in rising order of keys.</summary>
    /// <param name="changes">Room for <see cref="Count"/> changes.</param>
    /// <returns>How many there are.</returns>
    public int CopyChanges(Span<PlacedAccountChange> changes)
    {
        ulong[] prefixes = Scratch.Rent<ulong>(_count);
        int[] places = Scratch.Rent<int>(_count);
        int changed = 0;
        for (int i = 0; i < _count; i++)
        {
            ref readonly Cell cell = ref _cells[i];
            if (cell.Before == cell.Balance) continue;
            prefixes[changed] = BinaryPrimitives.ReadUInt64BigEndian(cell.Key.AsSpan());
            places[changed++] = i;
        }

        prefixes.AsSpan(0, changed).Sort(places.AsSpan(0, changed));
        for (int i = 0; i < changed; i++)
        {
            ref readonly Cell cell = ref _cells[places[i]];
            changes[i] = new PlacedAccountChange(cell.Key, new AccountChange(cell.Owner, cell.Before, cell.Balance));

            // Keys whose first 64 bits are equal: no one meets them by chance.
            for (int j = i; j > 0 && changes[j].Key < changes[j - 1].Key; j--) (changes[j], changes[j - 1]) = (changes[j - 1], changes[j]);
        }

        Scratch.Return(prefixes);
        Scratch.Return(places);
        return changed;
    }

    public void Clear()
    {
        if (_count > MostKept) (_slots, _cells) = (new int[MinSlots], []);
        _slots.AsSpan().Clear();
        _count = 0;
    }

    /// <summary>Returns the position of an account's cell. A new one has nothing but its owner.</summary>
    private int Find(Address address, out bool isNew)
    {
        int mask = _slots.Length - 1;
        int slot = address.GetHashCode() & mask;
        for (; _slots[slot] != 0; slot = (slot + 1) & mask)
        {
            if (_cells[_slots[slot] - 1].Owner != address) continue;
            isNew = false;
            return _slots[slot] - 1;
        }

        if (_count == _cells.Length) Array.Resize(ref _cells, Math.Max(MinSlots / 2, _count * 2));
        isNew = true;
        _cells[_count].Owner = address;
        _slots[slot] = ++_count;
        if (_count * 2 > _slots.Length) Widen();
        return _count - 1;
    }

    private void Widen()
    {
        _slots = new int[_slots.Length * 2];
        int mask = _slots.Length - 1;
        for (int place = 0; place < _count; place++)
        {
            int slot = _cells[place].Owner.GetHashCode() & mask;
            while (_slots[slot] != 0) slot = (slot + 1) & mask;
            _slots[slot] = place + 1;
        }
    }

    internal struct Cell
    {
        public Hash256 Key;
        public Address Owner;
        public ulong Before;
        public ulong Balance;
    }
}
