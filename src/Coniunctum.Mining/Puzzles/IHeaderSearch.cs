using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Mining.Puzzles;

/// <summary>
/// One miner's search under a puzzle: prepares one candidate's header after another, and keeps what they share, such as a table.
/// Implementations are safe to use from several threads.
/// </summary>
public interface IHeaderSearch
{
    /// <summary>Prepares the search for one header.</summary>
    /// <param name="header">A header that is finished but for its nonce. Its time is the latest that it may carry.</param>
    /// <param name="earliest">The earliest time that it may carry; not later than the header's.</param>
    /// <param name="format">Its format.</param>
    SearchSpace Prepare(BlockHeader header, Timestamp earliest, IBlockFormat format);
}
