using Coniunctum.Ledger;
using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus.Headers;

/// <summary>A header with what its chain makes of it: all that is needed to judge the next one. Immutable.</summary>
/// <param name="Header">The header and its seal.</param>
/// <param name="State">What the rule carries on after it.</param>
/// <param name="ChainWeight">The weight of the chain up to it.</param>
/// <param name="History">
/// The history tree with it; <c>null</c> where the format has none, and where it is not known, so that history roots are not compared.
/// From a store it is <see cref="HistorySummits.After"/> one more than its height.
/// </param>
public sealed record ChainedHeader(HeaderView Header, RuleState State, Work ChainWeight, HistorySummits? History = null)
{
    /// <summary>Its identity.</summary>
    public BlockId Id => Header.Id;

    /// <summary>Its height.</summary>
    public ulong Height => Header.Height;
}
