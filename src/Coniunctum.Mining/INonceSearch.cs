using Coniunctum.Crypto;
using Coniunctum.Crypto.Puzzles;

namespace Coniunctum.Mining;

/// <summary>Tries nonces until one solves a puzzle, on all threads that a node was given.</summary>
public interface INonceSearch
{
    /// <summary>Searches all nonces.</summary>
    /// <param name="puzzle">The puzzle.</param>
    /// <param name="target">A nonce solves the puzzle when its digest is less than this.</param>
    /// <param name="nonce">A nonce that solves it, not always the least one; or 0.</param>
    /// <param name="cancellation">Ends the search early.</param>
    /// <returns>Whether a nonce was found; <c>false</c> when the search was cancelled or no nonce is left.</returns>
    bool TryFind(INoncePuzzle puzzle, Hash256 target, out ulong nonce, CancellationToken cancellation);
}
