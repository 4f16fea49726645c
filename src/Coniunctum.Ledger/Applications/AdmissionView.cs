using Coniunctum.Crypto;
using Coniunctum.Ledger.State;

namespace Coniunctum.Ledger.Applications;

/// <summary>An application's entries at the tip, for judging what arrives.</summary>
internal sealed class AdmissionView(AppId application, IStateView state, LedgerLimits limits)
    : ApplicationView(application, state.Height + 1, limits, new WorkMeter(limits.MaxCallWork))
{
    private protected override ReadOnlyMemory<byte> Read(ReadOnlySpan<byte> key) => state.EntryOf(Application, key);

    private protected override Hash256 ReadHistoryRoot() => state.HistoryRoot;
}
