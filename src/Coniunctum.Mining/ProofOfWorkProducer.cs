using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Mining.Puzzles;

namespace Coniunctum.Mining;

/// <summary>
/// Mines: searches a header on the tip, starts anew when the tip changes, and now and then takes in what has joined the pool
/// since. A search has no memory, so that starting anew loses nothing.
/// </summary>
public sealed class ProofOfWorkProducer : IBlockProducer
{
    private const string RefreshTimer = "refresh";
    private const string EmptyTimer = "empty block";

    private readonly Address _receiver;
    private readonly MiningOptions _options;
    private readonly INonceSearch _search;
    private readonly IHeaderSearch _headers;
    private JobId _job;
    private bool _isWanted;
    private bool _isSearching;
    private bool _isFinished;
    private SteadyTime? _emptyBlockAt;
    private Timestamp? _emptyBlockShown;

    /// <summary>Sets who mines, and when.</summary>
    /// <param name="receiver">Who gets the rewards; not root.</param>
    /// <param name="options">When to mine, and with what memory.</param>
    /// <param name="search">Tries the nonces. Several searches may run at the same time, one of them cancelled.</param>
    /// <param name="puzzle">The puzzle that the chain's rule verifies: <see cref="ProofOfWork.Puzzle"/>. Default: <see cref="DoubleSha3"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="receiver"/> is root, which nothing is paid to, or an option is out of its range.</exception>
    public ProofOfWorkProducer(Address receiver, MiningOptions options, INonceSearch search, IHeaderPuzzle? puzzle = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(search);
        if (receiver.IsRoot) throw new ArgumentException("Nothing is paid to the root address: no one has its key.", nameof(receiver));
        (_receiver, _options, _search, _headers) = (receiver, options, search, (puzzle ?? new DoubleSha3()).CreateSearch(options));
    }

    /// <inheritdoc/>
    public ProductionStatus Status =>
        _isFinished ? new ProductionStatus(ProductionState.Finished, $"block {_options.LastHeight} was the last one to mine")
        : _isWanted ? ProductionStatus.Making
        : ProductionStatus.WaitsForTransactions with { Until = _emptyBlockShown };

    /// <inheritdoc/>
    public void Step(IProducerInput input, NodeTime now, IEffectSink<IProducerEffect> effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        ArgumentNullException.ThrowIfNull(input);
        switch (input)
        {
            case ProducerInput.TipChanged changed:
                Stop(effects);
                _isFinished = changed.Tip.Header.Height >= _options.LastHeight;
                Begin(changed.PoolCount > 0, now, effects);
                break;
            case ProducerInput.PoolFilled when !_isWanted && !_isFinished:
            case NodeInput.TimerFired { Timer.Name: EmptyTimer } when !_isWanted && now.Steady >= _emptyBlockAt:
                _isWanted = true;
                Refresh(now, effects);
                break;
            // Also when no search runs: a block that was found but refused must not be the last one.
            case NodeInput.TimerFired { Timer.Name: RefreshTimer } when _isWanted:
                Refresh(now, effects);
                break;
            // The candidate builds on the newest tip, which may be told only later: its commit is on its way.
            case ProducerInput.Prepared { Candidate.Header.Height: var height } when height > _options.LastHeight:
                break;
            case ProducerInput.Prepared prepared:
                Stop(effects);
                _isSearching = true;
                effects.Emit(new NodeEffect.StartJob(_job = _job.Next(), new SearchJob(prepared.Candidate, _headers, _search)));
                break;
            case NodeInput.JobDone done:
                // A block that was found while its search was being replaced is as good as any.
                if (done.Job == _job) _isSearching = false;
                if (done.Result is JobResult.Sealed found) effects.Emit(new ProducerEffect.Adopt(found.Block));
                break;
            default:
                break;
        }
    }

    /// <summary>Begins on a new tip: at once, when a transaction comes, or when an empty block's time has come.</summary>
    private void Begin(bool hasTransactions, NodeTime now, IEffectSink<IProducerEffect> effects)
    {
        bool isEmptyAtOnce = !_options.WaitsForTransactions && !(_options.EmptyBlockInterval > TimeSpan.Zero);
        _isWanted = !_isFinished && (hasTransactions || isEmptyAtOnce);
        (_emptyBlockAt, _emptyBlockShown) = (null, null);
        if (_isWanted)
        {
            Refresh(now, effects);
        }
        else if (!_isFinished && !_options.WaitsForTransactions)
        {
            TimeSpan interval = _options.EmptyBlockInterval!.Value;
            (_emptyBlockAt, _emptyBlockShown) = (now.Steady.Plus(interval), now.Wall.Plus(interval));
            effects.Emit(new NodeEffect.SetTimer(new TimerId(EmptyTimer), _emptyBlockAt.Value));
        }
    }

    private void Refresh(NodeTime now, IEffectSink<IProducerEffect> effects)
    {
        effects.Emit(new ProducerEffect.Prepare(_receiver));
        effects.Emit(new NodeEffect.SetTimer(new TimerId(RefreshTimer), now.Steady.Plus(_options.RefreshInterval)));
    }

    private void Stop(IEffectSink<IProducerEffect> effects)
    {
        if (!_isSearching) return;
        _isSearching = false;
        effects.Emit(new NodeEffect.CancelJob(_job));
    }

    /// <summary>
    /// Searches one candidate, with another extra nonce when all tries are used up. Every candidate comes with its own, so that
    /// none is searched twice, also where headers hold no time.
    /// </summary>
    private sealed class SearchJob(BlockDraft candidate, IHeaderSearch headers, INonceSearch search) : IProducerJob
    {
        public bool IsSearch => true;

        public Task<JobResult?> RunAsync(CancellationToken cancellation)
        {
            for (ulong extraNonce = 0; !cancellation.IsCancellationRequested; extraNonce++)
            {
                BlockDraft draft = candidate.WithExtraNonce(extraNonce);
                SearchSpace space = headers.Prepare(draft.Header, draft.EarliestTimestamp, draft.Format);
                if (!search.TryFind(space.Puzzle, draft.Header.Target, out ulong number, cancellation)) continue;
                BlockHeader found = space.HeaderOf(number);
                return Task.FromResult<JobResult?>(new JobResult.Sealed((draft with { Header = found }).Seal(found.Nonce, default)));
            }

            return Task.FromResult<JobResult?>(null);
        }
    }
}
