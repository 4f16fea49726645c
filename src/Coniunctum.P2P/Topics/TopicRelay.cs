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
/// others where the topic travels on. Whoever opens the ledger is sent the newest ones, where the topic says so. A block beside a
/// message travels by itself: who lacks it asks for it.
/// </summary>
internal sealed class TopicRelay(ConsensusParts parts, PeerOutput output, BodyFetcher fetcher, RecentBlocks published, ChainMirror chain) : IPeerProtocol, IBodyClient
{
    // Messages that wait for their block, of one peer.
    private const int MostWaiting = 8;

    private readonly FrozenDictionary<string, TopicSpec> _topics =
        (parts.Topics?.Topics ?? []).ToFrozenDictionary(topic => topic.Name, StringComparer.Ordinal);

    private readonly LatestMessages _latest = new(parts.Topics?.Topics ?? []);
    private readonly Dictionary<Peer, List<(Publish Message, BlockId Block)>> _waiting = [];

    // Whoever is too far below this node's tip to judge the newest messages.
    private readonly HashSet<Peer> _behind = [];

    public SteadyTime Due => new(TimeSpan.MaxValue);

    /// <summary>Messages of this node's own that no one was sent, since they are larger than one may be.</summary>
    public long TooLarge { get; private set; }

    public void Open(Peer peer)
    {
        _waiting[peer] = [];
        if (peer.Height + TopicJudgement.MaxAhead < chain.Height)
            _behind.Add(peer);
        else
            SendLatest(peer);
    }

    public void Close(Peer peer)
    {
        _waiting.Remove(peer);
        _behind.Remove(peer);
    }

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
                Send(send);
                break;
            case NodeEffect.MessageJudged { Verdict: MessageVerdict.Accepted } judged when !judged.From.IsOwn && TravelsOn(judged.Topic):
                var message = new Publish(judged.Topic, judged.Content, judged.Block?.Id.Value);
                _latest.Add(message, judged.Key);
                SendToAll(message, judged.Block, judged.From);
                break;
            case NodeEffect.MessageJudged { Block: { } block, Verdict: MessageVerdict.Ignored or MessageVerdict.Rejected, From.IsOwn: false }:
                // Seal and certificate are no part of the id: this copy stands before no other one.
                published.Remove(block);
                break;
            case NodeEffect.TipMoved moved:
                // From here on it has its certificate, which the copy beside a message lacks: whoever asks for it is given the durable one.
                foreach (HashedBlock connected in moved.Connected) published.Remove(connected.Id);
                break;
            default:
                break;
        }
    }

    /// <summary>Asks for the blocks that messages wait for, of whoever has named them, and sends the newest messages to those who have caught up.</summary>
    public void Look()
    {
        foreach (Peer peer in _behind.Where(peer => peer.Height >= chain.Height).ToArray())
        {
            _behind.Remove(peer);
            SendLatest(peer);
        }

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

    /// <summary>Sends a message of this node's own: to one peer where it is for that alone and the peer is still there, otherwise to all.</summary>
    private void Send(NodeEffect.Send send)
    {
        if (send.Content.Length > WireLimits.ContentBytes || send.Topic.Length > WireLimits.TopicBytes)
        {
            TooLarge++;
            return;
        }

        var message = new Publish(send.Topic, send.Content, send.Block?.Id.Value);
        if (!send.To.IsOwn && _waiting.Keys.FirstOrDefault(peer => peer.Id == send.To) is { } one)
        {
            if (send.Block is { } block) published.Add(block);
            Send(one, message);
            return;
        }

        _latest.Add(message, null);
        SendToAll(message, send.Block, default);
    }

    private void SendToAll(Publish message, HashedBlock? block, PeerId from)
    {
        if (block is not null) published.Add(block);
        foreach (Peer peer in _waiting.Keys)
            if (peer.Id != from) Send(peer, message);
    }

    /// <summary>Sends the newest messages, without those whose block is no longer to be had beside them.</summary>
    private void SendLatest(Peer peer)
    {
        foreach (Publish message in _latest.All)
            if (message.BlockId is not { } id || published.Find(new BlockId(id)) is not null) Send(peer, message);
    }

    private void Send(Peer peer, Publish message) => output.Send(peer, message, message.Content.Length);

    public long BytesOf(Peer peer) =>
        _waiting.TryGetValue(peer, out List<(Publish Message, BlockId Block)>? waiting) ? waiting.Sum(one => one.Message.Content.Length + 2L * Hash256.Size) : 0;
}
