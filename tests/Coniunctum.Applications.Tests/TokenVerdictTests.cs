namespace Coniunctum.Applications.Tests;

public sealed class TokenVerdictTests
{
    private static readonly Hash256 s_value = Sha3_256.Hash("a value"u8);

    public static IEnumerable<TokenRule> Rules => Enum.GetValues<TokenRule>().Where(rule => rule > TokenRule.None);

    [TestCaseSource(nameof(Rules))]
    public void TryRead_OfWhatAnyRuleSays_GivesTheVerdictBack(TokenRule rule)
    {
        foreach (TokenVerdict verdict in (TokenVerdict[])[new(rule, 7, 8), new(rule, s_value, "a new identity"), new(rule, "another sender", s_value)])
        {
            CallOutcome outcome = verdict.ToOutcome();
            Assert.That(outcome.IsValid, Is.False);
            Assert.That(TokenVerdict.TryRead(outcome.Reason, out TokenVerdict read), Is.True);
            Assert.That(read, Is.EqualTo(verdict));
        }
    }

    [TestCase("")]
    [TestCase("OwnerRequired")]
    [TestCase("OwnerRequired: expected it")]
    [TestCase("None: expected 1, found 2")]
    [TestCase("Unchecked: expected 1, found 2")]
    [TestCase("7: expected 1, found 2")]
    [TestCase("ownerrequired: expected 1, found 2")]
    [TestCase("OwnerRequired, AmountZero: expected 1, found 2")]
    [TestCase(", found : expected ")]
    public void TryRead_OfAnotherText_IsNoVerdict(string text)
    {
        Assert.That(TokenVerdict.TryRead(text, out TokenVerdict verdict), Is.False);
        Assert.That((verdict.IsValid, verdict.Message), Is.EqualTo((false, "not checked")));
    }

    [Test]
    public void TryRead_OfNoRefusal_IsValid()
    {
        Assert.That(TokenVerdict.TryRead(null, out TokenVerdict verdict), Is.True);
        Assert.That((verdict, verdict.IsValid, verdict.ToOutcome()), Is.EqualTo((TokenVerdict.Valid, true, CallOutcome.Done)));
    }
}
