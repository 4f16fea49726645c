using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Pool;

/// <summary>A transaction in the pool, with its place in the pool's orders.</summary>
internal sealed class PoolEntry(HashedTransaction transaction, bool expires)
{
    public static IComparer<PoolEntry> ByArrival { get; } =
        Comparer<PoolEntry>.Create((left, right) => left.Arrival.CompareTo(right.Arrival));

    public HashedTransaction Transaction => transaction;

    // Kept here too: whoever walks the whole pool waits for memory at each step from object to object.
    public Transaction Body { get; } = transaction.Transaction;

    public int Size { get; } = transaction.Size;

    /// <summary>What the sender must own for it, in base units.</summary>
    public ulong Cost { get; } = transaction.Transaction.Amount + transaction.Transaction.Fee;

    /// <summary>The last height at which a block may hold it.</summary>
    public ulong ValidUntil { get; } = expires ? transaction.Transaction.Tag.ValidUntil : ulong.MaxValue;

    /// <summary>
    /// The fee for each byte, in 2⁻⁶⁴ base units, rounded down. Exact as an order: two different fees for a byte differ by 1
    /// over the product of their sizes at least, which are below 2³² each.
    /// </summary>
    public UInt128 FeeRate { get; } = ((UInt128)transaction.Transaction.Fee << 64) / (uint)transaction.Size;

    /// <summary>Its turn among all of the pool, from when it arrived or last became ready; what blocks gave back comes before all others.</summary>
    public long Arrival { get; set; }

    public PoolStatus Place { get; set; } = PoolStatus.Outside;

    /// <summary>Where it was when it was last reported.</summary>
    public PoolStatus LastReported { get; set; } = PoolStatus.Outside;

    /// <summary>What keeps it from being ready, as of when that was last looked at.</summary>
    public Verdict WaitsFor { get; set; }

    /// <summary>The last height of the tip at which it may still wait.</summary>
    public ulong WaitsUntil { get; set; }

    /// <summary>Whether it is listed for the height at which its window opens.</summary>
    public bool IsEarly { get; set; }

    /// <summary>The sender's transaction that became ready just before this one.</summary>
    public PoolEntry? Previous { get; set; }

    /// <summary>The sender's transaction that became ready just after this one.</summary>
    public PoolEntry? Next { get; set; }
}
