using Coniunctum.Consensus;
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
    private long _tried;

    /// <summary>Chooses the number of threads.</summary>
    /// <param name="threads">1 to 1,024.</param>
    public NonceSearch(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threads, 1024);
        _threads = threads;
    }

    /// <summary>How many nonces were tried in all searches so far; its growth over time is the hash rate. Exact to a slice a thread.</summary>
    public long Tried => Interlocked.Read(ref _tried);

    /// <inheritdoc/>
    public bool TryFind(INoncePuzzle puzzle, Hash256 target, out ulong nonce, CancellationToken cancellation)
    {
        var search = new Search(this, puzzle, target, cancellation);
        var helpers = new List<Thread>(_threads - 1);
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
            // Where a thread could not be started, those that were must not search on for nobody.
            search.End();
            foreach (Thread helper in helpers) helper.Join();
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
                    if (!found) continue;
                    lock (_gate) _found ??= nonce;
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
