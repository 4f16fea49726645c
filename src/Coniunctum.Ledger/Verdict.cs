namespace Coniunctum.Ledger;

/// <summary>
/// The outcome of checking a block or a transaction: valid, or the rule that it violates with what was expected and what
/// was found. The default value is not valid.
/// </summary>
/// <param name="Kind">What was concluded.</param>
/// <param name="Rule">The violated rule; <see cref="BlockRule.None"/> unless invalid.</param>
/// <param name="Expected">What the rule asks for.</param>
/// <param name="Found">What was found instead.</param>
/// <param name="TransactionIndex">The position in the block of the transaction at fault, or −1.</param>
public readonly record struct Verdict(
    VerdictKind Kind,
    BlockRule Rule = BlockRule.None,
    RuleValue Expected = default,
    RuleValue Found = default,
    int TransactionIndex = -1)
{
    /// <summary>No rule is violated.</summary>
    public static Verdict Valid => new(VerdictKind.Valid);

    /// <summary>The parent is not known.</summary>
    /// <param name="parent">The parent's identity.</param>
    public static Verdict MissingParent(BlockId parent) =>
        new(VerdictKind.MissingParent, BlockRule.PreviousUnknown, "a known block", parent.Value);

    /// <summary>The parent is here, and has to be executed first.</summary>
    /// <param name="parent">The parent's identity.</param>
    public static Verdict ParentPending(BlockId parent) => new(VerdictKind.ParentPending, BlockRule.None, "an executed parent", parent.Value);

    /// <summary>It was not looked at, since too much waits.</summary>
    /// <param name="found">What waits already.</param>
    /// <param name="expected">What may wait.</param>
    public static Verdict Busy(RuleValue found, RuleValue expected) => new(VerdictKind.Busy, BlockRule.None, expected, found);

    /// <summary>Whether no rule is violated.</summary>
    public bool IsValid => Kind == VerdictKind.Valid;

    /// <summary>When a deferred header may be judged again.</summary>
    public Timestamp Until => new(Expected.Number);

    /// <summary>A violated rule.</summary>
    /// <param name="rule">Which one.</param>
    /// <param name="found">What was found.</param>
    /// <param name="expected">What the rule asks for.</param>
    public static Verdict Invalid(BlockRule rule, RuleValue found, RuleValue expected) =>
        new(VerdictKind.Invalid, rule, expected, found);

    /// <summary>A header that lies in the future.</summary>
    /// <param name="rule">The rule that it violates until then.</param>
    /// <param name="found">The header's time.</param>
    /// <param name="until">When it may be judged again.</param>
    public static Verdict Defer(BlockRule rule, Timestamp found, Timestamp until) =>
        new(VerdictKind.Deferred, rule, until.UnixMilliseconds, found.UnixMilliseconds);

    /// <summary>What may be valid, but violates a limit of this node alone.</summary>
    /// <param name="found">What was found.</param>
    /// <param name="expected">What the node still takes.</param>
    public static Verdict RefusedByPolicy(RuleValue found, RuleValue expected) => new(VerdictKind.Refused, BlockRule.None, expected, found);

    /// <summary>Returns the same verdict about the transaction at a position.</summary>
    /// <param name="index">The position in the block.</param>
    public Verdict At(int index) => this with { TransactionIndex = index };

    /// <summary>One line that says what was wrong and what was expected.</summary>
    public string Message => Kind switch
    {
        VerdictKind.Valid => "valid",
        VerdictKind.Unchecked => "not checked",
        VerdictKind.Refused => $"not taken by this node: it takes {Expected}, found {Found}",
        VerdictKind.ParentPending => $"not judged yet: expected {Expected}, found {Found}, which is not executed",
        VerdictKind.Busy => $"not looked at: {Expected} may wait, found {Found}; it may be sent again",
        _ => $"{Rule}{(TransactionIndex >= 0 ? Invariant($" in transaction {TransactionIndex}") : "")}: expected {Expected}, found {Found}",
    };

    /// <summary>Returns <see cref="Message"/>.</summary>
    public override string ToString() => Message;
}
