using Coniunctum.Ledger;
using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus.Headers;

/// <summary>
/// What makes a header valid behind its parent, in one place for the engine and for trees of headers: its place, the consensus rule,
/// the history root, the certificate, the weight of the chain with it. No signature is recovered: those that validity depends on are
/// claimed. The engine asks step by step, since it looks at a body between them.
/// </summary>
internal sealed class HeaderValidator(IConsensusRule rule, IFinality finality, Func<BlockHeader, BlockHeader, Verdict> checkPlace)
{
    /// <summary>Checks that a header says of its place what follows from its parent.</summary>
    public Verdict CheckPlace(in HeaderView header, in HeaderView parent) => checkPlace(header.Header, parent.Header);

    /// <summary>Checks a header by the consensus rule.</summary>
    /// <param name="header">The header.</param>
    /// <param name="ancestors">Its ancestors.</param>
    /// <param name="parent">What the rule carried to the parent.</param>
    /// <param name="isCertified">Whether a certificate came along: such a header is not deferred, since others have agreed on its time.</param>
    /// <param name="now">The receiver's time, or <c>null</c> where no header may be deferred.</param>
    /// <param name="seals">Takes the signatures that its seal claims.</param>
    public Verdict CheckRule(in HeaderView header, IAncestors ancestors, RuleState parent, bool isCertified, Timestamp? now, SealClaims seals) =>
        rule.Check(header, ancestors, parent, isCertified ? null : now, seals);

    /// <summary>Compares a header's history root with the history tree up to its parent.</summary>
    public static Verdict CheckHistory(in HeaderView header, HistorySummits parent) => header.Header.HistoryRoot == parent.Root
        ? Verdict.Valid
        : Verdict.Invalid(BlockRule.HistoryRootMismatch, header.Header.HistoryRoot, parent.Root);

    /// <summary>Judges a certificate, but for its signatures.</summary>
    /// <param name="header">The header.</param>
    /// <param name="certificate">Its certificate, or <c>null</c> where it came without one.</param>
    /// <param name="parent">What the rule carried to the parent.</param>
    /// <param name="signatures">Takes the signatures that it consists of.</param>
    public Verdict JudgeCertificate(in HeaderView header, ReadOnlyMemory<byte>? certificate, RuleState parent, SealClaims signatures) =>
        finality.Judge(header, certificate, parent, signatures);

    /// <summary>Adds a header that the rule has accepted to its chain.</summary>
    /// <param name="header">The header.</param>
    /// <param name="parent">What the rule carried to the parent.</param>
    /// <param name="parentWeight">The weight of the chain up to the parent.</param>
    /// <param name="link">What is known of the chain with it.</param>
    public Verdict Extend(in HeaderView header, RuleState parent, in Work parentWeight, out Link link)
    {
        Work weight = rule.Weight(header, parent);
        bool fits = Work.TryAdd(parentWeight, weight, out Work chainWeight);
        link = fits ? new Link(weight, chainWeight, rule.Advance(parent, header, null)) : default;
        return fits ? Verdict.Valid : Verdict.Invalid(BlockRule.Overflow, weight.ToBytes(), "a chain's weight below 2^256");
    }

    /// <summary>What a header makes of its chain.</summary>
    /// <param name="Weight">What it adds to the chain's weight.</param>
    /// <param name="ChainWeight">The weight of the chain up to it.</param>
    /// <param name="State">What the rule carries on after it, as far as the header alone decides that.</param>
    internal readonly record struct Link(Work Weight, Work ChainWeight, RuleState State);
}
