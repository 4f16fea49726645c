using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Coniunctum.Ledger.State;

/// <summary>
/// Fetches the nodes that changes will touch into the cache, level by level: the processor then waits for many of them at
/// once, where a descent waits for one after the other. Changes nothing.
/// </summary>
internal static unsafe class TreePrefetch
{
    private const int LineBytes = 64;

    // A branch with its header, and as much of an array as one of usual length takes.
    private const int NodeLines = 5;

    public static void Fetch(object? top, ReadOnlySpan<PlacedAccountChange> changes, int depth)
    {
        if (!Sse.IsSupported || top is not TreeBranch) return;
        object?[] nodes = ArrayPool<object?>.Shared.Rent(changes.Length);
        Span<object?> at = nodes.AsSpan(0, changes.Length);
        at.Fill(top);
        bool isDescending = true;
        for (; isDescending; depth += TreeBranch.Bits)
        {
            isDescending = false;
            for (int i = 0; i < at.Length; i++)
            {
                if (at[i] is not TreeBranch branch) continue;
                object? child = branch.Children[TreeBranch.Turn(changes[i].Key, depth)];
                at[i] = child;
                if (child is null) continue;
                FetchLines(child);
                isDescending = true;
            }
        }

        ArrayPool<object?>.Shared.Return(nodes, clearArray: true);
    }

    private static void FetchLines(object node)
    {
        // Only an address: should the collector move the object meanwhile, the wrong lines are fetched.
        byte* first = *(byte**)Unsafe.AsPointer(ref node);
        for (int line = 0; line < NodeLines; line++) Sse.Prefetch0(first + (line * LineBytes));
    }
}
