using Coniunctum.Consensus.ForkChoice;

namespace Coniunctum.Consensus.Tests.ForkChoice;

/// <summary>Ties go to the smallest identity, whatever came first: nodes that hear of them in other orders must agree.</summary>
public sealed class AgreedTiesTests
{
    private static readonly BlockId s_genesis = Id(0x80);
    private static readonly byte[][] s_orders = [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]];

    [TestCaseSource(nameof(s_orders))]
    public void Head_AmongEquals_IsTheSmallestIdentity_InAnyOrder(byte[] order)
    {
        AgreedTies choice = Choice(from: 0);
        foreach (byte block in order) Add(choice, block, 1, 1);
        Assert.That(choice.Head, Is.EqualTo(Id(1)));
    }

    [Test]
    public void Head_OfUnequalWeights_IsTheHeaviest_NotTheSmallest()
    {
        AgreedTies choice = Choice(from: 0);
        Add(choice, 1, 1, 1);
        Add(choice, 9, 1, 2);
        Assert.That(choice.Head, Is.EqualTo(Id(9)));
    }

    [Test]
    public void Head_AmongEquals_BelowTheHeightWhereTiesAreAgreed_IsTheFirstSeen()
    {
        AgreedTies below = Choice(from: 2);
        Add(below, 2, 1, 1);
        Add(below, 1, 1, 1);
        Assert.That(below.Head, Is.EqualTo(Id(2)));

        AgreedTies from = Choice(from: 1);
        Add(from, 2, 1, 1);
        Add(from, 1, 1, 1);
        Assert.That(from.Head, Is.EqualTo(Id(1)));
    }

    private static AgreedTies Choice(ulong from)
    {
        var choice = new AgreedTies(new HeaviestChain(), from);
        choice.Anchor(new ForkChoiceBlock(s_genesis, default, 0, Work.Zero, Work.Zero));
        return choice;
    }

    private static void Add(AgreedTies choice, byte block, ulong height, ulong weight) =>
        choice.Add(new ForkChoiceBlock(Id(block), s_genesis, height, Work.From(weight), Work.From(weight)));

    private static BlockId Id(byte value) => new(World.Owner(value).Value);
}
