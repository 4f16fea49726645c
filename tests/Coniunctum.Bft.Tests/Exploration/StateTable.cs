namespace Coniunctum.Bft.Tests.Exploration;

/// <summary>A set of numbers other than 0, eight bytes each: open addressing, doubled when three quarters are full.</summary>
internal sealed class StateTable
{
    private ulong[] _slots = new ulong[1 << 16];

    public long Count { get; private set; }

    public bool TryAdd(ulong value)
    {
        if (Count * 4 > _slots.LongLength * 3) Grow();
        if (!TryPlace(_slots, value)) return false;
        Count++;
        return true;
    }

    public bool Contains(ulong value)
    {
        ulong mask = (ulong)_slots.LongLength - 1;
        for (ulong place = PlaceOf(value) & mask; _slots[place] != 0; place = (place + 1) & mask)
        {
            if (_slots[place] == value) return true;
        }

        return false;
    }

    // A multiplication spreads the low bits upwards, a shift brings them back.
    private static ulong PlaceOf(ulong value)
    {
        ulong hash = value * 0x9E37_79B9_7F4A_7C15;
        return hash ^ (hash >> 32);
    }

    private static bool TryPlace(ulong[] slots, ulong value)
    {
        ulong mask = (ulong)slots.LongLength - 1;
        for (ulong place = PlaceOf(value) & mask; ; place = (place + 1) & mask)
        {
            if (slots[place] == value) return false;
            if (slots[place] != 0) continue;
            slots[place] = value;
            return true;
        }
    }

    private void Grow()
    {
        ulong[] larger = new ulong[_slots.LongLength * 2];
        foreach (ulong value in _slots)
        {
            if (value != 0) TryPlace(larger, value);
        }

        _slots = larger;
    }
}
