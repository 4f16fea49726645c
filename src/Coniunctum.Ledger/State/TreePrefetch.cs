using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Coniunctum.Ledger.State;

/// <summary>
/// Fetches the nodes that changes will touch into the cache, level by level: the processor then waits for many of them at
/// once, where a descent waits for one after the other. Changes nothing.
/// </summary>
internal static unsafe class TreePrefetch
{
    private const int LineBytes = 64;

    public static void Fetch(TreeNodes nodes, Subtree top, ReadOnlySpan<PlacedAccountChange> changes, int depth)
    {
        if (!Sse.IsSupported || !top.IsBranch) return;
        Subtree[] rented = Scratch.Rent<Subtree>(changes.Length);
        Span<Subtree> at = rented.AsSpan(0, changes.Length);
        at.Fill(top);
        for (bool isDescending = true; isDescending; depth += TreeBranch.Bits)
        {
            isDescending = false;
            for (int i = 0; i < at.Length; i++)
            {
                if (!at[i].IsBranch) continue;
                Subtree child = nodes.Branch(at[i]).Children[TreeBranch.Turn(changes[i].Key, depth)];
                at[i] = child;
                Fetch(nodes, child);
                isDescending |= child.IsBranch;
            }
        }

        Scratch.Return(rented);
    }

    /// <summary>Fetches one node.</summary>
    public static void Fetch(TreeNodes nodes, Subtree node)
    {
        if (!Sse.IsSupported) return;
        if (node.IsBranch)
            FetchLines(ref Unsafe.As<TreeBranch, byte>(ref nodes.Branch(node)), Unsafe.SizeOf<TreeBranch>());
        else if (node.AccountCount > 0)
            FetchLines(ref MemoryMarshal.GetReference(MemoryMarshal.AsBytes(nodes.Accounts(node))), node.AccountCount * Unsafe.SizeOf<AccountLeaf>());
    }

    private static void FetchLines(ref byte start, int length)
    {
        // Only an address: should the collector move the array meanwhile, the wrong lines are fetched.
        byte* first = (byte*)Unsafe.AsPointer(ref start);
        for (int offset = 0; offset < length; offset += LineBytes) Sse.Prefetch0(first + offset);
        Sse.Prefetch0(first + length - 1);
    }
}
