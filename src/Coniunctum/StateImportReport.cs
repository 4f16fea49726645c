using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;

namespace Coniunctum;

/// <summary>What taking in a state came to.</summary>
/// <param name="Tip">The block after which the store now has the state.</param>
/// <param name="ChainWeight">
/// The weight of the chain up to it. Whoever has made the file may have hidden a heavier chain: compare this, or the tip, with
/// what others say.
/// </param>
/// <param name="Supply">Base units in existence.</param>
/// <param name="AccountCount">How many addresses own something.</param>
public sealed record StateImportReport(StoredTip Tip, Work ChainWeight, ulong Supply, int AccountCount);
