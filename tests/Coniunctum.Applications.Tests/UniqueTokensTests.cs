using Coniunctum.Applications.Tests.Support;
using Coniunctum.Ledger.State;
using static Coniunctum.Applications.Tests.Support.ApplicationChain;

namespace Coniunctum.Applications.Tests;

public sealed class UniqueTokensTests
{
    private static readonly AppId s_id = new(1);
    private static readonly Hash256 s_atlas = Named("atlas");
    private static readonly Hash256 s_comet = Named("comet");

    private ApplicationChain _chain = null!;

    [SetUp]
    public void CreateChain() => _chain = new ApplicationChain(new UniqueTokens(s_id, new UniqueTokenOptions { Issuer = Alice, MaxDataBytes = 800 }));

    [Test]
    public void Issue_ThenTransfer_ThenBurn_MovesAndCountsTheToken()
    {
        AssertDone(Alice, UniqueTokenCalls.Issue(s_atlas, Bob, "seven"u8));
        Assert.That(Token(s_atlas)!.Data.ToArray(), Is.EqualTo("seven"u8.ToArray()));
        AssertDone(Bob, UniqueTokenCalls.Transfer(s_atlas, Carol));
        Assert.That((Token(s_atlas)!.Owner, Supply), Is.EqualTo((Carol, new TokenSupply(1, 0))));
        AssertDone(Carol, UniqueTokenCalls.Burn(s_atlas));
        Assert.That((Token(s_atlas), Supply.Existing), Is.EqualTo(((UniqueToken?)null, 0UL)));
        AssertDone(Alice, UniqueTokenCalls.Issue(s_atlas, Bob, []));
        Assert.That(Supply, Is.EqualTo(new TokenSupply(2, 1)));
    }

    [Test]
    public void Call_ThatViolatesARule_SaysWhichWithWhatWasFoundAndExpected()
    {
        AssertDone(Alice, UniqueTokenCalls.Issue(s_atlas, Bob, []));
        AssertRefused(Bob, UniqueTokenCalls.Issue(s_comet, Bob, []), TokenRule.IssuerRequired, "another sender", Alice.Value);
        AssertRefused(Alice, UniqueTokenCalls.Issue(s_atlas, Bob, []), TokenRule.IdentityTaken, s_atlas, "a new identity");
        AssertRefused(Alice, UniqueTokenCalls.Issue(s_comet, Address.Root, []), TokenRule.ReceiverInvalid, "root", "an address that someone has the key of");
        AssertRefused(Bob, UniqueTokenCalls.Transfer(s_comet, Carol), TokenRule.IdentityUnknown, s_comet, "an issued token");
        AssertRefused(Carol, UniqueTokenCalls.Transfer(s_atlas, Carol), TokenRule.OwnerRequired, "another sender", Bob.Value);
        AssertRefused(Bob, UniqueTokenCalls.Transfer(s_atlas, Address.Root), TokenRule.ReceiverInvalid, "root", "an address that someone has the key of");
        AssertRefused(Carol, UniqueTokenCalls.Burn(s_atlas), TokenRule.OwnerRequired, "another sender", Bob.Value);
        AssertRefused(Bob, UniqueTokenCalls.Offer(s_atlas, new TokenOffer(Carol, s_atlas, 0)), TokenRule.OfferInvalid, "the token itself", "another token");
        AssertRefused(Bob, UniqueTokenCalls.Withdraw(s_atlas), TokenRule.OfferMissing, "no offer", "an offer");
        AssertRefused(Carol, UniqueTokenCalls.Accept(s_atlas, new TokenOffer(Carol, default, 0)), TokenRule.OfferMissing, "no offer", "an offer");
        Assert.That((Token(s_atlas)!.Owner, Supply), Is.EqualTo((Bob, new TokenSupply(1, 0))));
    }

    [Test]
    public void Data_AtItsLimit_IsKept_AndAboveItIsRefused()
    {
        var chain = new ApplicationChain(new UniqueTokens(s_id, new UniqueTokenOptions { MaxDataBytes = 20 }));
        Assert.That(chain.Do(Alice, s_id, UniqueTokenCalls.Issue(s_atlas, Bob, new byte[20])), Is.EqualTo(TokenVerdict.Valid));
        Assert.That(chain.Do(Alice, s_id, UniqueTokenCalls.Issue(s_comet, Bob, new byte[21])), Is.EqualTo(new TokenVerdict(TokenRule.DataTooLong, 21, 20)));

        // The largest entry, with an offer in it, fits the profile's limits as they are by default.
        AssertDone(Alice, UniqueTokenCalls.Issue(s_atlas, Bob, new byte[UniqueTokens.LargestDataBytes]));
        AssertDone(Bob, UniqueTokenCalls.Offer(s_atlas, new TokenOffer(Carol, s_comet, ulong.MaxValue)));
        Assert.That(_chain.State.EntryOf(s_id, UniqueTokens.KeyOf(s_atlas)).Length, Is.InRange(900, 928));
        Assert.That(() => UniqueTokenCalls.Issue(s_comet, Bob, new byte[UniqueTokens.LargestDataBytes + 1]), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new UniqueTokens(s_id, new UniqueTokenOptions { MaxDataBytes = 801 }), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new UniqueTokens(s_id, new UniqueTokenOptions { MaxDataBytes = -1 }), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Accept_OfTokenAndPrice_ChangesAllOfItAtOnce()
    {
        TokenOffer offer = Trade(price: 30);
        AssertDone(Carol, UniqueTokenCalls.Accept(s_atlas, offer), amount: 40);
        Assert.That((Token(s_atlas)!.Owner, Token(s_comet)!.Owner), Is.EqualTo((Carol, Bob)));
        Assert.That((Token(s_atlas)!.Offer, Token(s_comet)!.Offer), Is.EqualTo(((TokenOffer?)null, (TokenOffer?)null)));
        Assert.That((_chain.State.BalanceOf(Bob), _chain.State.BalanceOf(Carol)), Is.EqualTo((Grant + 30, Grant - 30)));
    }

    [Test]
    public void Accept_ThatFails_ChangesNothing()
    {
        TokenOffer offer = Trade(price: 30);
        AssertRefused(Alice, UniqueTokenCalls.Accept(s_atlas, offer), TokenRule.OfferReserved, "another sender", Carol.Value, amount: 30);
        AssertRefused(Carol, UniqueTokenCalls.Accept(s_atlas, offer with { Price = 29 }), TokenRule.TermsChanged, 29, 30, amount: 30);
        AssertRefused(Carol, UniqueTokenCalls.Accept(s_atlas, offer with { Against = default }), TokenRule.TermsChanged, "another token against it", s_comet, amount: 30);
        AssertRefused(Carol, UniqueTokenCalls.Accept(s_atlas, offer), TokenRule.AmountTooSmall, 29, 30, amount: 29);
        AssertDone(Carol, UniqueTokenCalls.Transfer(s_comet, Alice));
        AssertRefused(Carol, UniqueTokenCalls.Accept(s_atlas, offer), TokenRule.OwnerRequired, "another sender", Alice.Value, amount: 30);
        AssertDone(Alice, UniqueTokenCalls.Burn(s_comet));
        AssertRefused(Carol, UniqueTokenCalls.Accept(s_atlas, offer), TokenRule.IdentityUnknown, s_comet, "an issued token", amount: 30);
        Assert.That((Token(s_atlas)!.Owner, _chain.State.BalanceOf(Bob), _chain.State.BalanceOf(Carol)), Is.EqualTo((Bob, Grant, Grant)));
    }

    [Test]
    public void Accept_WherePriceOpensNoAccount_IsRefused()
    {
        AssertDone(Alice, UniqueTokenCalls.Issue(s_atlas, Stranger, []));
        var offer = new TokenOffer(default, default, 4);
        AssertDone(Stranger, UniqueTokenCalls.Offer(s_atlas, offer));
        AssertRefused(Bob, UniqueTokenCalls.Accept(s_atlas, offer), TokenRule.PriceUnpayable, 4, "what opens the owner's account", amount: 4);
        Assert.That(Token(s_atlas)!.Owner, Is.EqualTo(Stranger));
    }

    [Test]
    public void Offer_Lapses_WhenTheTokenMovesOrItIsWithdrawn()
    {
        TokenOffer offer = Trade(price: 0);
        AssertDone(Bob, UniqueTokenCalls.Transfer(s_atlas, Alice));
        AssertDone(Alice, UniqueTokenCalls.Transfer(s_atlas, Bob));
        AssertRefused(Carol, UniqueTokenCalls.Accept(s_atlas, offer), TokenRule.OfferMissing, "no offer", "an offer");
        AssertDone(Bob, UniqueTokenCalls.Offer(s_atlas, offer));
        AssertDone(Bob, UniqueTokenCalls.Withdraw(s_atlas));
        AssertRefused(Carol, UniqueTokenCalls.Accept(s_atlas, offer), TokenRule.OfferMissing, "no offer", "an offer");
    }

    [Test]
    public void Call_OfAnyOtherBytes_IsNeitherAdmittedNorDone()
    {
        var admission = new ApplicationChain(new AdmittingApplication(new UniqueTokens(s_id)));
        byte[] good = UniqueTokenCalls.Offer(s_atlas, new TokenOffer(Bob, s_comet, 7));
        byte[][] bad = [[], [0xc0], [0x92, 0x07, 0xc4], [0x91, 0x01], good[..^1], [.. good, 0], UniqueTokenCalls.Burn(s_atlas)[..5], [0x90]];
        foreach (byte[] data in bad)
        {
            FailedCall failed = admission.Do([admission.CallBy(Alice, s_id, data)]).Single();
            Assert.That(failed.Reason, Does.StartWith("CallMalformed: expected an operation, found At byte"));
            Assert.That(_chain.Do(Alice, s_id, data).Rule, Is.EqualTo(TokenRule.CallMalformed));
        }

        Assert.That(admission.Do([admission.CallBy(Alice, s_id, good)]), Is.Empty);
    }

    [Test]
    public void Proofs_OfOwnershipAndAbsence_AreCheckedByTheStateRootAlone()
    {
        AssertDone(Alice, UniqueTokenCalls.Issue(s_atlas, Bob, "seven"u8));
        StateProof present = StateProof.OfEntry(_chain.State, s_id, UniqueTokens.KeyOf(s_atlas));
        StateProof absent = StateProof.OfEntry(_chain.State, s_id, UniqueTokens.KeyOf(s_comet));
        Hash256 root = _chain.State.StateRoot;
        Assert.That(UniqueToken.Verify(present, root, s_id, s_atlas, out UniqueToken? found), Is.EqualTo(ProofOutcome.Present));
        Assert.That(found!.Owner, Is.EqualTo(Bob));
        Assert.That(UniqueToken.Verify(absent, root, s_id, s_comet, out found), Is.EqualTo(ProofOutcome.Absent));
        Assert.That(UniqueToken.Verify(present, root, s_id, s_comet, out found), Is.EqualTo(ProofOutcome.Invalid));
        Assert.That(UniqueToken.Verify(present, Named("another root"), s_id, s_atlas, out found), Is.EqualTo(ProofOutcome.Invalid));
        Assert.That(found, Is.Null);
    }

    [Test]
    public void Names_DifferWithTheOptions_AndAreTheSameEverywhere()
    {
        string[] names = [.. new UniqueTokenOptions?[] { null, new() { MaxDataBytes = 20 }, new() { Issuer = Alice }, new() { Issuer = Address.Root } }.Select(options => new UniqueTokens(s_id, options).Name)];
        Assert.That(names, Is.Unique);
        Assert.That(names[0], Is.EqualTo("unique-tokens/1 c19ead76a8482548ae69e4aa2e7038ba"));
        Assert.That(names.Select(name => name.Length), Has.All.LessThanOrEqualTo(64));
    }

    private TokenSupply Supply => TokenSupply.Decode(_chain.State.EntryOf(s_id, UniqueTokens.SupplyKey))!.Value;

    private UniqueToken? Token(Hash256 token) => UniqueToken.Decode(_chain.State.EntryOf(s_id, UniqueTokens.KeyOf(token)));

    /// <summary>Bob's atlas is offered to Carol for her comet and a price.</summary>
    private TokenOffer Trade(ulong price)
    {
        AssertDone(Alice, UniqueTokenCalls.Issue(s_atlas, Bob, []));
        AssertDone(Alice, UniqueTokenCalls.Issue(s_comet, Carol, []));
        var offer = new TokenOffer(Carol, s_comet, price);
        AssertDone(Bob, UniqueTokenCalls.Offer(s_atlas, offer));
        Assert.That(Token(s_atlas)!.Offer, Is.EqualTo(offer));
        return offer;
    }

    private void AssertDone(Address sender, byte[] data, ulong amount = 0) =>
        Assert.That(_chain.Do(sender, s_id, data, amount), Is.EqualTo(TokenVerdict.Valid));

    private void AssertRefused(Address sender, byte[] data, TokenRule rule, RuleValue found, RuleValue expected, ulong amount = 0) =>
        Assert.That(_chain.Do(sender, s_id, data, amount), Is.EqualTo(new TokenVerdict(rule, found, expected)));
}
