using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Pool;

/// <summary>A transaction in the pool.</summary>
internal sealed class PoolEntry(HashedTransaction transaction, long arrival, bool expires)
{
    public static IComparer<PoolEntry> ByFeeRate { get; } = Comparer<PoolEntry>.Create((left, right) =>
    {
        int order = CompareFeeRates(right, left);
        return order != 0 ? order : left.Arrival.CompareTo(right.Arrival);
    });

    public static IComparer<PoolEntry> ByArrival { get; } =
        Comparer<PoolEntry>.Create((left, right) => left.Arrival.CompareTo(right.Arrival));

    public static IComparer<PoolEntry> ByExpiry { get; } = Comparer<PoolEntry>.Create((left, right) =>
    {
        int order = left.ValidUntil.CompareTo(right.ValidUntil);
        return order != 0 ? order : left.Arrival.CompareTo(right.Arrival);
    });

    public HashedTransaction Transaction => transaction;

    public Transaction Body => transaction.Transaction;

    public long Arrival => arrival;

    public int Size => transaction.Size;

    /// <summary>What the sender must own for it, in base units.</summary>
    public ulong Cost => Body.Amount + Body.Fee;

    /// <summary>The last height at which a block may hold it.</summary>
    public ulong ValidUntil { get; } = expires ? transaction.Transaction.Tag.ValidUntil : ulong.MaxValue;

    /// <summary>Compares fees for each byte exactly, without dividing.</summary>
    public static int CompareFeeRates(PoolEntry left, PoolEntry right) =>
        ((UInt128)left.Body.Fee * (ulong)right.Size).CompareTo((UInt128)right.Body.Fee * (ulong)left.Size);
}
