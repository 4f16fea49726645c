using Coniunctum.Consensus.Headers;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Consensus.Chain;

/// <summary>
/// Brings back what a store has of blocks beside the best chain when a node is started, in the order in which those that build on one
/// block had come. Only their headers are there: they weigh, and one that comes to win is asked for.
/// </summary>
internal sealed class SideLoader
{
    private readonly HeaderValidator _headers;
    private readonly BlockTree _tree;
    private readonly SideBranches _sides;
    private readonly SideHeads _heads;
    private readonly StoredBlockLoader _loader;
    private readonly Dictionary<BlockId, List<Side>> _waiting = [];

    public SideLoader(
        ChainProfile profile, HeaderValidator headers, BlockTree tree, SideBranches sides, SideHeads heads, StoredBlockLoader loader, IEnumerable<StoredSide> stored)
    {
        (_headers, _tree, _sides, _heads, _loader) = (headers, tree, sides, heads, loader);
        foreach (StoredSide side in stored)
        {
            // What cannot be read weighs no longer, as if it had not come.
            HeadCodec.Decode(side.Header, profile.Format, profile.Limits, out BlockHead? head);
            if (head is null || head.Header.Height != side.Height || new BlockId(profile.Format.Digest(head.Header)) != side.Id) continue;
            heads.TakeStored(side);
            tree.ArriveAfter(side.Arrival);
            if (!_waiting.TryGetValue(head.Header.Previous, out List<Side>? siblings)) _waiting.Add(head.Header.Previous, siblings = []);
            siblings.Add(new Side(side, new HeaderView(head.Header, side.Id, head.Seal)));
        }
    }

    /// <summary>Adds a block of the store's best chain to the tree, behind those of its siblings that came before it.</summary>
    public void Follow(BlockNode node)
    {
        Side? own = null;
        if (_waiting.TryGetValue(node.Parent!.Id, out List<Side>? siblings))
        {
            own = siblings.Find(side => side.Stored.Id == node.Id);

            // One of which nothing is kept came when its siblings were written down already.
            Side[] earlier = [.. siblings.Where(side => side != own && (own is null || side.Stored.Arrival < own.Stored.Arrival))];
            foreach (Side side in earlier) Add(side, node.Parent);
            siblings.RemoveAll(side => side == own || earlier.Contains(side));
            if (siblings.Count == 0) _waiting.Remove(node.Parent.Id);
        }

        _tree.Add(node);
        if (own is not null) node.Arrival = own.Stored.Arrival;
    }

    /// <summary>Adds all that is left, once the best chain is there.</summary>
    public void Finish()
    {
        foreach (Side side in _waiting.Values.SelectMany(sides => sides).OrderBy(side => side.Stored.Height).ThenBy(side => side.Stored.Arrival).ToArray())
        {
            BlockId previous = side.Header.Header.Previous;
            if ((_tree.Find(previous) ?? _tree.FindInvalid(previous)) is { } parent) Add(side, parent);
        }

        _waiting.Clear();
    }

    private void Add(Side side, BlockNode parent)
    {
        if (_tree.Find(side.Stored.Id) is not null || !_headers.Extend(side.Header, parent.RuleState, parent.ChainWeight, out HeaderValidator.Link link).IsValid) return;
        BlockRule fault = side.Stored.Fault != BlockRule.None || parent.IsInTree ? side.Stored.Fault : BlockRule.ParentInvalid;
        if (fault == BlockRule.None)
        {
            // One that was part of the best chain is in the store as such.
            BlockNode node = _loader.TryFollow(parent, side.Stored.Id) ?? BlockNode.OfHeader(side.Header, parent, link.Weight, link.ChainWeight, link.State);
            _tree.Add(node);
            node.Arrival = side.Stored.Arrival;
            _sides.Add(node);
            return;
        }

        _tree.MarkRefused(side.Stored.Id, Verdict.Invalid(fault, side.Stored.Id.Value, "a valid block: it was found invalid before"), isProven: true);
        _tree.CountInvalid(BlockNode.OfHeader(side.Header, parent, link.Weight, link.ChainWeight, link.State));
    }

    private sealed record Side(StoredSide Stored, HeaderView Header);
}
