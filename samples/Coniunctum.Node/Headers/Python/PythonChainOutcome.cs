using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Node.Headers.Python;

/// <summary>What verifying a Python client's chain came to.</summary>
/// <param name="Count">How many blocks are right, from the first on.</param>
/// <param name="Tip">The hash of the last one of them.</param>
/// <param name="Verdict">Valid, or the rule that the next block violates; unchecked when it is no block.</param>
/// <param name="Fault">Why the bytes are no chain, or the next block is none; or <c>null</c>.</param>
public readonly record struct PythonChainOutcome(int Count, Hash256 Tip, Verdict Verdict, string? Fault);
