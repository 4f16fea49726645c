using Coniunctum.Ledger.Applications;

namespace Coniunctum.Ledger.Tests.Applications;

/// <summary>What a caller wrote may be part of a reason, and reasons end in logs and on screens.</summary>
public sealed class CallOutcomeTests
{
    [TestCase("the name is not the sender's", "the name is not the sender's")]
    [TestCase("no\nsuch\u001B[31m \u202Ename", "no\\u000asuch\\u001b[31m \\u202ename")]
    [TestCase("", "")]
    public void Refused_AnyReason_IsOneLine(string reason, string expected) => Assert.That(CallOutcome.Refused(reason).Reason, Is.EqualTo(expected));

    [Test]
    public void Refused_HalfASurrogatePair_IsWrittenOut() => Assert.That(CallOutcome.Refused("no \uD83D").Reason, Is.EqualTo("no \\ud83d"));

    [TestCase(128, "x")]
    [TestCase(129, "x")]
    [TestCase(5_000, "x")]
    [TestCase(128, "\n")]
    [TestCase(22, "\n")]
    [TestCase(127, "\U0001F600")]
    public void Refused_ALongReason_StaysWithinTheLimit(int count, string part)
    {
        string reason = CallOutcome.Refused(string.Concat(Enumerable.Repeat(part, count))).Reason!;
        Assert.That(reason, Has.Length.LessThanOrEqualTo(128));
        if (part == "x" && count == 128) Assert.That(reason, Is.EqualTo(new string('x', 128)));
        else Assert.That(reason, Does.EndWith("\u2026"));
        Assert.That(char.IsHighSurrogate(reason[^2]), Is.False);
    }
}
