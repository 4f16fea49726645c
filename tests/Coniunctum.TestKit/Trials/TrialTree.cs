using System.Buffers.Binary;

namespace Coniunctum.TestKit.Trials;

/// <summary>What honest miners have been shown, in a fork choice of the library; blocks are numbers, and belong to the attacker or not.</summary>
internal sealed class TrialTree
{
    private readonly IForkChoice _choice;
    private readonly Random? _ties;
    private readonly List<(int Parent, int Height, bool IsAttackers)> _blocks = [(-1, 0, false)];
    private readonly List<int> _shownOnRoot = [];

    /// <summary>Begins at a root.</summary>
    /// <param name="choice">Decides where honest miners go on.</param>
    /// <param name="ties">Draws lots between equals; <c>null</c> where the first seen wins.</param>
    public TrialTree(IForkChoice choice, Random? ties)
    {
        (_choice, _ties) = (choice, ties);
        choice.Anchor(new ForkChoiceBlock(Id(0), default, 0, default, default));
    }

    /// <summary>The number of the block that honest miners build on.</summary>
    public int Head => BinaryPrimitives.ReadInt32LittleEndian(_choice.Head.Value.AsSpan());

    public int HeightOf(int block) => _blocks[block].Height;

    public bool IsAttackers(int block) => _blocks[block].IsAttackers;

    /// <summary>Finds a block, which no one else knows yet.</summary>
    public int Find(int parent, bool isAttackers)
    {
        _blocks.Add((parent, _blocks[parent].Height + 1, isAttackers));
        return _blocks.Count - 1;
    }

    /// <summary>Shows a block to all, whose parent they know.</summary>
    public void Show(int block)
    {
        (int parent, int height, _) = _blocks[block];
        ulong lot = _ties is null ? 0 : (ulong)_ties.NextInt64();
        _choice.Add(new ForkChoiceBlock(Id(block), Id(parent), (ulong)height, Ledger.Work.From(1), Ledger.Work.From((ulong)height), lot));
        if (parent == 0) _shownOnRoot.Add(block);
    }

    /// <summary>Counts the blocks of the winning chain.</summary>
    public (int Attackers, int Honest) CountBestChain()
    {
        int attackers = 0;
        int honest = 0;
        for (int block = Head; block > 0; block = _blocks[block].Parent)
        {
            if (_blocks[block].IsAttackers)
                attackers++;
            else
                honest++;
        }

        return (attackers, honest);
    }

    /// <summary>Begins anew at the root.</summary>
    public void Clear()
    {
        foreach (int block in _shownOnRoot) _choice.Remove(Id(block));
        _shownOnRoot.Clear();
        _blocks.RemoveRange(1, _blocks.Count - 1);
    }

    private static Ledger.BlockId Id(int number)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        bytes.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return new Ledger.BlockId(new Hash256(bytes));
    }
}
