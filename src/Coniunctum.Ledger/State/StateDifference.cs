using Coniunctum.Crypto;
using Coniunctum.Ledger.Applications;

namespace Coniunctum.Ledger.State;

/// <summary>What differs between two states.</summary>
public abstract record StateDifference
{
    private StateDifference()
    {
    }

    /// <summary>An account.</summary>
    /// <param name="Owner">Whose.</param>
    /// <param name="Before">What it owns in the first state, in base units; 0 where it is not there.</param>
    /// <param name="After">What it owns in the second one.</param>
    public sealed record Account(Address Owner, ulong Before, ulong After) : StateDifference;

    /// <summary>An entry of an application.</summary>
    /// <param name="Application">The application.</param>
    /// <param name="Key">The application's own key.</param>
    /// <param name="Before">Its value in the first state; empty where there is none.</param>
    /// <param name="After">Its value in the second one.</param>
    public sealed record Entry(AppId Application, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Before, ReadOnlyMemory<byte> After) : StateDifference;
}
