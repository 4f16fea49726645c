using Coniunctum.Crypto;
using Coniunctum.Crypto.Puzzles;

namespace Coniunctum.Mining;

/// <summary>
/// Searches nonces on a chosen number of threads: each takes the next slice of the nonces until one of them finds a solution,
/// the search is cancelled, or no nonce is left. Safe to use from several threads; each search uses threads of its own.
/// </summary>
public sealed class NonceSearch : INonceSearch
{
    /// <summary>Nonces between two looks at the cancellation, about a millisecond's worth on one core.</summary>
    private const ulong SliceLength = 8192;

    private readonly int _threads;
    private readonly ProgressMeter? _meter;
    private long _tried;

    /// <summary>Chooses the number of threads.</summary>
    /// <param name="threads">1 to 1,024.</param>
    public NonceSearch(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threads, 1024);
        _threads = threads;
    }

    /// <summary>Chooses the number of threads, and who is told how far the searches have come.</summary>
    /// <param name="threads">1 to 1,024.</param>
    /// <param name="progress">
    /// Is told now and then while a search runs, one report at a time, on one of the search's threads: the others go on
    /// meanwhile. What it throws fails the search. A <see cref="Progress{T}"/> passes reports on to where it was made.
    /// </param>
    /// <param name="time">The clock of the rate.</param>
    /// <param name="interval">The least time between two reports, above zero; searches shorter than that share one.</param>
    public NonceSearch(int threads, IProgress<NonceSearchProgress> progress, TimeProvider time, TimeSpan interval)
        : this(threads)
    {
        ArgumentNullException.ThrowIfNull(progress);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        _meter = new ProgressMeter(progress, time, interval);
    }

    /// <summary>How many nonces were tried in all searches so far; exact to a slice a thread.</summary>
    public long Tried => Interlocked.Read(ref _tried);

    /// <inheritdoc/>
    public bool TryFind(INoncePuzzle puzzle, Hash256 target, out ulong nonce, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(puzzle);
        var search = new Search(this, puzzle, target, cancellation);
        var helpers = new List<Thread>(_threads - 1);
        _meter?.Begin();
        try
        {
            while (helpers.Count < _threads - 1)
            {
                var helper = new Thread(search.Run) { IsBackground = true, Name = "nonce search" };
                helper.Start();
                helpers.Add(helper);
            }

            search.Run();
        }
        finally
        {
            // Where a thread could not be started, those that were must not search on for no one.
            search.End();
            foreach (Thread helper in helpers) helper.Join();
            _meter?.End();
        }

        return search.TryGetResult(out nonce);
    }

    private sealed class Search(NonceSearch owner, INoncePuzzle puzzle, Hash256 target, CancellationToken cancellation)
    {
        private readonly ulong _lastSlice = puzzle.LastNonce / SliceLength;
        private readonly Lock _gate = new();
        private ulong _nextSlice;
        private bool _isEnded;
        private ulong? _found;
        private Exception? _failure;

        public void Run()
        {
            try
            {
                while (TryTakeSlice(out ulong first))
                {
                    ulong length = Math.Min(SliceLength - 1, puzzle.LastNonce - first) + 1;
                    bool found = puzzle.TryFind(first, length, target, out ulong nonce);
                    Interlocked.Add(ref owner._tried, (long)(found ? nonce - first + 1 : length));
                    if (found)
                    {
                        lock (_gate) _found ??= nonce;
                    }

                    owner._meter?.Advance(ref owner._tried);
                }
            }
#pragma warning disable CA1031 // A failure on a helper thread would end the process; it is thrown where the search was asked for.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                lock (_gate) _failure ??= exception;
            }
        }

        /// <summary>Takes no more slices.</summary>
        public void End()
        {
            lock (_gate) _isEnded = true;
        }

        public bool TryGetResult(out ulong nonce)
        {
            if (_failure is not null) throw new InvalidOperationException("The nonce search has failed.", _failure);
            nonce = _found ?? 0;
            return _found is not null;
        }

        private bool TryTakeSlice(out ulong first)
        {
            lock (_gate)
            {
                first = _nextSlice * SliceLength;
                if (_isEnded || _found is not null || _failure is not null || _nextSlice > _lastSlice || cancellation.IsCancellationRequested) return false;
                _nextSlice++;
                return true;
            }
        }
    }
}
