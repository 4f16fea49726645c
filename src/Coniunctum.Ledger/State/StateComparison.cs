using Coniunctum.Crypto;
using Coniunctum.Ledger.Applications;

namespace Coniunctum.Ledger.State;

/// <summary>Walks over two state trees side by side, in rising order of keys.</summary>
internal static class StateComparison
{
    public static IEnumerable<StateDifference> Between(StateTree before, StateTree after)
    {
        var left = new TreeCursor(before);
        var right = new TreeCursor(after);
        bool hasLeft = left.MoveNext(), hasRight = right.MoveNext();
        while (hasLeft || hasRight)
        {
            int order = !hasLeft ? 1 : !hasRight ? -1 : KeyOf(left).CompareTo(KeyOf(right));
            if (Compare(order <= 0 ? left : null, order >= 0 ? right : null) is { } difference) yield return difference;
            if (order <= 0) hasLeft = left.MoveNext();
            if (order >= 0) hasRight = right.MoveNext();
        }
    }

    private static Hash256 KeyOf(TreeCursor cursor) => cursor.Entry?.Key ?? cursor.Account.Key;

    /// <summary>Compares what stands under one key; <c>null</c> stands for nothing.</summary>
    private static StateDifference? Compare(TreeCursor? before, TreeCursor? after)
    {
        TreeCursor there = before ?? after!;
        if (there.Entry is { } entry)
        {
            ReadOnlyMemory<byte> first = before?.Entry!.Value ?? default, second = after?.Entry!.Value ?? default;
            return first.Span.SequenceEqual(second.Span) ? null : new StateDifference.Entry(new AppId(entry.App), entry.Name, first, second);
        }

        ulong owned = before?.Account.Balance ?? 0, owns = after?.Account.Balance ?? 0;
        return owned == owns ? null : new StateDifference.Account(there.Account.Owner, owned, owns);
    }
}
