using Coniunctum.Client;
using Microsoft.AspNetCore.Http;

namespace Coniunctum.AspNetCore;

/// <summary>The ledger that is served, once it runs.</summary>
/// <param name="ledger">The ledger, started or not.</param>
/// <param name="options">How it is served.</param>
internal sealed class ServedLedger(LedgerHost ledger, LedgerApiOptions options)
{
    public LedgerApiOptions Options => options;

    public TimeProvider Time => options.Time!;

    /// <summary>The ledger.</summary>
    /// <exception cref="ApiProblemException">It does not run.</exception>
    public LedgerHost Running
    {
        get
        {
            try
            {
                _ = ledger.ChainId;
                return ledger;
            }
            catch (InvalidOperationException)
            {
                // Not started, or stopped before it was.
                throw new ApiProblemException(StatusCodes.Status503ServiceUnavailable, "The ledger does not run yet: try again when it has been opened.");
            }
        }
    }
}
