using Coniunctum.Consensus.ForkChoice;

namespace Coniunctum.Consensus.Tests.ForkChoice;

public sealed class HeaviestChainTests
{
    private static readonly BlockId Genesis = Id(1);

    private readonly Dictionary<BlockId, ulong> _weights = [];
    private HeaviestChain _choice = null!;

    [SetUp]
    public void Create()
    {
        _choice = new HeaviestChain();
        _choice.Anchor(new ForkChoiceBlock(Genesis, default, 0, Work.Zero, Work.Zero));
        _weights.Clear();
        _weights.Add(Genesis, 0);
    }

    [Test]
    public void Head_IsTheHeaviest_NotTheLongest()
    {
        Add(2, 1, 1);
        Add(3, 2, 1);
        Add(4, 3, 1);
        Assert.That(_choice.Head, Is.EqualTo(Id(4)));
        Add(5, 1, 4);
        Assert.That(_choice.Head, Is.EqualTo(Id(5)));
    }

    [Test]
    public void Head_AmongEquals_IsTheFirstSeen()
    {
        Add(2, 1, 3);
        Add(3, 1, 2);
        Add(4, 3, 1);
        Assert.That(_choice.Head, Is.EqualTo(Id(2)));
    }

    [Test]
    public void Remove_TakesTheSubtree_AndTheNextBestWins()
    {
        Add(2, 1, 1);
        Add(3, 2, 5);
        Add(4, 3, 1);
        Add(5, 3, 2);
        Add(6, 1, 3);
        _choice.Remove(Id(3));
        Assert.That(_choice.Head, Is.EqualTo(Id(6)));
        _choice.Remove(Id(6));
        Assert.That(_choice.Head, Is.EqualTo(Id(2)), "a block whose children are gone is an end again");
        _choice.Remove(Id(2));
        Assert.That(_choice.Head, Is.EqualTo(Genesis));
        Add(2, 1, 1);
        Assert.That(_choice.Head, Is.EqualTo(Id(2)), "what was removed may come again");
    }

    [Test]
    public void Remove_AmongEquals_TheFirstSeenOfThoseThatAreLeftWins()
    {
        Add(2, 1, 2);
        Add(3, 1, 2);
        Add(4, 1, 2);
        _choice.Remove(Id(2));
        Assert.That(_choice.Head, Is.EqualTo(Id(3)));
    }

    [Test]
    public void Add_ABlockThatWeighsNothing_Throws() => Assert.That(() => Add(2, 1, 0), Throws.ArgumentException);

    [Test]
    public void Random_AgreesWithLookingAtAll()
    {
        const int seed = 11;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var blocks = new List<(BlockId Id, BlockId Parent, ulong Weight)> { (Genesis, default, 0) };
        for (int next = 2; next < 2_000; next++)
        {
            if (random.Next(8) == 0 && blocks.Count > 1)
            {
                var doomed = new HashSet<BlockId> { blocks[random.Next(1, blocks.Count)].Id };
                _choice.Remove(doomed.Single());
                foreach ((BlockId id, BlockId up, _) in blocks)
                {
                    if (doomed.Contains(up)) doomed.Add(id);
                }

                blocks.RemoveAll(block => doomed.Contains(block.Id));
            }

            (BlockId parent, _, ulong weight) = blocks[random.Next(blocks.Count)];
            ulong added = (ulong)random.Next(1, 4);
            blocks.Add((Id(next), parent, weight + added));
            _choice.Add(new ForkChoiceBlock(Id(next), parent, 0, Work.From(added), Work.From(weight + added)));
            // MaxBy takes the first of equals, and the list is in the order of arrival.
            Assert.That(_choice.Head, Is.EqualTo(blocks.MaxBy(block => block.Weight).Id));
        }
    }

    private static BlockId Id(int number)
    {
        byte[] bytes = new byte[32];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return new BlockId(new Crypto.Hash256(bytes));
    }

    private void Add(int id, int parent, ulong weight)
    {
        ulong chainWeight = _weights[Id(parent)] + weight;
        _choice.Add(new ForkChoiceBlock(Id(id), Id(parent), 0, Work.From(weight), Work.From(chainWeight)));
        _weights[Id(id)] = chainWeight;
    }
}
