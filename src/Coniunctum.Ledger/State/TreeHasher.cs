using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Coniunctum.Crypto;

namespace Coniunctum.Ledger.State;

/// <summary>
/// Computes the hashes that a state tree lacks, many at once: first the leaves, then level by level from the deepest one to
/// the root. A node's message is laid out before its children are hashed, and they write their hashes into it.
/// </summary>
internal sealed class TreeHasher : IDisposable
{
    private const int MessageBytes = 1 + (2 * Hash256.Size);
    private const int Batch = 64;

    // Level 0 is the receiver of the root; a node that decides bit d of the path stands on level d + 1.
    private readonly List<Level> _levels = [];
    private LeafJob[] _leaves = [];
    private int _leafCount;

    private TreeHasher()
    {
    }

    /// <summary>Returns the hash of a subtree that is not empty, and fills in all hashes that it lacks.</summary>
    /// <param name="node">A <see cref="TreeBranch"/>, or an array of entries.</param>
    /// <param name="depth">How many bits of the path lie above it.</param>
    public static Hash256 Hash(object node, int depth)
    {
        using var hasher = new TreeHasher();
        int receiver = hasher.Begin(depth - 1, null, 0, 0) + 1;
        if (node is TreeBranch branch)
            hasher.PlanBranch(branch, depth, null, 0, receiver);
        else
            hasher.PlanRange((StateEntry[])node, 0, ((StateEntry[])node).Length, depth, null, 0, receiver);
        hasher.HashLeaves();
        for (int level = hasher._levels.Count - 1; level > depth; level--) hasher.HashLevel(level);
        return new Hash256(hasher._levels[depth].Messages.AsSpan(receiver, Hash256.Size));
    }

    public void Dispose()
    {
        foreach (Level level in _levels) level.Clear();
        Return(_leaves);
    }

    /// <summary>Lays out the two nodes' levels of a branch. The result goes to a slot of the owner and to a place on the level above.</summary>
    private void PlanBranch(TreeBranch branch, int depth, TreeBranch? owner, int slot, int target)
    {
        int top = Begin(depth, owner, slot, target);
        for (int side = 0; side < 2; side++)
        {
            int pairTarget = top + 1 + (side * Hash256.Size);
            int pairSlot = TreeBranch.PairSlot + side;
            int left = side * 2;
            if (!branch.Hashes[pairSlot].IsZero)
                Put(depth, pairTarget, branch.Hashes[pairSlot]);
            else if (OnlyLeaf(branch.Children[left], branch.Children[left + 1]) is { } leaf)
                PlanLeaf(leaf, 0, depth + 1, branch, pairSlot, pairTarget);
            else if (branch.Children[left] is not null || branch.Children[left + 1] is not null)
                PlanPair(branch, left, depth + 1, Begin(depth + 1, branch, pairSlot, pairTarget) + 1);
        }
    }

    private void PlanPair(TreeBranch branch, int left, int depth, int target)
    {
        for (int index = left; index < left + 2; index++, target += Hash256.Size)
        {
            object? child = branch.Children[index];
            if (child is null) continue;
            if (!branch.Hashes[index].IsZero)
                Put(depth, target, branch.Hashes[index]);
            else if (child is TreeBranch below)
                PlanBranch(below, depth + 1, branch, index, target);
            else
                PlanRange((StateEntry[])child, 0, ((StateEntry[])child).Length, depth + 1, branch, index, target);
        }
    }

    /// <summary>Lays out the nodes over entries that share the path's first bits.</summary>
    private void PlanRange(StateEntry[] entries, int start, int end, int depth, TreeBranch? owner, int slot, int target)
    {
        if (end - start == 1)
        {
            PlanLeaf(entries, start, depth, owner, slot, target);
            return;
        }

        int node = Begin(depth, owner, slot, target) + 1;
        int middle = start;
        while (middle < end && !Bit(entries[middle].Key, depth)) middle++;
        if (middle > start) PlanRange(entries, start, middle, depth + 1, null, 0, node);
        if (middle < end) PlanRange(entries, middle, end, depth + 1, null, 0, node + Hash256.Size);
    }

    private void PlanLeaf(StateEntry[] entries, int index, int depth, TreeBranch? owner, int slot, int target)
    {
        ref readonly Hash256 known = ref entries[index].Hash;
        if (!known.IsZero)
        {
            Put(depth - 1, target, known);
            if (owner is not null) owner.Hashes[slot] = known;
            return;
        }

        if (_leafCount == _leaves.Length) Grow(ref _leaves, _leafCount, 1);
        _leaves[_leafCount++] = new LeafJob(entries, index, depth, owner, slot, target);
    }

    /// <summary>Begins the message of a node: domain, and room for two hashes. Returns its offset on its level.</summary>
    private int Begin(int depth, TreeBranch? owner, int slot, int target)
    {
        while (_levels.Count <= depth + 1) _levels.Add(new Level());
        return _levels[depth + 1].Begin(new NodeJob(owner, slot, target));
    }

    private void Put(int depth, int target, in Hash256 hash) =>
        Unsafe.WriteUnaligned(ref _levels[depth + 1].Messages[target], hash);

    private void HashLeaves()
    {
        Span<byte> messages = stackalloc byte[Batch * MessageBytes];
        Span<byte> balances = stackalloc byte[Batch * sizeof(ulong)];
        Span<Hash256> hashes = stackalloc Hash256[Batch];
        for (int done = 0; done < _leafCount; done += Batch)
        {
            ReadOnlySpan<LeafJob> jobs = _leaves.AsSpan(done, Math.Min(Batch, _leafCount - done));
            for (int i = 0; i < jobs.Length; i++)
                BinaryPrimitives.WriteUInt64BigEndian(balances[(i * sizeof(ulong))..], jobs[i].Entries[jobs[i].Index].Balance);
            Sha3_256.HashMany(balances[..(jobs.Length * sizeof(ulong))], sizeof(ulong), hashes[..jobs.Length]);
            for (int i = 0; i < jobs.Length; i++)
            {
                ref readonly StateEntry entry = ref jobs[i].Entries[jobs[i].Index];
                Span<byte> message = messages.Slice(i * MessageBytes, MessageBytes);
                message[0] = 0x00;
                entry.Key.CopyTo(message[1..]);
                Hash256 value = entry.Application is { } application ? Sha3_256.Hash(application.Value.Span) : hashes[i];
                value.CopyTo(message[(1 + Hash256.Size)..]);
            }

            Sha3_256.HashMany(messages[..(jobs.Length * MessageBytes)], MessageBytes, hashes[..jobs.Length]);
            for (int i = 0; i < jobs.Length; i++)
            {
                ref readonly LeafJob job = ref jobs[i];
                job.Entries[job.Index].Hash = hashes[i];
                if (job.Owner is not null) job.Owner.Hashes[job.Slot] = hashes[i];
                Put(job.Depth - 1, job.Target, hashes[i]);
            }
        }
    }

    private void HashLevel(int index)
    {
        Level level = _levels[index];
        byte[] above = _levels[index - 1].Messages;
        Span<Hash256> hashes = stackalloc Hash256[Batch];
        for (int done = 0; done < level.Count; done += Batch)
        {
            ReadOnlySpan<NodeJob> jobs = level.Jobs.AsSpan(done, Math.Min(Batch, level.Count - done));
            Sha3_256.HashMany(level.Messages.AsSpan(done * MessageBytes, jobs.Length * MessageBytes), MessageBytes, hashes[..jobs.Length]);
            for (int i = 0; i < jobs.Length; i++)
            {
                ref readonly NodeJob job = ref jobs[i];
                if (job.Owner is not null) job.Owner.Hashes[job.Slot] = hashes[i];
                Unsafe.WriteUnaligned(ref above[job.Target], hashes[i]);
            }
        }
    }

    /// <summary>Returns the entry of a pair that holds only one: a subtree of one leaf is that leaf.</summary>
    private static StateEntry[]? OnlyLeaf(object? left, object? right) =>
        (left is null ? right : right is null ? left : null) is StateEntry[] { Length: 1 } leaf ? leaf : null;

    private static bool Bit(in Hash256 key, int depth) => (key.AsSpan()[depth >> 3] & (0x80 >> (depth & 7))) != 0;

    private static void Grow<T>(ref T[] rented, int used, int needed)
    {
        T[] larger = ArrayPool<T>.Shared.Rent(Math.Max(rented.Length * 2, Batch * needed));
        rented.AsSpan(0, used).CopyTo(larger);
        Return(rented);
        rented = larger;
    }

    private static void Return<T>(T[] rented)
    {
        if (rented.Length > 0) ArrayPool<T>.Shared.Return(rented, clearArray: RuntimeHelpers.IsReferenceOrContainsReferences<T>());
    }

    private readonly record struct LeafJob(StateEntry[] Entries, int Index, int Depth, TreeBranch? Owner, int Slot, int Target);

    /// <summary>Where a node's hash goes: a slot of the branch that holds it, if any, and an offset on the level above.</summary>
    private readonly record struct NodeJob(TreeBranch? Owner, int Slot, int Target);

    private sealed class Level
    {
        private byte[] _messages = [];
        private NodeJob[] _jobs = [];

        public byte[] Messages => _messages;

        public NodeJob[] Jobs => _jobs;

        public int Count { get; private set; }

        public int Begin(NodeJob job)
        {
            int offset = Count * MessageBytes;
            if (Count == _jobs.Length) Grow(ref _jobs, Count, 1);
            if (offset + MessageBytes > _messages.Length) Grow(ref _messages, offset, MessageBytes);
            _jobs[Count++] = job;
            Span<byte> message = _messages.AsSpan(offset, MessageBytes);
            message.Clear();
            message[0] = 0x01;
            return offset;
        }

        public void Clear()
        {
            TreeHasher.Return(_messages);
            TreeHasher.Return(_jobs);
        }
    }
}
