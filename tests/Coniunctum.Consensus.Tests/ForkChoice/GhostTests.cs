using System.Buffers.Binary;
using Coniunctum.Consensus.ForkChoice;
using Coniunctum.Crypto;

namespace Coniunctum.Consensus.Tests.ForkChoice;

public sealed class GhostTests
{
    private static readonly BlockId Genesis = Id(1);

    private readonly Dictionary<BlockId, ForkChoiceBlock> _blocks = [];
    private Ghost _choice = null!;

    [SetUp]
    public void Create()
    {
        _choice = new Ghost();
        _blocks.Clear();
        var genesis = new ForkChoiceBlock(Genesis, default, 0, Work.Zero, Work.Zero);
        _blocks.Add(Genesis, genesis);
        _choice.Anchor(genesis);
    }

    [Test]
    public void Head_IsInTheHeaviestSubtree_NotTheHeaviestChain()
    {
        // The first branch is longer; beside the second block of the other stand two that lost to it.
        Add(2, 1);
        Add(3, 2);
        Add(4, 3);
        Add(5, 1);
        Add(6, 5);
        Add(7, 5);
        Assert.That(_choice.Head, Is.EqualTo(Id(4)), "three blocks on each side, and the first was seen first");
        Add(8, 5);
        Assert.That(_choice.Head, Is.EqualTo(Id(6)));
    }

    [Test]
    public void Head_AmongEquals_IsTheFirstSeen_UnlessAnotherTakesPrecedence()
    {
        Add(2, 1);
        Add(3, 1);
        Assert.That(_choice.Head, Is.EqualTo(Id(2)));
        Add(4, 1, precedence: 7);
        Add(5, 1, precedence: 6);
        Assert.That(_choice.Head, Is.EqualTo(Id(4)));
    }

    [Test]
    public void Remove_TakesTheSubtreesWeightFromAllBelow()
    {
        Add(2, 1);
        Add(3, 2, weight: 3);
        Add(4, 1, weight: 2);
        Assert.That(_choice.Head, Is.EqualTo(Id(3)));
        _choice.Remove(Id(3));
        Assert.That(_choice.Head, Is.EqualTo(Id(4)));
        _choice.Remove(Id(4));
        Assert.That(_choice.Head, Is.EqualTo(Id(2)));
        _choice.Remove(Id(2));
        Assert.That(_choice.Head, Is.EqualTo(Genesis));
    }

    [Test]
    public void Weights_BeyondA256BitSum_AreCompared()
    {
        // Each chain's weight fits; that of all siblings together does not.
        var half = Work.FromBytes(Hash256.Parse("8" + new string('0', 63)));
        for (int i = 0; i < 8; i++) _choice.Add(new ForkChoiceBlock(Id(100 + i), Genesis, 1, half, half));
        _choice.Add(new ForkChoiceBlock(Id(200), Id(107), 2, Work.From(1), half));
        Assert.That(_choice.Head, Is.EqualTo(Id(200)));
    }

    [Test]
    public void Detach_OfABlockThatIsNoAnchorsChild_Throws()
    {
        Add(2, 1);
        Add(3, 2);
        Assert.That(() => _choice.Detach(Id(3)), Throws.ArgumentException);
    }

    [TestCase(1, 400, 40_000, 4)]
    [TestCase(2, 40, 60_000, 1)]
    [TestCase(3, 12, 60_000, 3)]
    public void Random_AgreesWithWeighingFromScratch(int seed, int size, int steps, int weights)
    {
        TestContext.Out.WriteLine(Invariant($"seed {seed}, {steps} steps, {size} blocks"));
        var run = new RandomTree(new Random(seed), size, weights);
        for (int step = 0; step < steps; step++) run.Step(step);
        TestContext.Out.WriteLine(run.Report);
        Assert.That(run.Moves, Has.All.GreaterThan(steps / 200), "every kind of move was made often");
    }

    internal static BlockId Id(int number)
    {
        byte[] bytes = new byte[32];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return new BlockId(new Hash256(bytes));
    }

    private void Add(int id, int parent, ulong weight = 1, ulong precedence = 0)
    {
        ForkChoiceBlock below = _blocks[Id(parent)];
        Work.TryAdd(below.ChainWeight, Work.From(weight), out Work sum);
        var block = new ForkChoiceBlock(Id(id), Id(parent), below.Height + 1, Work.From(weight), sum, precedence);
        _blocks.Add(block.Id, block);
        _choice.Add(block);
    }

    /// <summary>Does to both what a chain's machine does: blocks come and go, the floor rises and sinks, older blocks come back.</summary>
    private sealed class RandomTree
    {
        private readonly Random _random;
        private readonly int _size;
        private readonly int _weights;
        private readonly Ghost _fast = new();
        private readonly NaiveGhost _naive = new();
        private readonly List<ForkChoiceBlock> _left = [];
        private readonly List<(BlockId Host, Work Weight)> _counted = [];
        private readonly int[] _moves = new int[7];
        private int _next = 1;
        private int _reorganizations;
        private BlockId _head;

        public RandomTree(Random random, int size, int weights)
        {
            (_random, _size, _weights) = (random, size, weights);
            Do(choice => choice.Anchor(new ForkChoiceBlock(Id(_next), default, 0, Work.Zero, Work.Zero)));
        }

        public IReadOnlyList<int> Moves => _moves;

        public string Report => Invariant($"added {_moves[0]}, removed {_moves[1]}, floor raised {_moves[2]} and sunk {_moves[3]}, ") +
            Invariant($"anchors added {_moves[4]} and removed {_moves[5]}, weights changed {_moves[6]}; the head changed its branch {_reorganizations} times");

        public void Step(int step)
        {
            int draw = _random.Next(100);
            if (_random.Next(4) == 0) ChangeWeight();
            if (_naive.Count > _size || draw is >= 60 and < 70)
                RemoveBlock();
            else if (draw < 60)
                AddBlock();
            else if (draw < 82)
                AdvanceOldest();
            else if (draw < 84)
                SinkFloor();
            else if (draw < 92)
                AddAnchor();
            else
                RemoveAnchor();

            BlockId head = _naive.Head;
            if (_fast.Head != head) Assert.Fail(Invariant($"step {step}: {_fast.Head}, not {head}; {Report}"));
            if (head != _head && _naive.Blocks.First(block => block.Id == head).Parent != _head) _reorganizations++;
            _head = head;
            BlockId any = Pick(_naive.Blocks).Id;
            if (_fast.HeadFrom(any) != _naive.HeadFrom(any)) Assert.Fail(Invariant($"step {step}: from {any}"));
        }

        private void AddBlock()
        {
            ForkChoiceBlock parent = _random.Next(3) == 0 ? _naive.Blocks.First(block => block.Id == _naive.Head) : Pick(_naive.Blocks);
            var weight = Work.From((ulong)_random.Next(_weights + 1));
            Work.TryAdd(parent.ChainWeight, weight, out Work sum);
            var block = new ForkChoiceBlock(Id(++_next), parent.Id, parent.Height + 1, weight, sum, (ulong)_random.Next(3));
            Do(choice => choice.Add(block));
            _moves[0]++;
        }

        /// <summary>What is invalid is counted for a block, or is forgotten.</summary>
        private void ChangeWeight()
        {
            _counted.RemoveAll(counted => _naive.Blocks.All(block => block.Id != counted.Host));
            if (_counted.Count > 0 && _random.Next(3) == 0)
            {
                (BlockId host, Work weight) = _counted[_random.Next(_counted.Count)];
                _counted.Remove((host, weight));
                Do(choice => choice.ChangeWeight(host, weight, isAdded: false));
            }
            else
            {
                (BlockId Host, Work Weight) added = (Pick(_naive.Blocks).Id, Work.From((ulong)_random.Next(_weights + 1)));
                _counted.Add(added);
                Do(choice => choice.ChangeWeight(added.Host, added.Weight, isAdded: true));
            }

            _moves[6]++;
        }

        private void RemoveBlock()
        {
            HashSet<BlockId> anchors = [.. _naive.Anchors.Select(anchor => anchor.Id)];
            ForkChoiceBlock[] others = [.. _naive.Blocks.Where(block => !anchors.Contains(block.Id))];
            if (others.Length == 0)
            {
                RemoveAnchor();
                return;
            }

            BlockId doomed = Pick(others).Id;
            Do(choice => choice.Remove(doomed));
            _moves[1]++;
        }

        private void AdvanceOldest()
        {
            ForkChoiceBlock floor = _naive.Anchors.Last();
            ForkChoiceBlock[] children = [.. _naive.ChildrenOf(floor.Id)];
            if (children.Length == 0) return;
            BlockId above = Pick(children).Id;
            Do(choice => choice.Detach(above));
            _moves[2]++;
            if (children.Length == 1 || _random.Next(8) == 0) RemoveAnchor(floor);
        }

        private void SinkFloor()
        {
            ForkChoiceBlock[] anchors = [.. _naive.Anchors];
            if (anchors.Length < 2) return;
            ForkChoiceBlock floor = anchors[_random.Next(anchors.Length - 1)];
            ForkChoiceBlock[] above = [.. anchors.Where(anchor => anchor.Height > floor.Height)];
            _random.Shuffle(above);
            foreach (ForkChoiceBlock anchor in above)
            {
                Do(choice => choice.Remove(anchor.Id));
                _counted.RemoveAll(counted => counted.Host == anchor.Id);
            }

            _left.RemoveAll(block => block.Height > floor.Height);
            _moves[3]++;
        }

        private void AddAnchor()
        {
            if (_left.Count == 0) return;
            ForkChoiceBlock block = Pick(_left);
            _left.Remove(block);
            Do(choice => choice.Anchor(block));
            _moves[4]++;
        }

        private void RemoveAnchor()
        {
            ForkChoiceBlock[] anchors = [.. _naive.Anchors];
            if (anchors.Length > 1) RemoveAnchor(anchors[_random.Next(anchors.Length - 1)]);
        }

        private void RemoveAnchor(ForkChoiceBlock anchor)
        {
            Do(choice => choice.Remove(anchor.Id));
            _counted.RemoveAll(counted => counted.Host == anchor.Id);
            _left.Add(anchor);
            _moves[5]++;
        }

        private ForkChoiceBlock Pick(IEnumerable<ForkChoiceBlock> blocks)
        {
            ForkChoiceBlock[] all = [.. blocks];
            return all[_random.Next(all.Length)];
        }

        private void Do(Action<IForkChoice> move)
        {
            move(_fast);
            move(_naive);
        }
    }
}
