using Coniunctum.Crypto;
using Coniunctum.Crypto.Puzzles;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Consensus.Rules;

/// <summary>
/// Mines: searches a nonce on the tip, starts anew when the tip changes, and now and then takes in what has joined the pool
/// since. A search has no memory, so that starting anew loses nothing.
/// </summary>
public sealed class ProofOfWorkProducer : IBlockProducer
{
    private const string RefreshTimer = "refresh";

    private readonly Address _receiver;
    private readonly MiningOptions _options;
    private long _job;
    private bool _isWanted;
    private bool _isSearching;
    private bool _isFinished;

    /// <summary>Sets who mines, and when.</summary>
    /// <param name="receiver">Who gets the rewards; not root.</param>
    /// <param name="options">When to mine.</param>
    /// <exception cref="ArgumentException"><paramref name="receiver"/> is root, which nothing is paid to.</exception>
    public ProofOfWorkProducer(Address receiver, MiningOptions options)
    {
        if (receiver.IsRoot) throw new ArgumentException("Nothing is paid to the root address: nobody has its key.", nameof(receiver));
        (_receiver, _options) = (receiver, options);
    }

    /// <inheritdoc/>
    public void Step(ProducerInput input, Timestamp now, IEffectSink<ProducerEffect> effects)
    {
        switch (input)
        {
            case ProducerInput.TipChanged changed:
                Stop(effects);
                _isFinished = changed.Tip.Header.Height >= _options.LastHeight;
                _isWanted = !_isFinished && (!_options.WaitsForTransactions || changed.PoolCount > 0);
                if (_isWanted) Refresh(now, effects);
                break;
            case ProducerInput.PoolFilled when !_isWanted && !_isFinished:
                _isWanted = true;
                Refresh(now, effects);
                break;
            // Also when no search runs: a block that was found but refused must not be the last one.
            case ProducerInput.TimerFired { Timer: RefreshTimer } when _isWanted:
                Refresh(now, effects);
                break;
            case ProducerInput.Prepared prepared:
                Stop(effects);
                _isSearching = true;
                effects.Emit(new ProducerEffect.StartJob(++_job, new SearchJob(prepared.Candidate, (ulong)_job << 32)));
                break;
            case ProducerInput.JobDone done:
                // A block that was found while its search was being replaced is as good as any.
                if (done.Job == _job) _isSearching = false;
                if (done.Result is JobResult.Sealed found) effects.Emit(new ProducerEffect.Adopt(found.Block));
                break;
            default:
                break;
        }
    }

    private void Refresh(Timestamp now, IEffectSink<ProducerEffect> effects)
    {
        effects.Emit(new ProducerEffect.Prepare(_receiver));
        effects.Emit(new ProducerEffect.SetTimer(RefreshTimer, now.Plus(_options.RefreshInterval)));
    }

    private void Stop(IEffectSink<ProducerEffect> effects)
    {
        if (!_isSearching) return;
        _isSearching = false;
        effects.Emit(new ProducerEffect.CancelJob(_job));
    }

    /// <summary>
    /// Searches one candidate, with another extra nonce when all nonces are used up. Every job starts with its own: where headers
    /// hold no time, the candidate of a moment later is the same one, and its nonces were tried already.
    /// </summary>
    private sealed class SearchJob(BlockDraft candidate, ulong firstExtraNonce) : IProducerJob
    {
        public JobResult? Run(IJobTools tools, CancellationToken cancellation)
        {
            var format = (IFieldHashFormat)candidate.Format;
            byte[] fieldHashes = new byte[format.FieldHashesSize];
            for (ulong extraNonce = firstExtraNonce; !cancellation.IsCancellationRequested; extraNonce++)
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
