using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using Coniunctum.Crypto;

namespace Coniunctum.Ledger.State;

/// <summary>
/// Computes the hashes that a state tree lacks, many at once: first the leaves, then level by level from the deepest one to
/// the root. A node's message is laid out before its children are hashed, and they write their hashes into it.
/// </summary>
/// <remarks>Keeps its buffers. Not safe to use from several threads at once.</remarks>
internal sealed class TreeHasher
{
    private const int MessageBytes = 1 + (2 * Hash256.Size);
    private const int Batch = 64;
    private const int PieceLeaves = 64;

    /// <summary>A depth at which there are no subtrees: nothing is done piece by piece.</summary>
    public const int NoPieces = -1;

    // Level 0 receives the result; a node that decides bit d below the subtree's top stands on level d + 1.
    private readonly List<Level> _levels = [];
    private readonly TreeNodes _nodes;
    private readonly int _pieceDepth;
    private TreeHasher? _pieces;
    private LeafJob[] _leaves = new LeafJob[Batch];
    private int _leafCount;
    private int _top;

    /// <summary>Creates the buffers.</summary>
    /// <param name="nodes">Where the nodes live.</param>
    /// <param name="pieceDepth">The depth at which subtrees are hashed one by one, so that large trees stay in the cache; by default none.</param>
    public TreeHasher(TreeNodes nodes, int pieceDepth = NoPieces) => (_nodes, _pieceDepth) = (nodes, pieceDepth);

    /// <summary>
    /// Returns the depth at which to do things piece by piece for so many leaves: pieces small enough for the cache, and large
    /// enough to fill the lanes.
    /// </summary>
    public static int PieceDepth(int leaves) =>
        leaves < 2 * PieceLeaves ? NoPieces : BitOperations.Log2((uint)(leaves / PieceLeaves)) / TreeBranch.Bits * TreeBranch.Bits;

    /// <summary>Returns the hash of a subtree that is not empty, and fills in all hashes that it lacks.</summary>
    /// <param name="node">The subtree.</param>
    /// <param name="depth">How many bits of the path lie above it.</param>
    public Hash256 Hash(Subtree node, int depth)
    {
        int receiver = Start(depth);
        Plan(node, depth, Subtree.None, 0, receiver);
        return Finish(receiver);
    }

    /// <summary>Returns the hash over some accounts of a block, which is kept nowhere.</summary>
    /// <param name="block">The block.</param>
    /// <param name="start">The first account.</param>
    /// <param name="end">The one behind the last, which is another one.</param>
    /// <param name="depth">How many bits of the path they have in common.</param>
    public Hash256 Hash(Subtree block, int start, int end, int depth)
    {
        int receiver = Start(depth);
        PlanAccounts(block, _nodes.Accounts(block), start, end, depth, Subtree.None, 0, receiver);
        return Finish(receiver);
    }

    private int Start(int depth)
    {
        _top = depth;
        _leafCount = 0;
        foreach (Level level in _levels) level.Count = 0;
        return Begin(depth - 1, Subtree.None, 0, 0) + 1;
    }

    private Hash256 Finish(int receiver)
    {
        HashLeaves();
        for (int level = _levels.Count - 1; level > 0; level--) HashLevel(level);
        return new Hash256(_levels[0].Messages.AsSpan(receiver, Hash256.Size));
    }

    /// <summary>Lays out a subtree. Its hash goes to a slot of the owner, if there is one, and to a place on the level above.</summary>
    private void Plan(Subtree node, int depth, Subtree owner, int slot, int target)
    {
        if (node.IsBranch)
            PlanBranch(node, depth, owner, slot, target);
        else if (node.IsEntry)
            PlanLeaf(node, 0, _nodes.Entry(node).Hash, depth, owner, slot, target);
        else
            PlanAccounts(node, _nodes.Accounts(node), 0, node.AccountCount, depth, owner, slot, target);
    }

    private void PlanBranch(Subtree node, int depth, Subtree owner, int slot, int target)
    {
        ref readonly TreeBranch branch = ref _nodes.Branch(node);
        int top = Begin(depth, owner, slot, target) + 1;
        for (int side = 0; side < 2; side++, top += Hash256.Size)
        {
            int pairSlot = TreeBranch.PairSlot + side;
            if (!branch.Hashes[pairSlot].IsZero)
            {
                Put(depth, top, branch.Hashes[pairSlot]);
                continue;
            }

            Subtree left = branch.Children[side * 2];
            Subtree right = branch.Children[(side * 2) + 1];
            if (left.IsNone ? right.IsOneLeaf : right.IsNone && left.IsOneLeaf)
                Plan(left.IsNone ? right : left, depth + 1, node, pairSlot, top); // a subtree of one leaf is that leaf
            else if (!left.IsNone || !right.IsNone)
                PlanPair(node, side * 2, depth + 1, Begin(depth + 1, node, pairSlot, top) + 1);
        }
    }

    private void PlanPair(Subtree node, int left, int depth, int target)
    {
        ref TreeBranch branch = ref _nodes.Branch(node);
        for (int index = left; index < left + 2; index++, target += Hash256.Size)
        {
            Subtree child = branch.Children[index];
            if (child.IsNone) continue;
            ref Hash256 hash = ref branch.Hashes[index];
            if (depth + 1 == _pieceDepth && hash.IsZero) hash = (_pieces ??= new TreeHasher(_nodes)).Hash(child, depth + 1);
            if (hash.IsZero)
                Plan(child, depth + 1, node, index, target);
            else
                Put(depth, target, hash);
        }
    }

    /// <summary>Lays out the nodes over accounts that share the path's first bits.</summary>
    private void PlanAccounts(Subtree block, ReadOnlySpan<AccountLeaf> accounts, int start, int end, int depth, Subtree owner, int slot, int target)
    {
        if (end - start == 1)
        {
            PlanLeaf(block, start, accounts[start].Hash, depth, owner, slot, target);
            return;
        }

        int node = Begin(depth, owner, slot, target) + 1;
        int middle = start;
        while (middle < end && !Bit(accounts[middle].Key, depth)) middle++;
        if (middle > start) PlanAccounts(block, accounts, start, middle, depth + 1, Subtree.None, 0, node);
        if (middle < end) PlanAccounts(block, accounts, middle, end, depth + 1, Subtree.None, 0, node + Hash256.Size);
    }

    private void PlanLeaf(Subtree holder, int index, in Hash256 known, int depth, Subtree owner, int slot, int target)
    {
        if (known.IsZero)
        {
            if (_leafCount == _leaves.Length) Array.Resize(ref _leaves, _leafCount * 2);
            _leaves[_leafCount++] = new LeafJob(holder, index, depth, owner, slot, target);
            return;
        }

        Put(depth - 1, target, known);
        if (!owner.IsNone) _nodes.Branch(owner).Hashes[slot] = known;
    }

    /// <summary>Begins the message of a node: domain, and room for two hashes. Returns its offset on its level.</summary>
    private int Begin(int depth, Subtree owner, int slot, int target)
    {
        int level = depth + 1 - _top;
        while (_levels.Count <= level) _levels.Add(new Level());
        return _levels[level].Begin(new NodeJob(owner, slot, target));
    }

    private void Put(int depth, int target, in Hash256 hash) =>
        Unsafe.WriteUnaligned(ref _levels[depth + 1 - _top].Messages[target], hash);

    private void HashLeaves()
    {
        Span<byte> messages = stackalloc byte[Batch * MessageBytes];
        Span<byte> values = stackalloc byte[Batch * sizeof(ulong)];
        Span<Hash256> hashes = stackalloc Hash256[Batch];
        for (int done = 0; done < _leafCount; done += Batch)
        {
            ReadOnlySpan<LeafJob> jobs = _leaves.AsSpan(done, Math.Min(Batch, _leafCount - done));
            for (int i = 0; i < jobs.Length; i++)
                BinaryPrimitives.WriteUInt64BigEndian(values[(i * sizeof(ulong))..], jobs[i].Holder.IsEntry ? 0 : Account(jobs[i]).Balance);

            // Values of accounts have one length; the few others are hashed where they stand.
            Sha3_256.HashMany(values[..(jobs.Length * sizeof(ulong))], sizeof(ulong), hashes[..jobs.Length]);
            for (int i = 0; i < jobs.Length; i++)
            {
                bool isEntry = jobs[i].Holder.IsEntry;
                Span<byte> message = messages.Slice(i * MessageBytes, MessageBytes);
                message[0] = 0x00;
                Hash256 key = isEntry ? _nodes.Entry(jobs[i].Holder).Key : Account(jobs[i]).Key;
                key.CopyTo(message[1..]);
                Hash256 value = isEntry ? Sha3_256.Hash(_nodes.Entry(jobs[i].Holder).Value.Span) : hashes[i];
                value.CopyTo(message[(1 + Hash256.Size)..]);
            }

            Sha3_256.HashMany(messages[..(jobs.Length * MessageBytes)], MessageBytes, hashes[..jobs.Length]);
            for (int i = 0; i < jobs.Length; i++)
            {
                ref readonly LeafJob job = ref jobs[i];
                if (job.Holder.IsEntry)
                    _nodes.Entry(job.Holder).Hash = hashes[i];
                else
                    Account(job).Hash = hashes[i];
                if (!job.Owner.IsNone) _nodes.Branch(job.Owner).Hashes[job.Slot] = hashes[i];
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
                if (!job.Owner.IsNone) _nodes.Branch(job.Owner).Hashes[job.Slot] = hashes[i];
                Unsafe.WriteUnaligned(ref above[job.Target], hashes[i]);
            }
        }
    }

    private ref AccountLeaf Account(in LeafJob job) => ref _nodes.Accounts(job.Holder)[job.Index];

    private static bool Bit(in Hash256 key, int depth) => (key.AsSpan()[depth >> 3] & (0x80 >> (depth & 7))) != 0;

    /// <summary>A leaf to be hashed, an account in its block or an application's, and where its hash goes beside its own place.</summary>
    private readonly record struct LeafJob(Subtree Holder, int Index, int Depth, Subtree Owner, int Slot, int Target);

    /// <summary>Where a node's hash goes: a slot of the branch that holds it, if any, and an offset on the level above.</summary>
    private readonly record struct NodeJob(Subtree Owner, int Slot, int Target);

    private sealed class Level
    {
        private byte[] _messages = new byte[Batch / 4 * MessageBytes];
        private NodeJob[] _jobs = new NodeJob[Batch / 4];

        public byte[] Messages => _messages;

        public NodeJob[] Jobs => _jobs;

        public int Count { get; set; }

        public int Begin(NodeJob job)
        {
            int offset = Count * MessageBytes;
            if (Count == _jobs.Length)
            {
                Array.Resize(ref _jobs, Count * 2);
                Array.Resize(ref _messages, Count * 2 * MessageBytes);
            }

            _jobs[Count++] = job;
            Span<byte> message = _messages.AsSpan(offset, MessageBytes);
            message.Clear();
            message[0] = 0x01;
            return offset;
        }
    }
}
