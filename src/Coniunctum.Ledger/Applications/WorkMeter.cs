namespace Coniunctum.Ledger.Applications;

/// <summary>
/// Counts what an application does, in units that are the same on every node. A unit is about what reading a byte of an entry
/// costs.
/// </summary>
/// <param name="limit">How much may be done.</param>
internal sealed class WorkMeter(long limit)
{
    /// <summary>A look-up in the state, whether there is something or not.</summary>
    public const long Read = 200;

    /// <summary>A change of the state; the tree's path is hashed anew.</summary>
    public const long Write = 600;

    /// <summary>A payment.</summary>
    public const long Payment = 600;

    /// <summary>How much may be done.</summary>
    public long Limit => limit;

    /// <summary>How much was done; what would have been too much counts as the limit.</summary>
    public long Done { get; private set; }

    /// <summary>Counts work, and says whether it was within the limit.</summary>
    public bool TryCharge(long work)
    {
        bool isWithin = work <= limit - Done;
        Done = isWithin ? Done + work : limit;
        return isWithin;
    }
}
