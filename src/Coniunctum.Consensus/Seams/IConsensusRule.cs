using Coniunctum.Ledger;
using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus;

/// <summary>
/// May this header follow, what does the rule carry on, and what does it weigh? Pure: everything that an answer depends on is
/// a parameter.
/// </summary>
/// <example>
/// <code>
/// public Verdict Check(in HeaderView header, IAncestors ancestors, RuleState parent, Timestamp? now, SealClaims seals)
/// {
///     if (header.Header.Nonce != 0) return Verdict.Invalid(BlockRule.ProofInvalid, header.Header.Nonce, 0);
///     if (!header.Header.Target.IsZero) return Verdict.Invalid(BlockRule.TargetWrong, header.Header.Target, Hash256.Zero);
///     seals.Add(new SignatureClaim(header.Digest, header.Seal, members[(int)(header.Height % (ulong)members.Length)]));
///     return MedianTime.CheckPast(header, ancestors);
/// }
/// </code>
/// </example>
public interface IConsensusRule
{
    /// <summary>How far headers may run ahead of executed state, in blocks; 0 when a header's check needs its parent's state.</summary>
    int StateLag { get; }

    /// <summary>Checks a header behind its parent: target, proof, time (rules 1, 2, 13, 14 and 26).</summary>
    /// <param name="header">The header; its height and ruleset were checked.</param>
    /// <param name="ancestors">Its ancestors.</param>
    /// <param name="parent">What the rule carried to the parent.</param>
    /// <param name="now">
    /// The receiver's time, or <c>null</c> where a header may not be deferred: in one's own store and under a certificate.
    /// </param>
    /// <param name="seals">Takes the signatures that validity depends on, also where the answer is deferred. The block weighs nothing before they are verified.</param>
    Verdict Check(in HeaderView header, IAncestors ancestors, RuleState parent, Timestamp? now, SealClaims seals);

    /// <summary>
    /// How far a header at a height may lie ahead of the receiver's clock, or <c>null</c> where it is not compared. No candidate
    /// is built that every receiver would defer. By default not compared.
    /// </summary>
    /// <param name="height">The header's height.</param>
    TimeSpan? FutureAllowanceAt(ulong height) => null;

    /// <summary>
    /// Whether the known ancestors reach as far down as <see cref="Check"/> looks for a header at a height. Where they do not,
    /// it checks what it can, and whoever asked should say that it was not all.
    /// </summary>
    /// <param name="height">The header's height.</param>
    /// <param name="ancestors">Its ancestors.</param>
    /// <param name="parent">What the rule is known to have carried to the parent.</param>
    bool ChecksWholly(ulong height, IAncestors ancestors, RuleState parent) => true;

    /// <summary>Checks what a header shows by itself, where no ancestor is known: a checkpoint's own proof.</summary>
    /// <param name="header">The header.</param>
    Verdict CheckAlone(in HeaderView header) => Verdict.Valid;

    /// <summary>Returns what the rule carries on after a header. By default what it carried before: a rule that begins with nothing carries nothing.</summary>
    /// <param name="parent">What it carried to the parent.</param>
    /// <param name="header">The header.</param>
    /// <param name="after">The state after the block, or <c>null</c> while only the header is known.</param>
    RuleState Advance(RuleState parent, in HeaderView header, IStateView? after) => parent;

    /// <summary>Fills in the rule's fields of a candidate's header.</summary>
    /// <param name="draft">The candidate.</param>
    /// <param name="ancestors">Its ancestors.</param>
    /// <param name="parent">What the rule carried to the parent.</param>
    void Prepare(ref HeaderDraft draft, IAncestors ancestors, RuleState parent);

    /// <summary>Returns what a header adds to the weight of its chain; at least 1.</summary>
    /// <param name="header">A header that <see cref="Check"/> accepted.</param>
    /// <param name="parent">What the rule carried to the parent.</param>
    Work Weight(in HeaderView header, RuleState parent);

    /// <summary>
    /// Returns how many signers are in force, each of whom <see cref="Check"/> names when it claims a seal: more than half of them
    /// speak for the chain. 0, the default, where a block costs work instead, or where certificates decide.
    /// </summary>
    /// <param name="height">The height of the block that they may seal.</param>
    /// <param name="parent">What the rule carried to its parent.</param>
    int SignersInForce(ulong height, RuleState parent) => 0;
}
