using System.Buffers.Binary;
using Coniunctum.Consensus;
using Coniunctum.Consensus.ForkChoice;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Benchmarks.Consensus;

/// <summary>
/// A tree of 100,000 blocks with many ends, to which blocks are added: most extend the head, some a side branch, and some begin
/// one near the head, so that the number of ends keeps its part of all.
/// </summary>
internal sealed class ForkChoiceWork
{
    public const int Blocks = 100_000;

    private readonly IForkChoice _choice;
    private readonly Random _random = new(1);
    private readonly double _branching;

    // The same tree, as plain as can be: a block is its number, parents come first.
    private readonly List<int> _parents = [-1];
    private readonly List<ForkChoiceBlock> _known = [];
    private readonly List<int> _sideTips = [];
    private int _head;
    private readonly int _rivalBlocks;

    public ForkChoiceWork(IForkChoice choice, int tips)
    {
        (_choice, _branching) = (choice, tips / (double)Blocks);
        _known.Add(new ForkChoiceBlock(Id(0), default, 0, default, default));
        choice.Anchor(_known[0]);
        Add(Blocks);
        _rivalBlocks = _parents.Count;
        Tips = _parents.Count - _parents.Skip(1).Distinct().Count();
        if (choice is Ghost && HeadFromScratch() != _head) throw new InvalidOperationException("Weighing from scratch finds another head.");
    }

    /// <summary>How many of the first blocks have no child.</summary>
    public int Tips { get; }

    /// <summary>Adds blocks, and asks for the head after each.</summary>
    public void Add(int count)
    {
        for (int i = 0; i < count; i++)
        {
            int number = _parents.Count;
            int parent = PickParent(number);
            ForkChoiceBlock below = _known[parent];
            Work.TryAdd(below.ChainWeight, Work.From(1), out Work sum);
            var block = new ForkChoiceBlock(Id(number), below.Id, below.Height + 1, Work.From(1), sum);
            _parents.Add(parent);
            _known.Add(block);
            _choice.Add(block);
            _head = BinaryPrimitives.ReadInt32LittleEndian(_choice.Head.Value.AsSpan());
        }
    }

    /// <summary>Finds the heaviest subtrees of the first blocks from nothing, as often as asked.</summary>
    public void WeighFromScratch(int count)
    {
        for (int i = 0; i < count; i++) GC.KeepAlive(HeadFromScratch());
    }

    private int HeadFromScratch()
    {
        int count = _rivalBlocks;
        var weights = new long[count];
        var heaviest = new int[count];
        for (int number = count - 1; number > 0; number--)
        {
            int parent = _parents[number];
            long weight = ++weights[number];
            weights[parent] += weight;
            // Numbers fall here, and the first seen wins a tie.
            if (heaviest[parent] == 0 || weight >= weights[heaviest[parent]]) heaviest[parent] = number;
        }

        int head = 0;
        while (heaviest[head] != 0) head = heaviest[head];
        return head;
    }

    private int PickParent(int number)
    {
        double draw = _random.NextDouble();
        if (draw < _branching)
        {
            _sideTips.Add(number);
            return Math.Max(0, _head - _random.Next(200));
        }

        if (draw > 0.9 && _sideTips.Count > 0)
        {
            int index = Math.Max(0, _sideTips.Count - 1 - _random.Next(50));
            int tip = _sideTips[index];
            _sideTips[index] = number;
            return tip;
        }

        return _head;
    }

    private static BlockId Id(int number)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        bytes.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return new BlockId(new Hash256(bytes));
    }
}
