using Coniunctum.Consensus.ForkChoice;

namespace Coniunctum.Consensus.Tests.ForkChoice;

public sealed class LongestChainTests
{
    private static readonly ForkChoiceBlock s_genesis = new(GhostTests.Id(1), default, 0, Work.Zero, Work.Zero);

    [Test]
    public void Head_IsTheLongest_NotTheHeaviest()
    {
        LongestChain choice = Create();
        ForkChoiceBlock heavy = Child(2, s_genesis, 100);
        ForkChoiceBlock light = Child(3, s_genesis, 1);
        choice.Add(heavy);
        choice.Add(light);
        Assert.That(choice.Head, Is.EqualTo(heavy.Id), "as long, and seen first");
        choice.Add(Child(4, light, 1));
        Assert.That(choice.Head, Is.EqualTo(GhostTests.Id(4)));
        choice.Remove(light.Id);
        Assert.That(choice.Head, Is.EqualTo(heavy.Id));
    }

    [Test]
    public void Head_AmongEquals_IsTheOneThatTakesPrecedence()
    {
        LongestChain choice = Create();
        choice.Add(Child(2, s_genesis, 1, 5));
        choice.Add(Child(3, s_genesis, 1, 7));
        choice.Add(Child(4, s_genesis, 1, 7));
        Assert.That(choice.Head, Is.EqualTo(GhostTests.Id(3)));
    }

    private static LongestChain Create()
    {
        var choice = new LongestChain();
        choice.Anchor(s_genesis);
        return choice;
    }

    private static ForkChoiceBlock Child(int id, ForkChoiceBlock parent, ulong weight, ulong precedence = 0)
    {
        Work.TryAdd(parent.ChainWeight, Work.From(weight), out Work sum);
        return new ForkChoiceBlock(GhostTests.Id(id), parent.Id, parent.Height + 1, Work.From(weight), sum, precedence);
    }
}
