using Coniunctum.Crypto;
using Coniunctum.Crypto.Puzzles;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Consensus.Rules;

/// <summary>
/// Mines: searches a nonce on the tip, starts anew when the tip changes, and now and then takes in what has joined the pool
/// since. A search has no memory, so that starting anew loses nothing.
/// </summary>
/// <param name="receiver">Who gets the rewards.</param>
/// <param name="options">When to mine.</param>
public sealed class ProofOfWorkProducer(Address receiver, MiningOptions options) : IBlockProducer
{
    private const string RefreshTimer = "refresh";

    private long _job;
    private bool _isSearching;
    private bool _isFinished;

    /// <inheritdoc/>
    public void Step(ProducerInput input, Timestamp now, IEffectSink<ProducerEffect> effects)
    {
        switch (input)
        {
            case ProducerInput.TipChanged changed:
                Stop(effects);
                _isFinished = changed.Tip.Header.Height >= options.LastHeight;
                if (_isFinished) break;
                if (!options.WaitsForTransactions || changed.PoolCount > 0) Refresh(now, effects);
                break;
            case ProducerInput.PoolFilled when options.WaitsForTransactions && !_isSearching && !_isFinished:
                Refresh(now, effects);
                break;
            case ProducerInput.TimerFired { Timer: RefreshTimer } when _isSearching:
                Refresh(now, effects);
                break;
            case ProducerInput.Prepared prepared:
                Stop(effects);
                _isSearching = true;
                effects.Emit(new ProducerEffect.StartJob(++_job, new SearchJob(prepared.Candidate)));
                break;
            case ProducerInput.JobDone { Result: JobResult.Sealed found } done when done.Job == _job:
                _isSearching = false;
                effects.Emit(new ProducerEffect.Adopt(found.Block));
                break;
            default:
                break;
        }
    }

    private void Refresh(Timestamp now, IEffectSink<ProducerEffect> effects)
    {
        effects.Emit(new ProducerEffect.Prepare(receiver));
        effects.Emit(new ProducerEffect.SetTimer(RefreshTimer, now.Plus(options.RefreshInterval)));
    }

    private void Stop(IEffectSink<ProducerEffect> effects)
    {
        if (!_isSearching) return;
        _isSearching = false;
        effects.Emit(new ProducerEffect.CancelJob(_job));
    }

    /// <summary>Searches one candidate, with another extra nonce when all nonces are used up.</summary>
    private sealed class SearchJob(BlockDraft candidate) : IProducerJob
    {
        public JobResult? Run(IJobTools tools, CancellationToken cancellation)
        {
            var format = (IFieldHashFormat)candidate.Format;
            byte[] fieldHashes = new byte[format.FieldHashesSize];
            for (ulong extraNonce = 0; !cancellation.IsCancellationRequested; extraNonce++)
            {
                BlockDraft draft = candidate.WithExtraNonce(extraNonce);
                format.WriteFieldHashes(draft.Header, fieldHashes);
                var puzzle = new Sha3NoncePuzzle(fieldHashes);
                if (tools.Search.TryFind(puzzle, draft.Header.Target, out ulong nonce, cancellation))
                    return new JobResult.Sealed(draft.Seal(nonce, default));
            }

            return null;
        }
    }
}
