using Coniunctum.Applications.Tests.Support;
using Coniunctum.Ledger.State;
using static Coniunctum.Applications.Tests.Support.ApplicationChain;

namespace Coniunctum.Applications.Tests;

public sealed class FungibleAssetsTests
{
    private static readonly AppId s_id = new(2);
    private static readonly Hash256 s_gold = Named("gold");
    private static readonly Hash256 s_iron = Named("iron");

    private ApplicationChain _chain = null!;

    [SetUp]
    public void CreateChain()
    {
        _chain = new ApplicationChain(new FungibleAssets(s_id, maxDataBytes: 20));
        AssertDone(Alice, AssetCalls.Create(s_gold, 100, "grams"u8));
    }

    [Test]
    public void Units_IssuedTransferredAndBurnt_AreTheSupplyAtEachStep()
    {
        AssertDone(Alice, AssetCalls.Issue(s_gold, 60, Bob));
        AssertDone(Bob, AssetCalls.Transfer(s_gold, 25, Carol));
        AssertDone(Bob, AssetCalls.Transfer(s_gold, 35, Bob));
        Assert.That((Balance(Bob), Balance(Carol), Gold.Supply), Is.EqualTo((35UL, 25UL, 60UL)));
        AssertDone(Carol, AssetCalls.Burn(s_gold, 25));
        Assert.That((Balance(Bob), Balance(Carol), Gold.Supply), Is.EqualTo((35UL, 0UL, 35UL)));
        Assert.That(_chain.State.EntryOf(s_id, FungibleAssets.BalanceKeyOf(s_gold, Carol)).IsEmpty, Is.True, "nothing is kept of nothing");
        AssertDone(Alice, AssetCalls.Issue(s_gold, 65, Alice));
        Assert.That(Gold.Supply, Is.EqualTo(100UL), "what was burnt may be issued again");
        Assert.That((Gold.Issuer, Gold.Limit, Gold.Data.ToArray()), Is.EqualTo((Alice, 100UL, "grams"u8.ToArray())));
    }

    [Test]
    public void Call_ThatViolatesARule_SaysWhichWithWhatWasFoundAndExpected()
    {
        AssertDone(Alice, AssetCalls.Issue(s_gold, 60, Bob));
        AssertRefused(Bob, AssetCalls.Create(s_gold, 5, []), TokenRule.IdentityTaken, s_gold, "a new identity");
        AssertRefused(Bob, AssetCalls.Create(s_iron, 0, []), TokenRule.AmountZero, 0, "1 or more");
        AssertRefused(Bob, AssetCalls.Create(s_iron, 5, new byte[21]), TokenRule.DataTooLong, 21, 20);
        AssertRefused(Bob, AssetCalls.Issue(s_gold, 5, Bob), TokenRule.IssuerRequired, "another sender", Alice.Value);
        AssertRefused(Alice, AssetCalls.Issue(s_gold, 41, Bob), TokenRule.LimitExceeded, 41, 40);
        AssertRefused(Alice, AssetCalls.Issue(s_gold, ulong.MaxValue, Bob), TokenRule.LimitExceeded, ulong.MaxValue, 40);
        AssertRefused(Alice, AssetCalls.Issue(s_gold, 1, Address.Root), TokenRule.ReceiverInvalid, "root", "an address that someone has the key of");
        AssertRefused(Alice, AssetCalls.Issue(s_iron, 1, Bob), TokenRule.IdentityUnknown, s_iron, "a created asset");
        AssertRefused(Bob, AssetCalls.Transfer(s_gold, 61, Carol), TokenRule.BalanceTooSmall, 60, 61);
        AssertRefused(Bob, AssetCalls.Transfer(s_gold, 61, Bob), TokenRule.BalanceTooSmall, 60, 61);
        AssertRefused(Bob, AssetCalls.Transfer(s_gold, 0, Carol), TokenRule.AmountZero, 0, "1 or more");
        AssertRefused(Bob, AssetCalls.Burn(s_gold, 61), TokenRule.BalanceTooSmall, 60, 61);
        AssertRefused(Bob, AssetCalls.Burn(s_iron, 1), TokenRule.IdentityUnknown, s_iron, "a created asset");
        Assert.That((Balance(Bob), Gold.Supply), Is.EqualTo((60UL, 60UL)));
    }

    [Test]
    public void Units_UpToTheLargestNumber_AreCounted()
    {
        AssertDone(Alice, AssetCalls.Create(s_iron, ulong.MaxValue, []));
        AssertDone(Alice, AssetCalls.Issue(s_iron, ulong.MaxValue, Bob));
        AssertRefused(Alice, AssetCalls.Issue(s_iron, 1, Bob), TokenRule.LimitExceeded, 1, 0);
        AssertDone(Bob, AssetCalls.Transfer(s_iron, ulong.MaxValue, Carol));
        Assert.That(FungibleAssets.DecodeBalance(_chain.State.EntryOf(s_id, FungibleAssets.BalanceKeyOf(s_iron, Carol))), Is.EqualTo(ulong.MaxValue));
    }

    [Test]
    public void Call_OfAnyOtherBytes_IsNeitherAdmittedNorDone()
    {
        var admission = new ApplicationChain(new AdmittingApplication(new FungibleAssets(s_id)));
        byte[] good = AssetCalls.Transfer(s_gold, 7, Bob);
        foreach (byte[] data in (byte[][])[[], [0xc0], [0x91, 0x01], [0x90], good[..^1], [.. good, 0], AssetCalls.Burn(s_gold, 1)[..5]])
        {
            Assert.That(admission.Do([admission.CallBy(Alice, s_id, data)]).Single().Reason, Does.StartWith("CallMalformed: expected an operation, found At byte"));
            Assert.That(_chain.Do(Alice, s_id, data).Rule, Is.EqualTo(TokenRule.CallMalformed));
        }

        Assert.That(admission.Do([admission.CallBy(Alice, s_id, good)]), Is.Empty);
    }

    [Test]
    public void Proofs_OfAssetAndBalance_AreCheckedByTheStateRootAlone()
    {
        AssertDone(Alice, AssetCalls.Issue(s_gold, 60, Bob));
        Hash256 root = _chain.State.StateRoot;
        StateProof asset = StateProof.OfEntry(_chain.State, s_id, FungibleAssets.KeyOf(s_gold));
        StateProof bobs = StateProof.OfEntry(_chain.State, s_id, FungibleAssets.BalanceKeyOf(s_gold, Bob));
        StateProof carols = StateProof.OfEntry(_chain.State, s_id, FungibleAssets.BalanceKeyOf(s_gold, Carol));
        Assert.That(Asset.Verify(asset, root, s_id, s_gold, out Asset? found), Is.EqualTo(ProofOutcome.Present));
        Assert.That(found!.Supply, Is.EqualTo(60UL));
        Assert.That(Asset.Verify(asset, root, s_id, s_iron, out found), Is.EqualTo(ProofOutcome.Invalid));
        Assert.That(FungibleAssets.VerifyBalance(bobs, root, s_id, s_gold, Bob, out ulong balance), Is.EqualTo(ProofOutcome.Present));
        Assert.That(balance, Is.EqualTo(60UL));
        Assert.That(FungibleAssets.VerifyBalance(carols, root, s_id, s_gold, Carol, out balance), Is.EqualTo(ProofOutcome.Absent));
        Assert.That(FungibleAssets.VerifyBalance(bobs, root, s_id, s_gold, Carol, out balance), Is.EqualTo(ProofOutcome.Invalid));
        Assert.That(balance, Is.Zero);
    }

    [Test]
    public void Names_DifferWithTheLimit_WhichHasARange()
    {
        Assert.That((new FungibleAssets(s_id).Name, new FungibleAssets(s_id, 0).Name), Is.EqualTo(("fungible-assets/1 256", "fungible-assets/1 0")));
        Assert.That(() => new FungibleAssets(s_id, 801), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new FungibleAssets(s_id, -1), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => AssetCalls.Create(s_iron, 1, new byte[801]), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    private Asset Gold => Asset.Decode(_chain.State.EntryOf(s_id, FungibleAssets.KeyOf(s_gold)))!;

    private ulong Balance(Address owner) => FungibleAssets.DecodeBalance(_chain.State.EntryOf(s_id, FungibleAssets.BalanceKeyOf(s_gold, owner)))!.Value;

    private void AssertDone(Address sender, byte[] data) => Assert.That(_chain.Do(sender, s_id, data), Is.EqualTo(TokenVerdict.Valid));

    private void AssertRefused(Address sender, byte[] data, TokenRule rule, RuleValue found, RuleValue expected) =>
        Assert.That(_chain.Do(sender, s_id, data), Is.EqualTo(new TokenVerdict(rule, found, expected)));
}
