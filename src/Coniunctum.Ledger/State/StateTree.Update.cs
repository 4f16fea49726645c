namespace Coniunctum.Ledger.State;

/// <content>Changed trees and trees from nothing.</content>
internal sealed partial class StateTree
{
    // More entries under one path become a branch, half as many or fewer become an array again. Few: an array is copied
    // whole when one of its entries changes, and the nodes within it are hashed anew.
    private const int MaxBucket = 8;
    private const int MinBranch = MaxBucket / 2;

    /// <summary>Returns the tree after changes, in one descent.</summary>
    /// <param name="changes">In rising order of keys, each key once.</param>
    /// <exception cref="InvalidOperationException">A change does not fit: it found another entry than the tree's.</exception>
    public StateTree With(ReadOnlySpan<StateChange> changes)
    {
        if (changes.IsEmpty) return this;
        int accounts = Accounts;
        int entries = ApplicationEntries;
        foreach (ref readonly StateChange change in changes)
        {
            int difference = (change.IsPresent ? 1 : 0) - (change.WasPresent ? 1 : 0);
            if (change.IsAccount)
                accounts += difference;
            else
                entries += difference;
        }

        return new StateTree(Update(_root, changes, 0), accounts, entries);
    }

    /// <summary>Returns a tree of entries, in time linear in their number, with all its hashes if they are wanted.</summary>
    /// <param name="entries">In rising order of keys, each key once.</param>
    /// <param name="isHashed">Whether the root will be asked for.</param>
    public static StateTree Of(ReadOnlySpan<StateEntry> entries, bool isHashed)
    {
        int applicationEntries = 0;
        foreach (ref readonly StateEntry entry in entries)
        {
            if (entry.Application is not null) applicationEntries++;
        }

        return new StateTree(Build(entries, 0, isHashed), entries.Length - applicationEntries, applicationEntries);
    }

    private static object? Update(object? node, ReadOnlySpan<StateChange> changes, int depth) => node switch
    {
        TreeBranch branch => UpdateBranch(branch, changes, depth),
        StateEntry[] bucket => UpdateBucket(bucket, changes, depth),
        _ => UpdateBucket([], changes, depth),
    };

    private static object? UpdateBranch(TreeBranch original, ReadOnlySpan<StateChange> changes, int depth)
    {
        TreeBranch branch = original.Clone();
        bool mayShrink = false;
        while (!changes.IsEmpty)
        {
            int index = TreeBranch.Turn(changes[0].Key, depth);
            int count = 1;
            while (count < changes.Length && TreeBranch.Turn(changes[count].Key, depth) == index) count++;
            object? child = Update(branch.Children[index], changes[..count], depth + TreeBranch.Bits);
            branch.Replace(index, child);
            mayShrink |= child is not TreeBranch;
            changes = changes[count..];
        }

        return mayShrink ? Shrink(branch) : branch;
    }

    /// <summary>Returns a branch that holds few entries as an array of them.</summary>
    private static object? Shrink(TreeBranch branch)
    {
        int count = 0;
        foreach (object? child in branch.Children)
        {
            if (child is TreeBranch) return branch;
            if (child is StateEntry[] bucket) count += bucket.Length;
        }

        if (count > MinBranch) return branch;
        if (count == 0) return null;
        var entries = new StateEntry[count];
        int filled = 0;
        foreach (object? child in branch.Children)
        {
            if (child is not StateEntry[] bucket) continue;
            bucket.CopyTo(entries, filled);
            filled += bucket.Length;
        }

        return entries;
    }

    private static object? UpdateBucket(StateEntry[] bucket, ReadOnlySpan<StateChange> changes, int depth)
    {
        int count = CheckFit(bucket, changes);
        if (count == 0) return null;
        var entries = new StateEntry[count];
        int from = 0;
        int to = 0;
        foreach (ref readonly StateChange change in changes)
        {
            while (from < bucket.Length && bucket[from].Key < change.Key) entries[to++] = bucket[from++];
            if (change.WasPresent) from++;
            if (change.IsPresent) entries[to++] = change.ToEntry();
        }

        bucket.AsSpan(from).CopyTo(entries.AsSpan(to));
        return count <= MaxBucket ? entries : Build(entries, depth, isHashed: false);
    }

    /// <summary>Compares what the changes found with the entries, and returns how many there are afterwards.</summary>
    private static int CheckFit(StateEntry[] bucket, ReadOnlySpan<StateChange> changes)
    {
        int count = bucket.Length;
        int from = 0;
        foreach (ref readonly StateChange change in changes)
        {
            while (from < bucket.Length && bucket[from].Key < change.Key) from++;
            bool isThere = from < bucket.Length && bucket[from].Key == change.Key;
            if (isThere != change.WasPresent || (isThere && !change.FoundThis(bucket[from]))) throw StateChange.Misfit();
            count += (change.IsPresent ? 1 : 0) - (isThere ? 1 : 0);
        }

        return count;
    }

    private static object? Build(ReadOnlySpan<StateEntry> entries, int depth, bool isHashed)
    {
        if (entries.IsEmpty) return null;
        if (entries.Length <= MaxBucket) return entries.ToArray();
        var branch = new TreeBranch();
        while (!entries.IsEmpty)
        {
            int index = TreeBranch.Turn(entries[0].Key, depth);
            int count = CountOfTurn(entries, index, depth);
            object child = Build(entries[..count], depth + TreeBranch.Bits, isHashed)!;
            branch.Children[index] = child;

            // Piece by piece while the entries are still in the cache; above, there are few nodes left.
            if (isHashed && depth == HashedPieceDepth - TreeBranch.Bits) branch.Hashes[index] = TreeHasher.Hash(child, HashedPieceDepth);
            entries = entries[count..];
        }

        return branch;
    }

    // 4,096 pieces: a few hundred entries each in a tree of a million.
    private const int HashedPieceDepth = 12;

    /// <summary>Counts the first entries that take a turn; the entries are sorted, so that halving the range finds the last one.</summary>
    private static int CountOfTurn(ReadOnlySpan<StateEntry> entries, int turn, int depth)
    {
        int low = 1;
        int high = entries.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (TreeBranch.Turn(entries[middle].Key, depth) == turn)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
