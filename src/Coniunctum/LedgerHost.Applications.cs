using Coniunctum.Ledger.Applications;

namespace Coniunctum;

/// <content>What applications have set.</content>
public sealed partial class LedgerHost
{
    /// <summary>Returns the value of an application's key, as of the newest block; empty when it has none.</summary>
    /// <param name="application">The application.</param>
    /// <param name="key">The application's own key.</param>
    public ReadOnlyMemory<byte> EntryOf(AppId application, ReadOnlySpan<byte> key)
    {
        lock (_gate) return _node.Chain.State.EntryOf(application, key);
    }
}
