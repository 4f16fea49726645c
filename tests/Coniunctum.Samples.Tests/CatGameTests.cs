using Cats;
using static Coniunctum.Applications.Tests.Support.ApplicationChain;

namespace Coniunctum.Samples.Tests;

/// <summary>The rules of samples/Cats.</summary>
public sealed class CatGameTests
{
    private static readonly Hash256 s_secret = Named("a secret");

    private ApplicationChain _chain = null!;

    [SetUp]
    public void CreateChain()
    {
        _chain = new ApplicationChain(new CatGame());
        foreach (Address player in (Address[])[Alice, Alice, Bob]) AssertDone(player, CatGame.Adopt());
    }

    [Test]
    public void Reveal_BehindTheLot_MakesAKittenOfBothParents()
    {
        Commit();
        Do(Alice, CatGame.Reveal(s_secret), "the lot is drawn in block 6");
        AssertDone(Alice, CatGame.Reveal(s_secret));
        Cat kitten = CatAt(4)!;
        Assert.That((kitten.Mother, kitten.Father, OwnerOf(4)), Is.EqualTo((1UL, 2UL, (Address?)Alice)));
        Assert.That(kitten.Genes, Is.Not.EqualTo(CatAt(1)!.Genes).And.Not.EqualTo(CatAt(2)!.Genes));
        int inherited = Enumerable.Range(0, Hash256.Size).Count(i =>
            kitten.Genes.ToArray()[i] == CatAt(1)!.Genes.ToArray()[i] || kitten.Genes.ToArray()[i] == CatAt(2)!.Genes.ToArray()[i]);
        Assert.That(inherited, Is.GreaterThan(20), "one in sixteen is new");
        Do(Alice, CatGame.Reveal(s_secret), "nothing to reveal");
        for (int i = 0; i < 3; i++) _chain.Undo();
        Assert.That(CatAt(4), Is.Null);
    }

    [Test]
    public void Genes_DependOnTheBlockBetweenAndOnTheSecret_AndOnNothingLater()
    {
        Commit();
        _chain.Do([]);
        Hash256 first = Reveal();
        Assert.That(Reveal(), Is.EqualTo(first), "the same again");
        _chain.Do([]);
        Assert.That(Reveal(), Is.EqualTo(first), "a later block changes nothing");
        _chain.Undo();
        _chain.Undo();
        _chain.Do([]);
        Assert.That(Reveal(), Is.Not.EqualTo(first), "another block between is another lot");

        Hash256 Reveal()
        {
            AssertDone(Alice, CatGame.Reveal(s_secret));
            Hash256 genes = CatAt(4)!.Genes;
            _chain.Undo();
            return genes;
        }
    }

    [Test]
    public void Breed_AgainstTheRules_IsRefused()
    {
        Hash256 commitment = CatGame.Commit(s_secret, Alice);
        Do(Alice, CatGame.Breed(1, 1, 0, commitment), "no two cats");
        Do(Alice, CatGame.Breed(1, 3, 0, commitment), "#3 is not the player's");
        Do(Alice, CatGame.Breed(1, 9, 0, commitment), "#9 is not the player's");
        Commit();
        Do(Alice, CatGame.Breed(1, 2, 0, commitment), "another kitten is awaited");
        Do(Bob, CatGame.Reveal(s_secret), "nothing to reveal");
        Do(Alice, CatGame.Reveal(Named("another")), "another secret than was committed to");
        for (ulong i = 0; i < CatGame.Patience; i++) _chain.Do([]);
        Do(Alice, CatGame.Reveal(s_secret), "too late");
        Commit();
    }

    [Test]
    public void Calls_OfTokens_ArePassedOn_ButNoCatIsIssuedOrBurnt()
    {
        Do(Alice, UniqueTokenCalls.Burn(Cat.TokenOf(1)), "no cat is ever burnt");
        Assert.That(_chain.Do(Alice, CatGame.Number, UniqueTokenCalls.Issue(Cat.TokenOf(7), Alice, [])).Rule, Is.EqualTo(TokenRule.IssuerRequired));
        var offer = new TokenOffer(Bob, Cat.TokenOf(3), 0);
        AssertDone(Alice, UniqueTokenCalls.Offer(Cat.TokenOf(1), offer));
        AssertDone(Bob, UniqueTokenCalls.Accept(Cat.TokenOf(1), offer));
        Assert.That((OwnerOf(1), OwnerOf(3)), Is.EqualTo(((Address?)Bob, (Address?)Alice)));
    }

    [Test]
    public void Founders_AreEight()
    {
        for (int i = 0; i < 5; i++) AssertDone(Carol, CatGame.Adopt());
        Do(Carol, CatGame.Adopt(), "no founder is left");
        Assert.That(TokenSupply.Decode(_chain.State.EntryOf(CatGame.Number, UniqueTokens.SupplyKey)), Is.EqualTo(new TokenSupply(8, 0)));
    }

    [Test]
    public void Execute_WhatTheGameDoesNotKnow_IsRefused()
    {
        foreach (byte[] data in (byte[][])[[0x91, 19], [.. CatGame.Adopt(), 0], CatGame.Reveal(s_secret)[..5], [0x92, 16, 1]])
            Assert.That(_chain.Do([_chain.CallBy(Alice, CatGame.Number, data)]), Has.Count.EqualTo(1));
    }

    private void Commit() => AssertDone(Alice, CatGame.Breed(1, 2, 0, CatGame.Commit(s_secret, Alice)));

    private Cat? CatAt(ulong number) => UniqueToken.Decode(_chain.State.EntryOf(CatGame.Number, UniqueTokens.KeyOf(Cat.TokenOf(number)))) is { } token ? Cat.Of(token) : null;

    private Address? OwnerOf(ulong number) => UniqueToken.Decode(_chain.State.EntryOf(CatGame.Number, UniqueTokens.KeyOf(Cat.TokenOf(number))))?.Owner;

    private void AssertDone(Address player, byte[] data) => Assert.That(_chain.Do([_chain.CallBy(player, CatGame.Number, data)]), Is.Empty);

    private void Do(Address player, byte[] data, string refusal) =>
        Assert.That(_chain.Do([_chain.CallBy(player, CatGame.Number, data)]), Is.EqualTo(new[] { new FailedCall(1, refusal) }));
}
