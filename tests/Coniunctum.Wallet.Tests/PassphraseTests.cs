namespace Coniunctum.Wallet.Tests;

/// <summary>A passphrase outside of ASCII opens the wallet that it opens elsewhere, or none.</summary>
public sealed class PassphraseTests
{
    // From ethers 6.17.0 for the words of 16 bytes 7f and the passphrase U+00E9.
    private const string Seed = "647bdd5206a42ee51e72356561a055fb44af2767874ab14a43cce16ec5e98c320cc0de71495ba0187be1882190977cbc48c3f131f6dc364015e539f0b4f8067f";

    [Test]
    public async Task DeriveSeed_WhereTextCannotBeNormalised_RefusesBothSpellings()
    {
        string answer = await KeyChild.AskAsync("normalization", ("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1"));
        Assert.That(answer, Is.EqualTo("NormalizationUnavailable NormalizationUnavailable NormalizationUnavailable"));
    }

    [Test]
    public async Task DeriveSeed_WhereTextCanBeNormalised_GivesTheSameSeedForBothSpellings()
    {
        string answer;
        try
        {
            answer = await KeyChild.AskAsync("normalization", ("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "0"));
        }
        catch (InvalidOperationException exception) when (exception.Message.Contains("ICU", StringComparison.Ordinal))
        {
            Assert.Ignore("The ICU library is not installed.");
            return;
        }

        Assert.That(answer, Is.EqualTo($"{Seed} {Seed} InvalidPassphrase"));
    }
}
