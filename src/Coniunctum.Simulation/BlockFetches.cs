using Coniunctum.Consensus.Node;
using Coniunctum.Ledger;

namespace Coniunctum.Simulation;

/// <summary>
/// Blocks that a node asked for because others build on them. Those wait here until the missing one was judged, so that a long
/// branch is walked back once and then taken in order.
/// </summary>
internal sealed class BlockFetches(World world, SimulatedNode node)
{
    // Then nobody has it any more: the node that had it has lost it in a crash.
    private const int MaxAttempts = 10;

    private readonly Dictionary<BlockId, Wanted> _wanted = [];

    public void Clear() => _wanted.Clear();

    public void Want(NodeEffect.FetchBlock fetch)
    {
        if (!_wanted.TryGetValue(fetch.Missing, out Wanted? wanted))
        {
            _wanted.Add(fetch.Missing, wanted = new Wanted());
            Ask(fetch.Missing, wanted, world.Nodes.First(other => string.Equals(other.Name, fetch.From, StringComparison.Ordinal)));
        }

        if (!wanted.Children.Exists(child => child.Block.Id == fetch.Child.Id))
            wanted.Children.Add(new NodeInput.BlockArrived(fetch.Child, fetch.From));
    }

    /// <summary>Returns the blocks that waited for one, once it was judged and others can be judged behind it.</summary>
    public IReadOnlyList<NodeInput.BlockArrived> Release(BlockId judged, VerdictKind verdict)
    {
        bool isGround = verdict == VerdictKind.Valid || node.Chain.IsOfUnknownRuleset(judged);
        if (!isGround && verdict != VerdictKind.Invalid) return [];
        if (!_wanted.Remove(judged, out Wanted? wanted)) return [];
        return isGround ? wanted.Children : [];
    }

    private void Ask(BlockId missing, Wanted wanted, SimulatedNode from)
    {
        world.Send(node, from, new Letter(LetterKind.BlockRequest, "", missing.Value.ToArray()));
        node.After(world.Options.FetchTimeout, WorldEventKind.NetworkTimer, "fetch", missing.Value.ToArray(), () =>
        {
            if (!ReferenceEquals(_wanted.GetValueOrDefault(missing), wanted)) return;
            if (++wanted.Attempts < MaxAttempts)
                Ask(missing, wanted, node.DrawOther());
            else
                _wanted.Remove(missing);
        });
    }

    private sealed class Wanted
    {
        public List<NodeInput.BlockArrived> Children { get; } = [];

        public int Attempts { get; set; }
    }
}
