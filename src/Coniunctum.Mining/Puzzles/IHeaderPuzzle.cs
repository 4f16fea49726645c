using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Mining.Puzzles;

/// <summary>
/// What miners search under proof-of-work, as a profile names it: the rule verifies with it, and the producer searches it.
/// Implementations hold no state.
/// </summary>
public interface IHeaderPuzzle
{
    /// <summary>The puzzle's name, to which genesis commits.</summary>
    string Name { get; }

    /// <summary>Refuses a format whose headers the puzzle cannot be searched in.</summary>
    /// <param name="format">The format.</param>
    /// <exception cref="ArgumentException">The message says what the format lacks.</exception>
    void ThrowUnlessFits(IBlockFormat format);

    /// <summary>Returns what must be less than the header's target.</summary>
    /// <param name="header">A finished header.</param>
    /// <param name="format">Its format.</param>
    Hash256 ProofOf(in HeaderView header, IBlockFormat format);

    /// <summary>Makes one miner's search under this puzzle.</summary>
    /// <param name="options">What memory the search may take.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    IHeaderSearch CreateSearch(MiningOptions options);
}
