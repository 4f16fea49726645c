namespace Coniunctum.Crypto.Puzzles;

/// <summary>
/// A proof-of-work puzzle for one candidate block: each nonce has a digest, and a nonce solves the puzzle when its digest is
/// below a target. Implementations are immutable and safe to use from several threads.
/// </summary>
/// <remarks>
/// One call searches a whole range, so that the hot loop lies inside the puzzle. A caller that wants to stop, or to report
/// progress, searches slices: a few thousand nonces take about a millisecond.
/// </remarks>
public interface INoncePuzzle
{
    /// <summary>The greatest nonce; all from 0 on may be tried. A search that has tried them all changes something else.</summary>
    ulong LastNonce { get; }

    /// <summary>Computes one nonce's digest, as a verifier would.</summary>
    /// <param name="nonce">At most <see cref="LastNonce"/>.</param>
    Hash256 Digest(ulong nonce);

    /// <summary>
    /// Searches the nonces from <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> − 1 for the
    /// lowest one whose digest is below <paramref name="target"/>, strictly, as an unsigned big-endian number. What it allocates, if
    /// anything, does not grow with the range.
    /// </summary>
    /// <param name="first">The first nonce.</param>
    /// <param name="count">How many nonces to try; 0 finds nothing.</param>
    /// <param name="target">The target.</param>
    /// <param name="nonce">The solution, or 0.</param>
    /// <returns>Whether there was a solution.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The range ends beyond <see cref="LastNonce"/>.</exception>
    bool TryFind(ulong first, ulong count, Hash256 target, out ulong nonce);
}
