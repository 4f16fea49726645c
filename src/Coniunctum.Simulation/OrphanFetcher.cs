using Coniunctum.Consensus;
using Coniunctum.Ledger;

namespace Coniunctum.Simulation;

/// <summary>
/// Blocks that a node asked for because others build on them. Those wait here until the missing one was judged, so that a long
/// branch is walked back once and then taken in order.
/// </summary>
internal sealed class OrphanFetcher(World world, SimulatedNode node)
{
    // Then no one has it any more: the node that had it has lost it in a crash.
    private const int MaxAttempts = 10;

    // More than a branch has that is walked back to where it forks off. What does not fit is sent again if it matters.
    private const int MaxChildren = 4096;

    private readonly Dictionary<BlockId, Awaited> _awaited = [];

    public void Clear() => _awaited.Clear();

    public void Want(NodeEffect.FetchBlock fetch)
    {
        if (!_awaited.TryGetValue(fetch.Missing, out Awaited? awaited))
        {
            _awaited.Add(fetch.Missing, awaited = new Awaited());
            Ask(fetch.Missing, awaited, fetch.From.IsOwn ? node.DrawOther() : world.Nodes.First(other => other.Peer == fetch.From));
        }

        if (fetch.Child is not { } block || awaited.Children.Exists(child => child.Block.Id == block.Id)) return;
        if (_awaited.Values.Sum(other => other.Children.Count) < MaxChildren) awaited.Children.Add(new NodeInput.BlockArrived(block, fetch.From));
    }

    /// <summary>Returns the blocks that waited for one, once it was judged and others can be judged behind it.</summary>
    public IReadOnlyList<NodeInput.BlockArrived> Release(BlockId judged, VerdictKind verdict)
    {
        bool isGround = verdict == VerdictKind.Valid || node.Chain.IsOfUnknownRuleset(judged);
        if (!isGround && verdict != VerdictKind.Invalid) return [];
        if (!_awaited.Remove(judged, out Awaited? awaited)) return [];
        return isGround ? awaited.Children : [];
    }

    private void Ask(BlockId missing, Awaited awaited, SimulatedNode from)
    {
        world.Send(node, from, new Message(MessageKind.BlockRequest, "", missing.Value.ToArray()));
        node.After(world.Options.FetchTimeout, WorldEventKind.NetworkTimer, "fetch", missing.Value.ToArray(), () =>
        {
            if (!ReferenceEquals(_awaited.GetValueOrDefault(missing), awaited)) return;
            if (++awaited.Attempts < MaxAttempts)
                Ask(missing, awaited, node.DrawOther());
            else
                _awaited.Remove(missing);
        });
    }

    private sealed class Awaited
    {
        public List<NodeInput.BlockArrived> Children { get; } = [];

        public int Attempts { get; set; }
    }
}
