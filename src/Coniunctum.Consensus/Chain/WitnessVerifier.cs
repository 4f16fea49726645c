using System.Collections.Immutable;
using Coniunctum.Consensus.Node;
using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Chain;

/// <summary>
/// Verifies the seals and certificates of blocks that are not in the tree yet. While one batch is being verified the next one
/// gathers, so that many blocks at once cost as little each as the batch allows. The sources take turns: one that sends many blocks
/// delays no other's.
/// </summary>
internal sealed class WitnessVerifier
{
    // Enough to fill the widest lanes on all cores, and not so many that a block that comes meanwhile waits for long.
    private const int MaxClaims = 2048;

    private readonly SourceTurns<BlockCopy> _turns = new();
    private readonly List<Asked> _inFlight = [];
    private JobId? _job;

    /// <summary>Adds a copy whose claims are complete.</summary>
    public void Add(BlockCopy copy) => _turns.Add(copy.From, copy);

    /// <summary>Asks for the next batch, unless one is under way.</summary>
    public void Request(Func<JobId> nextJob, IEffectSink<IChainEffect> effects)
    {
        if (_job is not null) return;
        ImmutableArray<SignatureClaim>.Builder claims = ImmutableArray.CreateBuilder<SignatureClaim>();
        while (_turns.TryPeek(out BlockCopy? next) && (_inFlight.Count == 0 || claims.Count + next.ClaimCount <= MaxClaims))
        {
            _turns.Take();
            if (next.IsReleased) continue;
            _inFlight.Add(new Asked(next, next.Seals, next.Certificate));
            claims.AddRange(next.Seals.Claims);
            claims.AddRange(next.Certificate.Claims);
        }

        if (_inFlight.Count == 0) return;
        _job = nextJob();
        effects.Emit(new NodeEffect.VerifySignatures(_job.Value, claims.DrainToImmutable()));
    }

    /// <summary>Takes answers, if they are to the batch that is under way.</summary>
    /// <returns>
    /// Each copy of the batch with what its witnesses prove, in order, but for those that were judged anew since they were asked
    /// about, or are gone; <c>null</c> where the answers are another's.
    /// </returns>
    public ImmutableArray<(BlockCopy Copy, Verdict Verdict)>? TakeAnswers(NodeInput.SignaturesVerified verified)
    {
        if (verified.Job != _job) return null;
        var judged = ImmutableArray.CreateBuilder<(BlockCopy, Verdict)>(_inFlight.Count);
        ReadOnlySpan<RecoveredSigner> answers = verified.Answers.AsSpan();
        foreach (Asked asked in _inFlight)
        {
            int count = asked.Seals.Claims.Count + asked.Certificate.Claims.Count;
            if (ReferenceEquals(asked.Seals, asked.Copy.Seals) && !asked.Copy.IsReleased)
                judged.Add((asked.Copy, BlockSignatures.JudgeWitnesses(asked.Seals, asked.Certificate, answers[..count])));
            answers = answers[count..];
        }

        _inFlight.Clear();
        _job = null;
        return judged.DrainToImmutable();
    }

    /// <summary>A copy, and what it claimed when it was asked about.</summary>
    private readonly record struct Asked(BlockCopy Copy, SealClaims Seals, SealClaims Certificate);
}
