using Coniunctum.Applications;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.State;

namespace Coniunctum.Packages.Tests;

/// <summary>The ready applications as their package's page shows them, taken from the packages.</summary>
public sealed class TokenTests
{
    [Test]
    public async Task Deed_IssuedTwice_IsRefusedOnce_AndProvenByTheHeaderAlone()
    {
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        Address office = Profiles.Development.Signatures.AddressOf(key.PublicKey);
        Address owner = office;
        Hash256 token = Sha3_256.Hash("plot 7"u8);

        var deeds = new UniqueTokens(new AppId(1), new UniqueTokenOptions { Issuer = office });
        var shares = new FungibleAssets(new AppId(2));
        ChainProfile profile = Profiles.Development with { Name = "deeds", Applications = [deeds, shares] };
        await using LedgerHost ledger = await LedgerBuilder.For(profile).UseAuthority(key).StartAsync();

        Confirmation first = await IssueAsync(ledger, key, deeds, token, owner);
        Confirmation second = await IssueAsync(ledger, key, deeds, token, owner);
        Assert.That(first.Refusal, Is.Null);
        Assert.That(TokenVerdict.TryRead(second.Refusal, out TokenVerdict verdict), Is.True);
        Assert.That(verdict, Is.EqualTo(new TokenVerdict(TokenRule.IdentityTaken, token, "a new identity")));

        ProofAtTip proof = ledger.ReadView().ProveEntry(deeds.Id, UniqueTokens.KeyOf(token));
        ProofOutcome outcome = UniqueToken.Verify(proof.Proof, proof.Block.Header.StateRoot, deeds.Id, token, out UniqueToken? deed);
        Assert.That((outcome, deed?.Owner), Is.EqualTo((ProofOutcome.Present, owner)));
    }

    private static async Task<Confirmation> IssueAsync(LedgerHost ledger, PrivateKey key, UniqueTokens deeds, Hash256 token, Address owner)
    {
        byte[] issue = UniqueTokenCalls.Issue(token, owner, "the deed of plot 7"u8);
        Confirmation confirmation = await ledger.SubmitAndConfirmAsync(Transfer.SignCall(key, deeds.Id, issue, ledger.Context));
        if (TokenVerdict.TryRead(confirmation.Refusal, out TokenVerdict verdict) && !verdict.IsValid) Console.WriteLine(verdict.Rule); // IdentityTaken
        return confirmation;
    }
}
