using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Simulation.Tests.Instances;

/// <summary>One validator of a <see cref="VoteInstance"/>.</summary>
internal sealed class Voter(byte index, PrivateKey key, ImmutableArray<Address> validators, ChainProfile profile) : IBlockProducer
{
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<(VotePhase Phase, int Voter), Vote> _votes = [];
    private readonly Dictionary<VotePhase, Vote> _mine = [];
    private ReadOnlyMemory<byte>? _stored;
    private readonly Dictionary<BlockId, HashedBlock> _proposals = [];
    private BlockId _chain;
    private ulong _height;
    private bool _isProposing;
    private JobId _job;

    private bool IsProposer => _height % (ulong)validators.Length == index;

    public void Step(IProducerInput input, NodeTime now, IEffectSink<IProducerEffect> effects)
    {
        switch (input)
        {
            case NodeInput.Started started:
                _chain = started.ChainId;
                _stored = started.ReadRecord(new RecordKey("proposal"));
                foreach (VotePhase phase in new[] { VotePhase.Prepare, VotePhase.Commit })
                {
                    if (started.ReadRecord(new RecordKey(phase.ToString())) is { } bytes) _mine[phase] = Vote.Read(bytes);
                }

                break;
            case ProducerInput.TipChanged changed:
                _height = changed.Tip.Height + 1;
                _proposals.Clear();
                _isProposing = false;
                _votes.Clear();
                if (_stored is { } proposal) Start(effects, () => Decode(proposal));
                effects.Emit(new NodeEffect.SetTimer(new TimerId("again"), now.Steady.Plus(s_pace)));
                break;
            case NodeInput.TimerFired:
                SendAgain(effects);
                effects.Emit(new NodeEffect.SetTimer(new TimerId("again"), now.Steady.Plus(s_pace)));
                break;
            case ProducerInput.Prepared { Candidate: var draft } when draft.Header.Height == _height:
                Start(effects, () => new JobResult.Sealed(new SignerInstance.Sign(draft.WithExtraNonce(0), key, profile.Signatures).Seal()));
                break;
            case NodeInput.JobDone { Result: JobResult.Sealed { Block: var made } } when made.Header.Height == _height:
                _stored = made.Encoded;
                effects.Emit(new ProducerEffect.Persist(new RecordKey("proposal"), made.Encoded));
                effects.Emit(new NodeEffect.Send("proposal", made.Encoded));
                effects.Emit(new ProducerEffect.Judge(made));
                break;
            case ProducerInput.MessageAccepted { Topic: "proposal", Content: var bytes }:
                Start(effects, () => Decode(bytes));
                break;
            case ProducerInput.MessageAccepted { Topic: "vote", Content: var bytes } when Vote.Read(bytes) is var vote && vote.Height == _height && vote.Voter != index:
                _votes[(vote.Phase, vote.Voter)] = vote;
                break;
            case NodeInput.JobDone { Result: Decoded { Block: var block } } when block.Header.Height == _height && !_proposals.ContainsKey(block.Id):
                effects.Emit(new ProducerEffect.Judge(block));
                break;
            case ProducerInput.Judged { Verdict.IsValid: true, Block: var block } when block.Header.Height == _height:
                _proposals.TryAdd(block.Id, block);
                Cast(VotePhase.Prepare, block.Id, effects);
                break;
            case NodeInput.JobDone { Result: Signed { Vote: var vote } } when vote.Height == _height:
                _mine[vote.Phase] = vote;
                effects.Emit(new ProducerEffect.Persist(new RecordKey(vote.Phase.ToString()), vote.Write()));
                effects.Emit(new NodeEffect.Send("vote", vote.Write()));
                _votes[(vote.Phase, vote.Voter)] = vote;
                break;
            default:
                break;
        }

        if (MajorityOf(VotePhase.Prepare) is [Vote prepared, ..]) Cast(VotePhase.Commit, prepared.Block, effects);
        if (input is NodeInput.JobDone or ProducerInput.MessageAccepted && MajorityOf(VotePhase.Commit) is [Vote committed, ..] commits)
        {
            byte[] certificate = [.. commits.SelectMany(vote => vote.Write())];
            effects.Emit(new ProducerEffect.Adopt(_proposals[committed.Block].WithCertificate(certificate, profile.Format)));
        }
    }

    private void SendAgain(IEffectSink<IProducerEffect> effects)
    {
        foreach (HashedBlock proposal in _proposals.Values) effects.Emit(new NodeEffect.Send("proposal", proposal.Encoded));
        foreach (Vote vote in _mine.Values.Where(vote => _votes.ContainsKey((vote.Phase, index))))
            effects.Emit(new NodeEffect.Send("vote", vote.Write()));
        if (!IsProposer || _isProposing || _proposals.Count > 0) return;
        _isProposing = true;
        effects.Emit(new ProducerEffect.Prepare(validators[index]));
    }

    /// <summary>Votes for a proposal, once a height and phase: what was voted before a crash is only repeated.</summary>
    private void Cast(VotePhase phase, BlockId block, IEffectSink<IProducerEffect> effects)
    {
        Vote? earlier = _mine.GetValueOrDefault(phase);
        if (earlier?.Height == _height)
        {
            if (!earlier.Signature.IsEmpty) _votes.TryAdd((phase, index), earlier);
            return;
        }

        Vote vote = _mine[phase] = new Vote(phase, index, _height, block, default);
        Start(effects, () =>
        {
            byte[] signature = new byte[profile.Signatures.SignatureSize];
            profile.Signatures.Sign(key, vote.Digest(_chain), signature);
            return new Signed(vote with { Signature = signature });
        });
    }

    /// <summary>Returns just enough votes for one proposal that is here, in the order of the validators; or none.</summary>
    private Vote[] MajorityOf(VotePhase phase)
    {
        int quorum = (validators.Length / 2) + 1;
        return _votes.Values
            .Where(vote => vote.Phase == phase && _proposals.ContainsKey(vote.Block))
            .OrderBy(vote => vote.Voter)
            .GroupBy(vote => vote.Block)
            .Where(votes => votes.Count() >= quorum)
            .Select(votes => votes.Take(quorum).ToArray())
            .FirstOrDefault([]);
    }

    private Decoded? Decode(ReadOnlyMemory<byte> bytes)
    {
        HashedBlock.Decode(bytes, profile.Format, profile.Limits, _chain, out HashedBlock? block);
        return block is null ? null : new Decoded(block);
    }

    private void Start(IEffectSink<IProducerEffect> effects, Func<JobResult?> work) =>
        effects.Emit(new NodeEffect.StartJob(_job = _job.Next(), new Job(work)));

    private sealed record Decoded(HashedBlock Block) : JobResult;

    private sealed record Signed(Vote Vote) : JobResult;

    private sealed class Job(Func<JobResult?> work) : IProducerJob
    {
        public Task<JobResult?> RunAsync(CancellationToken cancellation) => Task.FromResult(work());
    }
}
