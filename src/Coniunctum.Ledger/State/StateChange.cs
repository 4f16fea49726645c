using System.Diagnostics.CodeAnalysis;
using Coniunctum.Crypto;

namespace Coniunctum.Ledger.State;

/// <summary>
/// One entry of the state before and after a block: applied forwards it does the block, backwards it undoes it. A balance of 0
/// and an application's entry that is <c>null</c> are absent.
/// </summary>
internal readonly record struct StateChange(Hash256 Key, Address Owner, ulong Before, ulong After)
{
    public ApplicationEntry? EntryBefore { get; init; }

    public ApplicationEntry? EntryAfter { get; init; }

    public bool IsAccount => EntryBefore is null && EntryAfter is null;

    public bool WasPresent => Before > 0 || EntryBefore is not null;

    public bool IsPresent => After > 0 || EntryAfter is not null;

    /// <summary>Whether anything differs before and after.</summary>
    public bool IsReal => Before != After || !SameValue(EntryBefore, EntryAfter);

    [SuppressMessage("Naming", "CA1721", Justification = "A record's members.")]
    public StateChange Reversed => this with { Before = After, After = Before, EntryBefore = EntryAfter, EntryAfter = EntryBefore };

    /// <summary>The entry after the change; its hash is not computed.</summary>
    public StateEntry ToEntry() => new() { Key = Key, Owner = Owner, Balance = After, Application = EntryAfter };

    /// <summary>Whether an entry of the tree is what the change found.</summary>
    public bool FoundThis(in StateEntry entry) =>
        entry.Balance == Before
        && entry.Owner == Owner
        && SameValue(entry.Application, EntryBefore);

    private static bool SameValue(ApplicationEntry? one, ApplicationEntry? other) =>
        one is null || other is null ? ReferenceEquals(one, other) : one.Value.Span.SequenceEqual(other.Value.Span);

    /// <summary>The error of a change that was made on another state.</summary>
    public static InvalidOperationException Misfit() => new("A change does not fit the state that it is applied to.");
}
