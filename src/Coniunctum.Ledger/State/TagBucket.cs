namespace Coniunctum.Ledger.State;

/// <summary>
/// The fingerprints of the tags that are forgotten after one height: a list in chunks, and an index into it by open
/// addressing. A list's chunks can be kept as they are by whoever writes a checkpoint, while the bucket goes on changing.
/// </summary>
internal sealed class TagBucket
{
    private const int ChunkBits = 12;
    private const int ChunkSize = 1 << ChunkBits;
    private const int MinSlots = 8;

    private readonly List<Chunk> _chunks = [];

    // A slot is 0, or 32 bits of the fingerprint above the position + 1: a slot of another fingerprint is passed without
    // looking at the list.
    private ulong[] _slots = new ulong[MinSlots];

    // Positions below may be seen by a copy.
    private int _copied;

    public int Count { get; private set; }

    public bool Contains(UInt128 fingerprint) => SlotOf(fingerprint) >= 0;

    /// <summary>Adds a fingerprint; returns whether it was not there.</summary>
    public bool Add(UInt128 fingerprint)
    {
        if (Contains(fingerprint)) return false;
        if ((Count + 1) * 4L > _slots.Length * 3L) Rebuild(_slots.Length * 2);
        Write(Count, fingerprint);
        Insert(fingerprint, Count++);
        return true;
    }

    /// <summary>Removes a fingerprint; returns whether it was there. The last one of the list takes its place.</summary>
    public bool Remove(UInt128 fingerprint)
    {
        int slot = SlotOf(fingerprint);
        if (slot < 0) return false;
        int position = PositionIn(slot);
        UInt128 last = At(--Count);
        if (position != Count)
        {
            _slots[SlotOf(last)] = SlotValue(last, position);
            Write(position, last);
        }

        Vacate(slot);
        return true;
    }

    /// <summary>Returns the list as it is now, for as long as it is wanted.</summary>
    public Copy CopyNow()
    {
        foreach (Chunk chunk in _chunks) chunk.IsCopied = true;
        _copied = Math.Max(_copied, Count);
        return new Copy([.. _chunks.Select(chunk => chunk.Items)], Count);
    }

    public UInt128[] ToArray()
    {
        var all = new UInt128[Count];
        for (int i = 0; i < all.Length; i++) all[i] = At(i);
        return all;
    }

    private UInt128 At(int position) => _chunks[position >> ChunkBits].Items[position & (ChunkSize - 1)];

    private void Write(int position, UInt128 fingerprint)
    {
        int index = position >> ChunkBits;
        int offset = position & (ChunkSize - 1);
        if (index == _chunks.Count) _chunks.Add(new Chunk());
        Chunk chunk = _chunks[index];
        if (offset == chunk.Items.Length)
            chunk.Replace(Math.Min(Math.Max(offset * 2, MinSlots), ChunkSize));
        else if (position < _copied && chunk.IsCopied)
            chunk.Replace(chunk.Items.Length);
        chunk.Items[offset] = fingerprint;
    }

    private int SlotOf(UInt128 fingerprint)
    {
        int mask = _slots.Length - 1;
        for (int slot = HomeOf(fingerprint); _slots[slot] != 0; slot = (slot + 1) & mask)
        {
            if ((uint)(_slots[slot] >> 32) == CheckOf(fingerprint) && At(PositionIn(slot)) == fingerprint) return slot;
        }

        return -1;
    }

    private void Insert(UInt128 fingerprint, int position)
    {
        int mask = _slots.Length - 1;
        int slot = HomeOf(fingerprint);
        while (_slots[slot] != 0) slot = (slot + 1) & mask;
        _slots[slot] = SlotValue(fingerprint, position);
    }

    /// <summary>Empties a slot, and moves later ones of the same run up so that they are still found.</summary>
    private void Vacate(int hole)
    {
        int mask = _slots.Length - 1;
        for (int slot = (hole + 1) & mask; _slots[slot] != 0; slot = (slot + 1) & mask)
        {
            int home = HomeOf(At(PositionIn(slot)));
            if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
            _slots[hole] = _slots[slot];
            hole = slot;
        }

        _slots[hole] = 0;
    }

    private void Rebuild(int size)
    {
        _slots = new ulong[size];
        for (int i = 0; i < Count; i++) Insert(At(i), i);
    }

    private int HomeOf(UInt128 fingerprint) => (int)(uint)(ulong)fingerprint & (_slots.Length - 1);

    private static uint CheckOf(UInt128 fingerprint) => (uint)(fingerprint >> 96);

    private int PositionIn(int slot) => (int)(uint)_slots[slot] - 1;

    private static ulong SlotValue(UInt128 fingerprint, int position) => ((ulong)CheckOf(fingerprint) << 32) | (uint)(position + 1);

    /// <summary>A bucket's list at one moment.</summary>
    public sealed class Copy(UInt128[][] chunks, int count)
    {
        public int Count => count;

        public UInt128 this[int position] => chunks[position >> ChunkBits][position & (ChunkSize - 1)];
    }

    private sealed class Chunk
    {
        public UInt128[] Items { get; private set; } = [];

        /// <summary>Whether a copy holds the very array.</summary>
        public bool IsCopied { get; set; }

        public void Replace(int length)
        {
            var items = new UInt128[length];
            Items.CopyTo(items, 0);
            Items = items;
            IsCopied = false;
        }
    }
}
