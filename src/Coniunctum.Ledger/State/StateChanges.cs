using System.Runtime.InteropServices;
using Coniunctum.Crypto;

namespace Coniunctum.Ledger.State;

/// <summary>A balance before and after a block; 0 is absent.</summary>
internal readonly record struct AccountChange(Address Owner, ulong Before, ulong After)
{
    public AccountChange Reverse() => new(Owner, After, Before);

    /// <summary>How many accounts more there are afterwards.</summary>
    public int Growth => (After > 0 ? 1 : 0) - (Before > 0 ? 1 : 0);

    public static AccountChange[] Of(ReadOnlySpan<PlacedAccountChange> placed)
    {
        var changes = new AccountChange[placed.Length];
        for (int i = 0; i < changes.Length; i++) changes[i] = placed[i].Change;
        return changes;
    }

    /// <summary>Writes changes with their places in the tree.</summary>
    public static void Place(ReadOnlySpan<AccountChange> changes, Span<PlacedAccountChange> placed)
    {
        const int batch = 64;
        Span<Address> owners = stackalloc Address[batch];
        Span<Hash256> keys = stackalloc Hash256[batch];
        for (int done = 0; done < changes.Length; done += batch)
        {
            int count = Math.Min(batch, changes.Length - done);
            for (int i = 0; i < count; i++) owners[i] = changes[done + i].Owner;
            StateKeys.OfAccounts(owners[..count], keys);
            for (int i = 0; i < count; i++) placed[done + i] = new PlacedAccountChange(keys[i], changes[done + i]);
        }
    }

    /// <summary>Joins several blocks' changes of the same accounts, and leaves out what is as it was before the first.</summary>
    public static IEnumerable<AccountChange> Join(IEnumerable<StateDelta> deltas)
    {
        var joined = new Dictionary<Address, AccountChange>();
        foreach (AccountChange change in deltas.SelectMany(delta => delta.Accounts))
        {
            ref AccountChange total = ref CollectionsMarshal.GetValueRefOrAddDefault(joined, change.Owner, out bool isKnown);
            total = isKnown ? total with { After = change.After } : change;
        }

        return joined.Values.Where(change => change.Before != change.After);
    }

    /// <summary>Returns changes in rising order of their places in the tree.</summary>
    public static AccountChange[] Sort(IEnumerable<AccountChange> changes) => Of(PlaceInOrder(changes));

    /// <summary>Returns changes with their places in the tree, in rising order of these.</summary>
    public static PlacedAccountChange[] PlaceInOrder(IEnumerable<AccountChange> changes)
    {
        AccountChange[] unsorted = [.. changes];
        var placed = new PlacedAccountChange[unsorted.Length];
        Place(unsorted, placed);
        Array.Sort(placed, static (left, right) => left.Key.CompareTo(right.Key));
        return placed;
    }
}

/// <summary>An application's entry before and after a block; an empty value is absent.</summary>
internal readonly record struct EntryChange(uint App, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Before, ReadOnlyMemory<byte> After)
{
    /// <summary>Where the entry stands in the tree.</summary>
    public Hash256 Place => StateKeys.OfApplication(App, Key.Span);

    public EntryChange Reverse() => new(App, Key, After, Before);

    /// <summary>How many entries more there are afterwards.</summary>
    public int Growth => (After.IsEmpty ? 0 : 1) - (Before.IsEmpty ? 0 : 1);

    public bool IsReal => !Before.Span.SequenceEqual(After.Span);

    /// <inheritdoc cref="AccountChange.Join"/>
    public static IEnumerable<EntryChange> Join(IEnumerable<StateDelta> deltas)
    {
        var joined = new Dictionary<Hash256, EntryChange>();
        foreach (EntryChange change in deltas.SelectMany(delta => delta.Entries))
        {
            ref EntryChange total = ref CollectionsMarshal.GetValueRefOrAddDefault(joined, change.Place, out bool isKnown);
            total = isKnown ? total with { After = change.After } : change;
        }

        return joined.Values.Where(change => change.IsReal);
    }

    /// <summary>Returns changes in rising order of their places in the tree.</summary>
    public static EntryChange[] Sort(IEnumerable<EntryChange> changes) => [.. changes.OrderBy(change => change.Place)];
}

/// <summary>An <see cref="AccountChange"/> with its place in the tree.</summary>
internal readonly record struct PlacedAccountChange(Hash256 Key, AccountChange Change);

/// <summary>An <see cref="EntryChange"/> with its place in the tree.</summary>
internal readonly record struct PlacedEntryChange(Hash256 Key, EntryChange Change);

/// <summary>The error of changes that were made on another state.</summary>
internal static class StateMismatch
{
    public static InvalidOperationException Error() => new("A change does not fit the state that it is applied to.");
}
