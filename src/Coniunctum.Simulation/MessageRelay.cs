using Coniunctum.Consensus;

namespace Coniunctum.Simulation;

/// <summary>Passes on what a node has accepted of the others' producers, as each topic says, and tells it again where it may have got lost.</summary>
internal sealed class MessageRelay(World world, SimulatedNode node)
{
    // Of a small set's last rounds.
    private const int Kept = 64;

    private readonly Queue<Message> _latest = new();

    /// <summary>Passes a message on to all but the node that sent it.</summary>
    public void PassOn(NodeEffect.MessageJudged judged)
    {
        TopicMode mode = node.Chain.Topics!.Topics.First(topic => string.Equals(topic.Name, judged.Topic, StringComparison.Ordinal)).Mode;
        if (mode == TopicMode.Direct) return;
        var message = new Message(MessageKind.Message, judged.Topic, judged.Content, judged.Block?.Encoded ?? default);
        foreach (SimulatedNode other in world.Nodes)
        {
            if (other != node && other.Peer != judged.From) world.Send(node, other, message);
        }

        if (mode != TopicMode.Latest) return;
        if (_latest.Count == Kept) _latest.Dequeue();
        _latest.Enqueue(message);
    }

    /// <summary>Sends a node the newest messages, as to whoever connects.</summary>
    public void SendLatest(SimulatedNode other)
    {
        foreach (Message message in _latest) world.Send(node, other, message);
    }

    public void Clear() => _latest.Clear();
}
