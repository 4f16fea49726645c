using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.Simulation.Tests.Networks;

/// <summary>What must hold in a network whose nodes are all honest, whatever happens to them: looked at while it runs, and when it is asked.</summary>
internal sealed class NetworkInvariants
{
    private const ulong Subsidy = 50;
    private const int MostTimers = 1_000;

    private static readonly TimeSpan s_timerSpan = TimeSpan.FromSeconds(10);

    private readonly NetworkScene _scene;
    private readonly Dictionary<int, Hash256> _acknowledged = [];
    private readonly Dictionary<int, (TimeSpan Since, int Count)> _timers = [];
    private readonly HashSet<int> _restored = [];
    private readonly Dictionary<ulong, BlockId> _final = [];
    private readonly HashSet<(Address Sender, TransactionTag Tag)> _confirmed = [];
    private readonly HashSet<(Address Sender, TransactionTag Tag)> _pooled = [];

    public NetworkInvariants(NetworkScene scene)
    {
        _scene = scene;
        scene.World.Observer = Watch;
    }

    /// <summary>When a tip moved last, anywhere.</summary>
    public TimeSpan LastMove { get; private set; }

    /// <summary>What did not hold, in order.</summary>
    public List<string> Violations { get; } = [];

    /// <summary>A node starts from an old file: what it had told before is gone.</summary>
    public void NoteRestored(SimulatedNode node) => _restored.Add(node.Index);

    /// <summary>Notes which payments are in some chain, and which in some pool: each must be in the chain in the end, unless the nodes of its pool crash.</summary>
    public void NoteHeld()
    {
        _pooled.Clear();
        foreach (SimulatedNode node in _scene.World.Nodes.Where(node => node.IsUp))
        {
            var hasher = new TransactionHasher(_scene.Profile.Format, node.Chain.Genesis.Id);
            foreach (Transaction payment in _scene.Payments)
            {
                if (node.Chain.State.IsTagUsed(payment.Sender, payment.Tag)) _confirmed.Add((payment.Sender, payment.Tag));
                if (node.Chain.IsPooled(hasher.Hash(payment).Id)) _pooled.Add((payment.Sender, payment.Tag));
            }
        }
    }

    /// <summary>Returns how many payments are not in a node's chain, of those that were in any, or in any pool when it was healed last.</summary>
    public int CountLost(SimulatedNode node) => _confirmed.Concat(_pooled).Count(payment => !node.Chain.State.IsTagUsed(payment.Sender, payment.Tag));

    /// <summary>Looks at every node's chain.</summary>
    public void Check(bool isFinal)
    {
        foreach (SimulatedNode node in _scene.World.Nodes.Where(node => node.IsUp))
        {
            ulong tip = node.Chain.Tip.Header.Height;
            Hold(node.Fault is null, $"{node.Name} has stopped: {node.Fault}");
            Hold(node.Chain.State.Supply == (ulong)_scene.Profile.Genesis.Allocations.Length * NetworkScene.Grant + Subsidy * tip, $"{node.Name} has another supply");
            Hold(node.Chain.State.StateRoot == node.Chain.Tip.Header.StateRoot, $"{node.Name} has another state than its tip");
            if (!isFinal) continue;
            for (ulong height = 1; height <= tip; height++)
            {
                // What is durable first: of a pruned node's old blocks only the headers are left.
                BlockId id = node.Store.IdAt(height) ?? node.Chain.BlockAt(height)!.Id;
                _final.TryAdd(height, id);
                Hold(id == _final[height], $"{node.Name} has another final block at height {height}");
            }
        }
    }

    private void Watch(WorldEvent happened)
    {
        switch (happened.Kind)
        {
            case WorldEventKind.TipMoved:
                LastMove = happened.Time;
                _acknowledged[happened.Node] = new Hash256(happened.Content.Span);
                break;
            case WorldEventKind.Started when !_restored.Remove(happened.Node) && _acknowledged.TryGetValue(happened.Node, out Hash256 last):
                Hold(_scene.World.Nodes[happened.Node].Store.FindHead(new BlockId(last)) is not null, Invariant($"node {happened.Node} has lost block {last}, which it had told of"));
                break;
            case WorldEventKind.TimerFired:
                CountTimer(happened);
                break;
            case WorldEventKind.Sent when string.Equals(happened.Subject, nameof(MessageKind.Bye), StringComparison.Ordinal):
                MessageCodec.Decode(MessageKind.Bye, happened.Content, WireLimits.Default, out WireMessage? message);
                Hold(message is Bye { Reason: not ByeReason.ProtocolFault }, Invariant($"node {happened.Node} says that it has proven a fault of an honest node: {(message as Bye)?.Text}"));
                break;
            default:
                break;
        }
    }

    /// <summary>What is due in the past wakes a node again and again: nothing stands still that anyone would see, but for its processor.</summary>
    private void CountTimer(WorldEvent happened)
    {
        (TimeSpan since, int count) = _timers.GetValueOrDefault(happened.Node, (happened.Time, 0));
        if (happened.Time < since + s_timerSpan)
        {
            _timers[happened.Node] = (since, count + 1);
            return;
        }

        Hold(count <= MostTimers, Invariant($"node {happened.Node} was woken by its timers {count} times in {s_timerSpan}"));
        _timers[happened.Node] = (happened.Time, 1);
    }

    private void Hold(bool holds, string otherwise)
    {
        if (!holds) Violations.Add($"after {_scene.World.Now}: {otherwise}");
    }
}
