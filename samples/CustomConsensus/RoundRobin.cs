namespace CustomConsensus;

/// <summary>
/// Members take turns by height. A block is sealed by whose turn it is, and final once another member has acknowledged it: that
/// signature is its certificate.
/// </summary>
internal sealed class RoundRobin(Address[] members) : ConsensusSpec, IConsensusRule
{
    public override string RuleName => "round-robin";

    public override Hash256 GenesisTarget => Hash256.Zero;

    public override IEnumerable<Parameter> Parameters => members.Select(member => new Parameter("member", member.Value));

    public int StateLag => int.MaxValue;

    public override ConsensusParts Build(ChainProfile profile, BlockId genesis) =>
        new(this) { Finality = new Acknowledged(members) };

    public Verdict Check(in HeaderView header, IAncestors ancestors, RuleState parent, Timestamp? now, SealClaims seals)
    {
        if (header.Header.Nonce != 0) return Verdict.Invalid(BlockRule.ProofInvalid, header.Header.Nonce, 0);
        if (!header.Header.Target.IsZero) return Verdict.Invalid(BlockRule.TargetWrong, header.Header.Target, Hash256.Zero);
        seals.Add(new SignatureClaim(header.Digest, header.Seal, members[(int)(header.Height % (ulong)members.Length)]));
        return MedianTime.CheckPast(header, ancestors);
    }

    public void Prepare(ref HeaderDraft draft, IAncestors ancestors, RuleState parent) =>
        draft.Timestamp = MedianTime.ForCandidate(draft.Timestamp, ancestors);

    public Work Weight(in HeaderView header, RuleState parent) => Work.From(1);

    /// <summary>What a member signs to acknowledge a block: never the digest that seals one.</summary>
    public static Hash256 AcknowledgementOf(BlockId block) => Sha3_256.Hash([.. "acknowledged"u8, .. block.Value.AsSpan()]);

    private sealed class Acknowledged(Address[] members) : IFinality
    {
        public bool UsesCertificates => true;

        public ulong FinalHeight { get; private set; }

        public Verdict Judge(in HeaderView header, ReadOnlyMemory<byte>? certificate, RuleState parent, SealClaims signatures)
        {
            if (certificate is not { Length: > 1 } bytes || bytes.Span[0] >= members.Length || bytes.Span[0] == (byte)(header.Height % (ulong)members.Length))
                return Verdict.Invalid(BlockRule.CertificateInvalid, (ulong)(certificate?.Length ?? 0), "another member's acknowledgement");
            signatures.Add(new SignatureClaim(AcknowledgementOf(header.Id), bytes[1..], members[bytes.Span[0]]));
            return Verdict.Valid;
        }

        public void Adopted(in HeaderView header, ReadOnlyMemory<byte>? certificate) => FinalHeight = header.Height;
    }
}
