using System.Runtime.CompilerServices;
using Coniunctum.Crypto;

namespace Coniunctum.Ledger.State;

/// <summary>
/// Two levels of the state tree in one node: four subtrees, their hashes, and the hashes of the two pairs. Whoever descends
/// meets half as many nodes, and whoever hashes finds the siblings' hashes here instead of in the siblings.
/// </summary>
/// <remarks>
/// Immutable once it is part of a tree, but for hashes that are filled in when they are first asked for. Of what kind a
/// subtree is does not matter to its hash. A branch always holds two leaves or more.
/// </remarks>
internal struct TreeBranch
{
    /// <summary>How many subtrees a branch has.</summary>
    public const int Width = 4;

    /// <summary>How many bits of the path a branch decides.</summary>
    public const int Bits = 2;

    /// <summary>Where the pairs' hashes begin.</summary>
    public const int PairSlot = Width;

    public Subtrees Children;

    /// <summary>How old the subtrees' uppermost nodes are; see <see cref="TreeNodes.Age"/>.</summary>
    public SubtreeAges Ages;

    /// <summary>The hashes of the subtrees, then those of the pairs; zero where empty or not computed yet.</summary>
    public SlotHashes Hashes;

    /// <summary>Which subtree a path takes at a depth (even): bits from the most significant, 0 is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Turn(in Hash256 key, int depth) => (key.AsSpan()[depth >> 3] >> (6 - (depth & 7))) & (Width - 1);

    /// <summary>Puts a subtree into a branch that no one else has seen yet.</summary>
    public void Replace(int index, Subtree child, int age)
    {
        Children[index] = child;
        Ages[index] = age;
        Hashes[index] = default;
        Hashes[PairSlot + (index >> 1)] = default;
    }

    [InlineArray(Width)]
    internal struct Subtrees
    {
        private Subtree _first;
    }

    [InlineArray(Width)]
    internal struct SubtreeAges
    {
        private int _first;
    }

    [InlineArray(Width + (Width / 2))]
    internal struct SlotHashes
    {
        private Hash256 _first;
    }
}
