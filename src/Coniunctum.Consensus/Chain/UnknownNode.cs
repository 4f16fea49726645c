using System.Collections.Immutable;
using Coniunctum.Consensus.Upgrades;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Chain;

/// <summary>
/// A header on a chain of a ruleset that this software does not know, which the rules that it knows accept behind its parent.
/// The lowest ones may be known blocks, where such a chain builds on a side branch.
/// </summary>
internal sealed class UnknownNode
{
    private UnknownNode(in HeaderView header, UnknownNode? parent, BlockNode fork, Work chainWeight, RuleState state) =>
        // The seal is a slice of the body's bytes, which it would keep.
        (Header, Parent, Fork, ChainWeight, State) = (header with { Seal = header.Seal.ToArray() }, parent, fork, chainWeight, state);

    public HeaderView Header { get; }

    /// <summary>The parent, or <c>null</c> where that is <see cref="Fork"/>.</summary>
    public UnknownNode? Parent { get; }

    /// <summary>The block of the best chain from which all this branches off.</summary>
    public BlockNode Fork { get; }

    public Work ChainWeight { get; }

    public RuleState State { get; }

    /// <summary>The work of so many blocks at the fork's target as settle which chain goes on.</summary>
    public Work Margin { get; private init; }

    /// <summary>How many signers are in force behind the last block of a known ruleset; 0 where no one signs.</summary>
    public int SignersInForce { get; private init; }

    /// <summary>Who has sealed a block of an unknown ruleset up to here.</summary>
    public ImmutableHashSet<Address> Signers { get; private init; } = [];

    /// <summary>Whether validators have certified a block of an unknown ruleset up to here.</summary>
    public bool IsCertified { get; private init; }

    /// <summary>How many noted blocks build on it.</summary>
    public int Children { get; set; }

    /// <summary>When it was noted, counted in blocks; 0 for a known block.</summary>
    public long Arrival { get; private init; }

    /// <summary>Copies the headers of a side branch of known blocks, whose bodies it does not keep.</summary>
    /// <param name="known">A known block.</param>
    /// <param name="best">The best chain.</param>
    /// <param name="fork">The block of the best chain that it builds on, or is.</param>
    /// <returns>The block, or <c>null</c> when it is <paramref name="fork"/>.</returns>
    public static UnknownNode? Copy(BlockNode known, BestChain best, out BlockNode fork)
    {
        var path = new Stack<BlockNode>();
        for (fork = known; !best.Contains(fork) && fork.Parent is { } below; fork = below) path.Push(fork);
        UnknownNode? copy = null;
        while (path.TryPop(out BlockNode? side)) copy = new UnknownNode(side.Header, copy, fork, side.ChainWeight, side.RuleState);
        return copy;
    }

    /// <summary>Returns a block of an unknown ruleset behind one of a known ruleset.</summary>
    public static UnknownNode First(
        in HeaderView header, UnknownNode? parent, BlockNode fork, Work weight, Work chainWeight, RuleState state, Shown shown, int signersInForce, long arrival) =>
        new(header, parent, fork, chainWeight, state)
        {
            Margin = Times(weight, UnknownRuleset.MarginBlocks),
            SignersInForce = signersInForce,
            Signers = [.. shown.Signers],
            IsCertified = shown.IsCertified,
            Arrival = arrival,
        };

    /// <summary>Returns a block behind this one.</summary>
    public UnknownNode Next(in HeaderView header, Work chainWeight, RuleState state, Shown shown, long arrival) => new(header, this, Fork, chainWeight, state)
    {
        Margin = Margin,
        SignersInForce = SignersInForce,
        Signers = Signers.Union(shown.Signers),
        IsCertified = IsCertified || shown.IsCertified,
        Arrival = arrival,
    };

    /// <summary>The greatest work where the product does not fit, which nothing outweighs.</summary>
    private static Work Times(in Work work, int count)
    {
        Work sum = Work.Zero;
        for (int i = 0; i < count; i++)
        {
            if (!Work.TryAdd(sum, work, out sum)) return Work.Max;
        }

        return sum;
    }

    /// <summary>What a block shows beside its header.</summary>
    /// <param name="Signers">Whose seals it has.</param>
    /// <param name="IsCertified">Whether it has a certificate.</param>
    internal readonly record struct Shown(IReadOnlyList<Address> Signers, bool IsCertified);

    /// <summary>The chain below a block.</summary>
    /// <param name="parent">The parent, if that lies beside the best chain.</param>
    /// <param name="fork">What lies below the fork, itself included.</param>
    internal sealed class Line(UnknownNode? parent, IAncestors fork) : IAncestors
    {
        public HeaderView Parent => parent?.Header ?? fork.Parent;

        public HeaderView At(ulong height)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(height, Parent.Height);
            UnknownNode? node = parent;
            while (node is not null && node.Header.Height > height) node = node.Parent;
            return node?.Header ?? fork.At(height);
        }
    }
}
