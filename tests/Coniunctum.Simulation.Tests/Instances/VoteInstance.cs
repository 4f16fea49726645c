using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Consensus.ForkChoice;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.State;

namespace Coniunctum.Simulation.Tests.Instances;

/// <summary>
/// A two-phase vote against the seams alone, for nodes that may crash but do not lie: the height's proposer proposes one
/// block, every validator prepares one and commits the one that a majority prepared, and a majority's commits are its
/// certificate.
/// </summary>
internal sealed class VoteInstance(ImmutableArray<Address> validators) : ConsensusSpec, IConsensusRule
{
    public override string RuleName => "vote-instance";

    public override Hash256 GenesisTarget => Hash256.Zero;

    public override IEnumerable<Parameter> Parameters => validators.Select((address, index) => new Parameter(Invariant($"validator.{index}"), address.Value));

    public int StateLag => int.MaxValue;

    public override ConsensusParts Build(ChainProfile profile, BlockId genesis) =>
        new(this, new HeaviestChain(), new Certificates(genesis, validators), RuleState.None, new Said(profile, genesis, validators));

    public Verdict Check(in HeaderView header, IAncestors ancestors, RuleState parent, Timestamp? now, SealClaims seals)
    {
        if (header.Header.Nonce != 0) return Verdict.Invalid(BlockRule.ProofInvalid, header.Header.Nonce, 0);
        seals.Add(new SignatureClaim(header.Digest, header.Seal, validators[(int)(header.Height % (ulong)validators.Length)]));
        return MedianTime.CheckPast(header, ancestors);
    }

    public RuleState Advance(RuleState parent, in HeaderView header, IStateView? after) => parent;

    public void Prepare(ref HeaderDraft draft, IAncestors ancestors, RuleState parent) =>
        draft.Timestamp = MedianTime.ForCandidate(draft.Timestamp, ancestors);

    public Work Weight(in HeaderView header, RuleState parent) => Work.From(1);

    /// <summary>A proposal is the block that its proposer has sealed, as it is encoded; a vote is one of a validator.</summary>
    private sealed class Said(ChainProfile profile, BlockId genesis, ImmutableArray<Address> validators) : ITopicRule
    {
        public IReadOnlyList<TopicSpec> Topics { get; } = [new("proposal", TopicMode.Mesh, TopicSpec.MaxContentBytes), new("vote", TopicMode.Mesh, Vote.Size)];

        public TopicJudgement Judge(in TopicMessage message, in HeaderView tip, RuleState state, SealClaims claims)
        {
            if (message.Topic is "vote")
            {
                if (message.Content.Length != Vote.Size) return TopicJudgement.Rejected;
                Vote vote = Vote.Read(message.Content);
                if (vote.Height != tip.Height + 1 || vote.Voter >= validators.Length) return TopicJudgement.Ignored;
                claims.Add(new SignatureClaim(vote.Digest(genesis), vote.Signature, validators[vote.Voter]));
                return TopicJudgement.Accept(new TopicKey(vote.Height, validators[vote.Voter], (byte)vote.Phase));
            }

            HashedBlock.Decode(message.Content, profile.Format, profile.Limits, genesis, out HashedBlock? block);
            if (block is null) return TopicJudgement.Rejected;
            if (block.Header.Height != tip.Height + 1) return TopicJudgement.Ignored;
            Address proposer = validators[(int)(block.Header.Height % (ulong)validators.Length)];
            claims.Add(new SignatureClaim(block.Id.Value, block.Block.Seal, proposer));
            return TopicJudgement.Accept(new TopicKey(block.Header.Height, proposer, 0));
        }
    }

    /// <summary>A certificate is the commits of a majority, in the order of the validators; what has one is final.</summary>
    private sealed class Certificates(BlockId genesis, ImmutableArray<Address> validators) : IFinality
    {
        public ulong FinalHeight { get; private set; }

        public bool UsesCertificates => false;

        public Verdict Judge(in HeaderView header, ReadOnlyMemory<byte>? certificate, RuleState parent, SealClaims signatures)
        {
            int quorum = (validators.Length / 2) + 1;
            if (certificate is not { } votes || votes.Length != quorum * Vote.Size)
                return Verdict.Invalid(BlockRule.CertificateInvalid, (ulong)(certificate?.Length ?? 0), (ulong)(quorum * Vote.Size));
            int last = -1;
            for (int i = 0; i < quorum; i++)
            {
                Vote vote = Vote.Read(votes.Slice(i * Vote.Size, Vote.Size));
                if (vote.Block != header.Id || vote.Phase != VotePhase.Commit || vote.Voter <= last || vote.Voter >= validators.Length)
                    return Verdict.Invalid(BlockRule.CertificateInvalid, vote.Block.Value, header.Id.Value);
                signatures.Add(new SignatureClaim(vote.Digest(genesis), vote.Signature, validators[last = vote.Voter]));
            }

            return Verdict.Valid;
        }

        public void Adopted(in HeaderView header, ReadOnlyMemory<byte>? certificate) => FinalHeight = header.Height;
    }
}
