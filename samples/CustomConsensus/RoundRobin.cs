namespace CustomConsensus;

/// <summary>Members seal blocks in turn. One is final once another member has acknowledged it: that signature is its certificate.</summary>
internal sealed class RoundRobin(Address[] members) : ConsensusSpec, IConsensusRule, ITopicRule
{
    public override string RuleName => "round-robin";

    public override Hash256 GenesisTarget => Hash256.Zero;

    public override IEnumerable<Parameter> Parameters => members.Select(member => new Parameter("member", member.Value));

    public int StateLag => int.MaxValue;

    public IReadOnlyList<TopicSpec> Topics { get; } = [new("proposal", TopicMode.Latest, 256, 2 << 20), new("acknowledgement", TopicMode.Latest, 256, 2 << 20)];

    public override ConsensusParts Build(ChainProfile profile, BlockId genesis) =>
        new(this) { Finality = new Acknowledged(members), Topics = this };

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

    /// <summary>What every node makes of a message: a member's number and its signature, with the block beside them that it is about.</summary>
    public TopicJudgement Judge(in TopicMessage message, in HeaderView tip, RuleState state, SealClaims claims)
    {
        if (message.Content.Length < 2 || message.Content.Span[0] >= members.Length) return TopicJudgement.Rejected;
        if (message.Block is not { } block || block.Header.Height != tip.Height + 1) return TopicJudgement.Ignored;
        bool isProposal = message.Topic is "proposal";
        Address author = members[message.Content.Span[0]];
        claims.Add(new SignatureClaim(isProposal ? block.Id.Value : AcknowledgementOf(block.Id), message.Content[1..], author));
        return TopicJudgement.Accept(new TopicKey(block.Header.Height, author, (byte)(isProposal ? 1 : 2)));
    }

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
