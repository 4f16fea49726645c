using System.Diagnostics.CodeAnalysis;

namespace Coniunctum.Ledger.State;

/// <summary>A value that may be absent.</summary>
internal readonly record struct Slot<TValue>
{
    private readonly TValue? _value;

    public Slot(TValue value) => (_value, IsPresent) = (value, true);

    public bool IsPresent { get; }

    public TValue Value => IsPresent ? _value! : throw new InvalidOperationException("The slot is empty.");
}

/// <summary>One entry before and after a block: applied forwards it does the block, backwards it undoes it.</summary>
internal readonly record struct TableChange<TKey, TValue>(TKey Key, Slot<TValue> Before, Slot<TValue> After)
{
    [SuppressMessage("Naming", "CA1721", Justification = "A record's members.")]
    public TableChange<TKey, TValue> Reversed => new(Key, After, Before);
}
