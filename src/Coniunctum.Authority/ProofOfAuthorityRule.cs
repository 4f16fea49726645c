using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.State;

namespace Coniunctum.Authority;

/// <summary>
/// EIP-225 on headers: nonce = vote · 2¹⁶ + signer, target = the voted address, and a seal that is that signer's. Other than
/// there, no block drops the last signer: no one could make another one.
/// </summary>
internal sealed class ProofOfAuthorityRule(TimeSpan spacing, ulong epoch) : IConsensusRule
{
    private static readonly Work s_inTurn = Work.From(2);
    private static readonly Work s_outOfTurn = Work.From(1);

    // PROTOCOL: at most two hours ahead of the receiver's clock. A slot is enough where they are shorter: a signer that writes
    // later times would make the others wait.
    private readonly TimeSpan _allowance = spacing < TimeSpan.FromHours(2) ? spacing : TimeSpan.FromHours(2);

    public int StateLag => int.MaxValue;

    public Verdict Check(in HeaderView header, IAncestors ancestors, RuleState parent, Timestamp? now, SealClaims seals)
    {
        var state = (SignerState)parent;
        var ballot = Ballot.Of(header.Header);
        if (ballot.Signer >= state.Signers.Length)
            return Verdict.Invalid(BlockRule.ProofInvalid, (ulong)ballot.Signer, $"the index of one of {state.Signers.Length} signers");
        if (ballot.Vote is not (AuthorityVote.None or AuthorityVote.Add or AuthorityVote.Drop))
            return Verdict.Invalid(BlockRule.ProofInvalid, header.Header.Nonce, "a vote of 0, 1 or 2");
        if (IsEpoch(header.Height) && ballot.Vote != AuthorityVote.None)
            return Verdict.Invalid(BlockRule.ProofInvalid, header.Header.Nonce, "no vote where an epoch begins");
        if (header.Header.Target.IsZero != (ballot.Vote == AuthorityVote.None))
            return Verdict.Invalid(BlockRule.TargetWrong, header.Header.Target, ballot.Vote == AuthorityVote.None ? "zero, without a vote" : "the voted address");
        if (state.WouldDropLast(new Address(header.Header.Target), ballot.Vote))
            return Verdict.Invalid(BlockRule.ProofInvalid, header.Header.Target, "another address than the last signer's, who cannot be dropped");
        Address signer = state.Signers[ballot.Signer];
        if (state.FindRecent(signer, header.Height) is { } recent)
            return Verdict.Invalid(BlockRule.ProofInvalid, recent, Invariant($"a signer of none of the {state.Limit - 1} blocks before"));
        if (header.Seal.IsEmpty) return Verdict.Invalid(BlockRule.SealInvalid, "no seal", "the signer's signature");
        Verdict time = CheckTime(header, ancestors, now);
        if (time.Kind is VerdictKind.Valid or VerdictKind.Deferred) seals.Add(new SignatureClaim(header.Digest, header.Seal, signer));
        return time;
    }

    public TimeSpan? FutureAllowanceAt(ulong height) => _allowance;

    public RuleState Advance(RuleState parent, in HeaderView header, IStateView? after) => ((SignerState)parent).After(
        header.Height, Ballot.Of(header.Header), new Address(header.Header.Target), IsEpoch(header.Height));

    public void Prepare(ref HeaderDraft draft, IAncestors ancestors, RuleState parent)
    {
        draft.Timestamp = MedianTime.ForCandidate(draft.Timestamp, ancestors);
        Timestamp slot = SlotAfter(ancestors.Parent.Header, spacing);
        if (draft.Timestamp < slot) draft.Timestamp = slot;
    }

    public Work Weight(in HeaderView header, RuleState parent) =>
        ((SignerState)parent).IsInTurn(Ballot.Of(header.Header).Signer, header.Height) ? s_inTurn : s_outOfTurn;

    public int SignersInForce(ulong height, RuleState parent) => ((SignerState)parent).Signers.Length;

    /// <summary>Returns the earliest time of the block after another.</summary>
    public static Timestamp SlotAfter(BlockHeader parent, TimeSpan spacing) => parent.Timestamp.Plus(spacing);

    private bool IsEpoch(ulong height) => height % epoch == 0;

    private Verdict CheckTime(in HeaderView header, IAncestors ancestors, Timestamp? now)
    {
        Verdict past = MedianTime.CheckPast(header, ancestors);
        if (!past.IsValid) return past;
        Timestamp slot = SlotAfter(ancestors.Parent.Header, spacing);
        return header.Header.Timestamp < slot
            ? Verdict.Invalid(BlockRule.TimestampTooOld, header.Header.Timestamp.UnixMilliseconds, slot.UnixMilliseconds)
            : MedianTime.CheckFuture(header, now, _allowance);
    }
}
