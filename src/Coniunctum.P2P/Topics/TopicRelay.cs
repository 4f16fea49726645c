using System.Collections.Frozen;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Node;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Sync;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Topics;

/// <summary>
/// A rule's own messages: this node's go to every peer that has the ledger, once each, and so does what the node has accepted of
/// others where the topic travels on. A block beside a message travels by itself: who lacks it asks for it.
/// </summary>
internal sealed class TopicRelay(ConsensusParts parts, PeerOutput output, BodyFetcher fetcher, PublishedBlocks published) : IPeerProtocol, IBodyClient
{
    // Messages that wait for their block, of one peer.
    private const int MostWaiting = 8;

    private readonly FrozenDictionary<string, TopicSpec> _topics =
        (parts.Topics?.Topics ?? []).ToFrozenDictionary(topic => topic.Name, StringComparer.Ordinal);

    private readonly Dictionary<Peer, List<(Publish Message, BlockId Block)>> _waiting = [];

    public SteadyTime Due => new(TimeSpan.MaxValue);

    /// <summary>Messages of this node's own that no one was sent, since they are larger than one may be.</summary>
    public long TooLarge { get; private set; }

    public void Open(Peer peer) => _waiting[peer] = [];

    public void Close(Peer peer) => _waiting.Remove(peer);

    public bool TryTake(Peer peer, PeerInput input)
    {
        switch (input)
        {
            case PeerInput.Received { Message: Publish message }:
                Take(peer, message);
                return true;
            case PeerInput.Received { Message: Digest or Want }:
                // Of modes that are not spoken yet: nothing was promised.
                return true;
            default:
                return false;
        }
    }

    public void Observe(IPeerInput input)
    {
        switch (input)
        {
            case NodeEffect.Send send:
                Publish(send.Topic, send.Content, send.Block, default);
                break;
            case NodeEffect.MessageJudged { Verdict: MessageVerdict.Accepted } judged when !judged.From.IsOwn && TravelsOn(judged.Topic):
                Publish(judged.Topic, judged.Content, judged.Block, judged.From);
                break;
            case NodeEffect.MessageJudged { Block: { } block, Verdict: MessageVerdict.Ignored or MessageVerdict.Rejected, From.IsOwn: false }:
                // Seal and certificate are no part of the id: this copy stands before no other one.
                published.Remove(block);
                break;
            default:
                break;
        }
    }

    /// <summary>Asks for the blocks that messages wait for, of whoever has named them.</summary>
    public void Look()
    {
        foreach ((Peer peer, List<(Publish Message, BlockId Block)> waiting) in _waiting)
        {
            foreach ((_, BlockId id) in waiting)
                if (!fetcher.IsAsked(id) && !fetcher.Owes(peer, id) && fetcher.RoomOf(peer) > 0) fetcher.Ask(peer, [id], this);
        }
    }

    public bool TryTake(Peer from, HashedBlock block)
    {
        if (block.ComputedMerkleRoot != block.Header.MerkleRoot || block.IsMutated)
        {
            output.Close(from, ByeReason.ProtocolFault, "a body that is not its id's");
            return false;
        }

        bool isOfUse = published.Find(block.Id) is null;
        published.Add(block);
        foreach ((Peer peer, List<(Publish Message, BlockId Block)> waiting) in _waiting)
        {
            foreach ((Publish message, BlockId id) in waiting.ToArray())
                if (id == block.Id && !peer.IsClosing) output.Emit(new NodeInput.MessageArrived(message.Topic, peer.Id, message.Content, block));
            waiting.RemoveAll(one => one.Block == block.Id);
        }

        return isOfUse;
    }

    public void Lost(Peer from, BlockId id)
    {
        if (!_waiting.TryGetValue(from, out List<(Publish Message, BlockId Block)>? waiting)) return;
        // One that is slow may bring it yet.
        if (!fetcher.Owes(from, id)) waiting.RemoveAll(one => one.Block == id);
    }

    private bool TravelsOn(string topic) => _topics.TryGetValue(topic, out TopicSpec? spec) && spec.Mode != TopicMode.Direct;

    private void Take(Peer peer, Publish message)
    {
        if (message.BlockId is not { } value)
        {
            output.Emit(new NodeInput.MessageArrived(message.Topic, peer.Id, message.Content));
            return;
        }

        var id = new BlockId(value);
        if (published.Find(id) is { } block)
        {
            output.Emit(new NodeInput.MessageArrived(message.Topic, peer.Id, message.Content, block));
            return;
        }

        List<(Publish, BlockId)> waiting = _waiting[peer];
        if (waiting.Count >= MostWaiting) waiting.RemoveAt(0);
        waiting.Add((message, id));
    }

    private void Publish(string topic, ReadOnlyMemory<byte> content, HashedBlock? block, PeerId from)
    {
        if (content.Length > WireLimits.ContentBytes || topic.Length > WireLimits.TopicBytes)
        {
            TooLarge++;
            return;
        }

        if (block is not null) published.Add(block);
        foreach (Peer peer in _waiting.Keys)
            if (peer.Id != from) output.Send(peer, new Publish(topic, content, block?.Id.Value), content.Length);
    }

    public long BytesOf(Peer peer) =>
        _waiting.TryGetValue(peer, out List<(Publish Message, BlockId Block)>? waiting) ? waiting.Sum(one => one.Message.Content.Length + 2L * Hash256.Size) : 0;
}
