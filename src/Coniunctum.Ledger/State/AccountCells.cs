using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Coniunctum.Crypto;

namespace Coniunctum.Ledger.State;

/// <summary>
/// The accounts that a block in progress has touched or will touch: each is looked up in the tree once, many of them at once
/// where they are known beforehand, and goes back into it with all others at the block's end.
/// </summary>
internal sealed class AccountCells
{
    private readonly Dictionary<Address, int> _places = [];
    private Cell[] _cells = [];
    private int _count;

    /// <summary>How many accounts were asked for.</summary>
    public int Count => _count;

    /// <summary>Returns the account's cell; it stays where it is until the next one is made.</summary>
    public ref Cell this[Address address, StateTree tree]
    {
        get
        {
            ref int place = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, address, out bool isKnown);
            if (!isKnown)
            {
                place = Add(address);
                ref Cell cell = ref _cells[place];
                cell.Key = StateKeys.OfAccount(address);
                cell.Before = cell.Balance = tree.BalanceAt(cell.Key);
            }

            return ref _cells[place];
        }
    }

    /// <summary>Looks up what will be asked for.</summary>
    public void Load(ReadOnlySpan<Address> addresses, StateTree tree)
    {
        int start = _count;
        foreach (Address address in addresses)
        {
            ref int place = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, address, out bool isKnown);
            if (!isKnown) place = Add(address);
        }

        Span<Cell> cells = _cells.AsSpan(start, _count - start);
        Address[] owners = ArrayPool<Address>.Shared.Rent(cells.Length);
        Hash256[] keys = ArrayPool<Hash256>.Shared.Rent(cells.Length);
        ulong[] balances = ArrayPool<ulong>.Shared.Rent(cells.Length);
        for (int i = 0; i < cells.Length; i++) owners[i] = cells[i].Owner;
        StateKeys.OfAccounts(owners.AsSpan(0, cells.Length), keys);
        tree.BalancesAt(keys.AsSpan(0, cells.Length), balances);
        for (int i = 0; i < cells.Length; i++)
        {
            cells[i].Key = keys[i];
            cells[i].Before = cells[i].Balance = balances[i];
        }

        ArrayPool<Address>.Shared.Return(owners);
        ArrayPool<Hash256>.Shared.Return(keys);
        ArrayPool<ulong>.Shared.Return(balances);
    }

    /// <summary>Writes what has changed, in rising order of keys.</summary>
    /// <param name="changes">Room for <see cref="Count"/> changes.</param>
    /// <returns>How many there are.</returns>
    public int CopyChanges(Span<PlacedAccountChange> changes)
    {
        ulong[] prefixes = ArrayPool<ulong>.Shared.Rent(_count);
        int[] places = ArrayPool<int>.Shared.Rent(_count);
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

            // Keys whose first 64 bits are equal: nobody meets them by chance.
            for (int j = i; j > 0 && changes[j].Key < changes[j - 1].Key; j--) (changes[j], changes[j - 1]) = (changes[j - 1], changes[j]);
        }

        ArrayPool<ulong>.Shared.Return(prefixes);
        ArrayPool<int>.Shared.Return(places);
        return changed;
    }

    public void Clear()
    {
        _places.Clear();
        _count = 0;
        if (_cells.Length > 0) ArrayPool<Cell>.Shared.Return(_cells);
        _cells = [];
    }

    private int Add(Address address)
    {
        if (_count == _cells.Length)
        {
            Cell[] larger = ArrayPool<Cell>.Shared.Rent(Math.Max(16, _count * 2));
            _cells.AsSpan().CopyTo(larger);
            if (_count > 0) ArrayPool<Cell>.Shared.Return(_cells);
            _cells = larger;
        }

        _cells[_count].Owner = address;
        return _count++;
    }

    internal struct Cell
    {
        public Hash256 Key;
        public Address Owner;
        public ulong Before;
        public ulong Balance;
    }
}
