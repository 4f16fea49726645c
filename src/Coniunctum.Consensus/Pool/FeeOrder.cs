using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Coniunctum.Consensus.Pool;

/// <summary>
/// The ready transactions, the best paying first. They lie in sorted runs of at most 128, each of whose ranks fill a few
/// pages of memory: a search touches four or five cache lines, where a tree of 100,000 nodes touches thirty. Adding and
/// removing cost the logarithm of the count, and moving half a run.
/// </summary>
internal sealed class FeeOrder
{
    private const int MaxRun = 128;

    // A run below the first length joins a neighbour if they then have no more than the second: memory stays in proportion,
    // whatever comes and goes, and runs that were joined are not soon split again.
    private const int MinRun = MaxRun / 4;
    private const int MaxJoined = MaxRun * 3 / 4;

    private readonly List<Run> _runs = [];

    // Where each run begins: at or before its first rank, behind the last one of the run before.
    private readonly List<Rank> _starts = [];

    public int Count { get; private set; }

    /// <summary>How many runs there are; for tests.</summary>
    public int RunCount => _runs.Count;

    /// <summary>The one that pays least; of equals the one whose turn is last. Only where there is one.</summary>
    public PoolEntry Cheapest => _runs[^1].Entries[_runs[^1].Count - 1];

    /// <summary>All, the best paying first, of equals the oldest. Nothing may change meanwhile.</summary>
    public IEnumerable<PoolEntry> BestFirst
    {
        get
        {
            foreach (Run run in _runs)
            {
                run.Fetch();
                for (int i = 0; i < run.Count; i++) yield return run.Entries[i];
            }
        }
    }

    /// <summary>All in the opposite order. Nothing may change meanwhile.</summary>
    public IEnumerable<PoolEntry> CheapestFirst
    {
        get
        {
            for (int index = _runs.Count - 1; index >= 0; index--)
            {
                for (int i = _runs[index].Count - 1; i >= 0; i--) yield return _runs[index].Entries[i];
            }
        }
    }

    /// <summary>Adds an entry, whose rate and arrival must not change while it is here.</summary>
    public void Add(PoolEntry entry)
    {
        var rank = Rank.Of(entry);
        if (_runs.Count == 0)
        {
            _runs.Add(new Run());
            _starts.Add(rank);
        }

        int index = Math.Max(0, FindRun(rank));
        if (_runs[index].Count == MaxRun)
        {
            Split(index);
            index = Math.Max(0, FindRun(rank));
        }

        Run run = _runs[index];
        int position = ~run.Find(rank);
        if (position < 0) throw new InvalidOperationException("Two transactions have the same turn.");
        if (position == 0 && default(RankOrder).Compare(rank, _starts[index]) < 0) _starts[index] = rank;
        run.Insert(position, rank, entry);
        Count++;
    }

    public void Remove(PoolEntry entry)
    {
        var rank = Rank.Of(entry);
        int index = FindRun(rank);
        int position = index < 0 ? -1 : _runs[index].Find(rank);
        if (position < 0) throw new InvalidOperationException("The transaction is not here.");
        Run run = _runs[index];
        run.RemoveAt(position);
        Count--;
        if (run.Count >= MinRun) return;
        if (run.Count == 0)
            RemoveRun(index);
        else if (index + 1 < _runs.Count && run.Count + _runs[index + 1].Count <= MaxJoined)
            Join(index);
        else if (index > 0 && run.Count + _runs[index - 1].Count <= MaxJoined)
            Join(index - 1);
    }

    /// <summary>The last run that begins at or before a rank; −1 when none does.</summary>
    private int FindRun(in Rank rank)
    {
        int found = CollectionsMarshal.AsSpan(_starts).BinarySearch(rank, default(RankOrder));
        return found >= 0 ? found : ~found - 1;
    }

    private void Split(int index)
    {
        Run upper = _runs[index].TakeUpperHalf();
        _runs.Insert(index + 1, upper);
        _starts.Insert(index + 1, upper.Ranks[0]);
    }

    private void Join(int index)
    {
        _runs[index].Append(_runs[index + 1]);
        RemoveRun(index + 1);
    }

    private void RemoveRun(int index)
    {
        _runs.RemoveAt(index);
        _starts.RemoveAt(index);
    }

    /// <summary>What sorts first pays best: the rate upside down, then the turn.</summary>
    private readonly record struct Rank(UInt128 Reverse, long Arrival)
    {
        public static Rank Of(PoolEntry entry) => new(~entry.FeeRate, entry.Arrival);
    }

    private readonly struct RankOrder : IComparer<Rank>
    {
        public int Compare(Rank x, Rank y)
        {
            int order = x.Reverse.CompareTo(y.Reverse);
            return order != 0 ? order : x.Arrival.CompareTo(y.Arrival);
        }
    }

    private sealed class Run
    {
        public Rank[] Ranks { get; } = new Rank[MaxRun];

        public PoolEntry[] Entries { get; } = new PoolEntry[MaxRun];

        public int Count { get; private set; }

        /// <summary>
        /// Reads a little of each transaction. They lie all over the memory: read here, where no one depends on the last,
        /// a processor fetches many at a time; read while each is dealt with, it waits for one after another.
        /// </summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        public ulong Fetch()
        {
            ulong all = 0;
            foreach (PoolEntry entry in Entries.AsSpan(0, Count)) all |= entry.Body.Fee;
            return all;
        }

        public int Find(in Rank rank) => Ranks.AsSpan(0, Count).BinarySearch(rank, default(RankOrder));

        public void Insert(int position, in Rank rank, PoolEntry entry)
        {
            Array.Copy(Ranks, position, Ranks, position + 1, Count - position);
            Array.Copy(Entries, position, Entries, position + 1, Count - position);
            (Ranks[position], Entries[position]) = (rank, entry);
            Count++;
        }

        public void RemoveAt(int position)
        {
            Count--;
            Array.Copy(Ranks, position + 1, Ranks, position, Count - position);
            Array.Copy(Entries, position + 1, Entries, position, Count - position);
            Entries[Count] = null!;
        }

        public Run TakeUpperHalf()
        {
            var upper = new Run { Count = Count / 2 };
            Count -= upper.Count;
            Array.Copy(Ranks, Count, upper.Ranks, 0, upper.Count);
            Array.Copy(Entries, Count, upper.Entries, 0, upper.Count);
            Array.Clear(Entries, Count, upper.Count);
            return upper;
        }

        public void Append(Run next)
        {
            Array.Copy(next.Ranks, 0, Ranks, Count, next.Count);
            Array.Copy(next.Entries, 0, Entries, Count, next.Count);
            Count += next.Count;
        }
    }
}
