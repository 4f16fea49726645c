using Coniunctum.Crypto;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Tests.Support;

namespace Coniunctum.Ledger.Tests.State;

/// <summary>
/// What a state tree holds, in a plain dictionary from key to value. One in so many keys is an application's, told by the
/// key's last byte; 0 for none. Keys are drawn, not hashed from what they stand for: a tree does not care.
/// </summary>
internal sealed class TreeModel(int applicationsIn)
{
    private readonly Dictionary<Hash256, byte[]> _values = [];

    public TreeModel(TreeModel other)
        : this(other.ApplicationsIn) =>
        _values = new(other._values);

    private int ApplicationsIn => applicationsIn;

    /// <summary>Sets or deletes what stands under keys.</summary>
    public Changes Change(IEnumerable<Hash256> keys, Random random, double growth)
    {
        var accounts = new List<PlacedAccountChange>();
        var entries = new List<PlacedEntryChange>();
        foreach (Hash256 key in keys.Order())
        {
            byte[] before = _values.GetValueOrDefault(key, []);
            bool isSet = random.NextDouble() < growth;
            byte[] after = !isSet ? [] : IsApplication(key) ? Samples.DrawBytes(random, random.Next(1, 200)) : Plain.Be((ulong)random.NextInt64(1, long.MaxValue));
            if (before.AsSpan().SequenceEqual(after)) continue;
            if (IsApplication(key))
                entries.Add(new PlacedEntryChange(key, new EntryChange(3, key.ToArray(), before, after)));
            else
                accounts.Add(new PlacedAccountChange(key, new AccountChange(new Address(key), Number(before), Number(after))));
            if (isSet)
                _values[key] = after;
            else
                _values.Remove(key);
        }

        return new Changes([.. accounts], [.. entries]);
    }

    public void AssertEqual(StateTree tree)
    {
        KeyValuePair<Hash256, byte[]>[] sorted = [.. _values.OrderBy(pair => pair.Key)];
        Assert.That(
            tree.Root.ToArray(),
            Is.EqualTo(NaiveTrees.StateRoot([.. sorted.Select(pair => (pair.Key.ToArray(), Plain.H(pair.Value)))], 0)));
        Assert.That(tree.EntryCount, Is.EqualTo(sorted.Count(pair => IsApplication(pair.Key))));
        Assert.That(tree.AccountCount, Is.EqualTo(sorted.Length - tree.EntryCount));
        var cursor = new TreeCursor(tree);
        foreach ((Hash256 key, byte[] value) in sorted)
        {
            bool isThere = cursor.MoveNext();
            Hash256 found = !isThere ? default : cursor.Entry?.Key ?? cursor.Account.Key;
            bool isEqual = cursor.Entry is { } entry ? entry.Value.Span.SequenceEqual(value) : isThere && cursor.Account.Balance == Number(value);
            if (found != key || !isEqual) Assert.Fail($"the walk meets {found}, not {key} with its value");
            bool isFound = IsApplication(key) ? tree.ValueAt(key).Span.SequenceEqual(value) : tree.BalanceAt(key) == Number(value);
            if (!isFound) Assert.Fail($"{key} is not found");
        }

        Assert.That(cursor.MoveNext(), Is.False);
    }

    private bool IsApplication(Hash256 key) => applicationsIn > 0 && key.AsSpan()[31] % applicationsIn == 0;

    private static ulong Number(byte[] value) => value.Length == 0 ? 0 : System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(value);

    public sealed record Changes(PlacedAccountChange[] Accounts, PlacedEntryChange[] Entries)
    {
        /// <summary>Does the changes; both trees stay as they are.</summary>
        public StateTree Do(StateTree tree) => Do(tree, tree.Nodes ?? new TreeNodes(), static made => made with { ReplacedCount = 0 });

        /// <summary>Does the changes and gives back the nodes that the tree does not need any more.</summary>
        public StateTree DoForGood(StateTree tree, TreeNodes nodes) => Do(tree, nodes, static made => made);

        private StateTree Do(StateTree tree, TreeNodes nodes, Func<TreeDraft.Mark, TreeDraft.Mark> what)
        {
            TreeDraft draft = nodes.BeginDraft();
            StateTree changed = tree.With(Accounts, Entries, isHashed: Accounts.Length % 2 == 0, draft);
            Assert.That(nodes.TryAdopt(what(draft.Now)));
            return changed;
        }

        public StateTree Undo(StateTree tree) => new Changes(
            Array.ConvertAll(Accounts, placed => placed with { Change = placed.Change.Reverse() }),
            Array.ConvertAll(Entries, placed => placed with { Change = placed.Change.Reverse() })).Do(tree);
    }
}
