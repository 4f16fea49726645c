namespace Coniunctum.Ledger.State;

/// <summary>
/// Names a node of the state tree by its kind and its number in <see cref="TreeNodes"/>: nothing, a branch, a block of one to
/// six accounts, or an application's entry. A number of 32 bits and no reference, so that the garbage collector has nothing
/// to follow in a tree of millions.
/// </summary>
internal readonly record struct Subtree
{
    private const int KindShift = 28;
    private const uint EntryKind = 14;
    private const uint BranchKind = 15;

    // Four bits of kind (for accounts their count), 28 bits of number.
    private readonly uint _value;

    private Subtree(uint kind, int number) => _value = number >> KindShift == 0
        ? (kind << KindShift) | (uint)number
        : throw new InvalidOperationException("The state tree has more nodes than it can number.");

    /// <summary>The subtree without leaves.</summary>
    public static Subtree None => default;

    public bool IsNone => _value == 0;

    public bool IsBranch => Kind == BranchKind;

    /// <summary>Whether it is an application's entry.</summary>
    public bool IsEntry => Kind == EntryKind;

    /// <summary>How many accounts a block holds; 0 for everything else.</summary>
    public int AccountCount => Kind <= TreeNodes.MaxAccounts ? (int)Kind : 0;

    /// <summary>Whether it is a single leaf, which has no node above it.</summary>
    public bool IsOneLeaf => Kind is 1 or EntryKind;

    /// <summary>Which one of its kind.</summary>
    public int Number => (int)(_value & ((1u << KindShift) - 1));

    private uint Kind => _value >> KindShift;

    public static Subtree Branch(int number) => new(BranchKind, number);

    /// <summary>Names a block of accounts.</summary>
    /// <param name="count">1 to <see cref="TreeNodes.MaxAccounts"/>.</param>
    /// <param name="number">Which block of so many accounts.</param>
    public static Subtree Accounts(int count, int number) => new((uint)count, number);

    public static Subtree Entry(int number) => new(EntryKind, number);
}
