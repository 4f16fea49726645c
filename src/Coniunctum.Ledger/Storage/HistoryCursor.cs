namespace Coniunctum.Ledger.Storage;

/// <summary>
/// A place in the history of an address. It stays good when blocks are added, and when a reorganization replaces its block it
/// means the same height and position in the new one.
/// </summary>
/// <param name="Height">The height of a block.</param>
/// <param name="Position">A transaction's place in it.</param>
public readonly record struct HistoryCursor(ulong Height, int Position) : IComparable<HistoryCursor>
{
    /// <summary>Orders by height, then by position.</summary>
    /// <param name="other">Another place.</param>
    public int CompareTo(HistoryCursor other) => Height == other.Height ? Position.CompareTo(other.Position) : Height.CompareTo(other.Height);

    /// <summary>Whether one comes before the other.</summary>
    public static bool operator <(HistoryCursor left, HistoryCursor right) => left.CompareTo(right) < 0;

    /// <summary>Whether one comes after the other.</summary>
    public static bool operator >(HistoryCursor left, HistoryCursor right) => left.CompareTo(right) > 0;

    /// <summary>Whether one does not come after the other.</summary>
    public static bool operator <=(HistoryCursor left, HistoryCursor right) => left.CompareTo(right) <= 0;

    /// <summary>Whether one does not come before the other.</summary>
    public static bool operator >=(HistoryCursor left, HistoryCursor right) => left.CompareTo(right) >= 0;
}
