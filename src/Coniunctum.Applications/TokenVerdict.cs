using Coniunctum.Ledger;
using Coniunctum.Ledger.Applications;

namespace Coniunctum.Applications;

/// <summary>What became of an operation on tokens or assets: done, or the rule that it violates with what was found and what was expected. The default value is no success.</summary>
/// <param name="Rule">The violated rule, or <see cref="TokenRule.None"/>.</param>
/// <param name="Found">What was found.</param>
/// <param name="Expected">What the rule asks for.</param>
public readonly record struct TokenVerdict(TokenRule Rule, RuleValue Found = default, RuleValue Expected = default)
{
    private const string ExpectedMark = ": expected ";
    private const string FoundMark = ", found ";

    /// <summary>No rule is violated.</summary>
    public static TokenVerdict Valid => new(TokenRule.None);

    /// <summary>Whether no rule is violated.</summary>
    public bool IsValid => Rule == TokenRule.None;

    /// <summary>One line that says which rule is violated, what it asks for and what was found.</summary>
    public string Message => Rule switch
    {
        TokenRule.None => "valid",
        TokenRule.Unchecked => "not checked",
        _ => $"{Rule}{ExpectedMark}{Expected}{FoundMark}{Found}",
    };

    /// <summary>Reads the verdict in what a confirmation or a block says of a refused call.</summary>
    /// <param name="refusal">The text; <c>null</c> where the call was done. It may come from anywhere.</param>
    /// <param name="verdict">The verdict: valid for <c>null</c>, and not checked where the text is no verdict of these applications.</param>
    /// <returns>Whether it is a verdict.</returns>
    public static bool TryRead(string? refusal, out TokenVerdict verdict)
    {
        verdict = default;
        if (refusal is null)
        {
            verdict = Valid;
            return true;
        }

        int expected = refusal.IndexOf(ExpectedMark, StringComparison.Ordinal);
        if (expected < 0) return false;
        int found = refusal.IndexOf(FoundMark, expected, StringComparison.Ordinal);
        if (found < expected + ExpectedMark.Length) return false;
        // A number or a list of names would be read as a rule too.
        if (!Enum.TryParse(refusal.AsSpan(0, expected), out TokenRule rule) || rule <= TokenRule.None || !refusal.AsSpan(0, expected).SequenceEqual(rule.ToString())) return false;
        if (!RuleValue.TryParse(refusal.AsSpan(found + FoundMark.Length), out RuleValue foundValue)) return false;
        if (!RuleValue.TryParse(refusal.AsSpan(expected + ExpectedMark.Length, found - expected - ExpectedMark.Length), out RuleValue expectedValue)) return false;
        verdict = new TokenVerdict(rule, foundValue, expectedValue);
        return true;
    }

    /// <summary>Returns what an application returns of its call.</summary>
    public CallOutcome ToOutcome() => IsValid ? CallOutcome.Done : CallOutcome.Refused(Message);

    /// <summary>Returns <see cref="Message"/>.</summary>
    public override string ToString() => Message;
}
