using Coniunctum.Crypto.Puzzles;
using Coniunctum.Ledger;

namespace Coniunctum.Mining.Puzzles;

/// <summary>The headers among which one search looks: each number up to the puzzle's last one stands for a header. Immutable.</summary>
/// <param name="Puzzle">Its digest of a number is the proof of the number's header.</param>
/// <param name="HeaderOf">Returns a number's header, finished: with its nonce, and with its time where times are tried too.</param>
public sealed record SearchSpace(INoncePuzzle Puzzle, Func<ulong, BlockHeader> HeaderOf);
