using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Pool;

/// <summary>
/// Whether a transaction is in the pool, and if not, which rule of the chain or of the pool keeps it out. Both speak where
/// both have something to say: one that waits is not valid yet, and the verdict tells why.
/// </summary>
/// <param name="Verdict">The chain's rules; the default is not a permission.</param>
/// <param name="Rule">The pool's rules.</param>
public readonly record struct Admission(Verdict Verdict, PoolRule Rule)
{
    /// <summary>In the pool.</summary>
    public static Admission Accepted => new(Verdict.Valid, PoolRule.None);

    /// <summary>What the application said that would not serve the call (<see cref="PoolRule.CallRefused"/>), for people.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether it is in the pool, for the next block that has room.</summary>
    public bool IsValid => Verdict.IsValid && Rule == PoolRule.None;

    /// <summary>Whether it is kept until a block may hold it.</summary>
    public bool IsWaiting => Rule == PoolRule.Waiting;

    /// <summary>The name of the rule that keeps it out, the chain's first, or <c>None</c>.</summary>
    public string RuleName => Verdict.IsValid ? Rule.ToString() : Verdict.Rule.ToString();

    /// <summary>A rule of the chain keeps it out.</summary>
    /// <param name="verdict">Which.</param>
    public static Admission Invalid(Verdict verdict) => new(verdict, PoolRule.None);

    /// <summary>A rule of the pool keeps it out.</summary>
    /// <param name="rule">Which.</param>
    public static Admission Refused(PoolRule rule) => new(Verdict.Valid, rule);

    /// <summary>One line that says what was wrong and what was expected.</summary>
    public string Message => this switch
    {
        { IsValid: true } => "accepted",
        { Verdict.IsValid: true } => Reason is null ? Rule.ToString() : $"{Rule}: {Reason}",
        { Rule: PoolRule.None } => Verdict.Message,
        _ => $"{Rule}, {Verdict}",
    };

    /// <summary>Returns <see cref="Message"/>.</summary>
    public override string ToString() => Message;
}
