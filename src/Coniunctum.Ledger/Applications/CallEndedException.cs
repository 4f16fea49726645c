namespace Coniunctum.Ledger.Applications;

/// <summary>Ends an application's method from within, wherever it is.</summary>
/// <param name="reason">Why the call is refused.</param>
internal sealed class CallEndedException(string reason) : Exception(reason);
