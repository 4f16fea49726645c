using System.Threading.Channels;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Internal;
using Coniunctum.P2P.Transport;

namespace Coniunctum;

/// <summary>Reports to subscribers what was refused of other nodes. All methods run under the node's gate.</summary>
internal sealed class NetworkRefusals(IPeerNetwork network)
{
    // A peer that floods must not fill this node's memory: the newest are kept.
    private const int MostWaiting = 1_024;

    private readonly List<Channel<NetworkRefusal>> _subscribers = [];

    public Channel<NetworkRefusal> Add()
    {
        var channel = Channel.CreateBounded<NetworkRefusal>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        _subscribers.Add(channel);
        return channel;
    }

    public void Remove(Channel<NetworkRefusal> channel) => _subscribers.Remove(channel);

    public void Take(NodeEffect effect)
    {
        if (_subscribers.Count == 0) return;
        switch (effect)
        {
            case NodeEffect.BlockJudged { From.IsOwn: false, IsPending: false } judged when IsRefusal(judged.Verdict):
                Report(judged.From, judged.Block.Id, null, judged.Verdict.Message);
                break;
            case NodeEffect.BlockSettled { From.IsOwn: false } settled when IsRefusal(settled.Verdict):
                Report(settled.From, settled.Block.Id, null, settled.Verdict.Message);
                break;
            case NodeEffect.TransactionJudged { From.IsOwn: false, Admission: { IsValid: false, IsWaiting: false } admission } judged when IsRefusal(admission):
                Report(judged.From, null, judged.Transaction.Id, admission.Message);
                break;
            default:
                break;
        }
    }

    public void End()
    {
        foreach (Channel<NetworkRefusal> channel in _subscribers) channel.Writer.TryComplete();
        _subscribers.Clear();
    }

    /// <summary>What only comes too early is asked for again by itself, and is no refusal.</summary>
    private static bool IsRefusal(Verdict verdict) => verdict.Kind is VerdictKind.Invalid or VerdictKind.Refused;

    /// <summary>What the chain or the pool has already, which several peers announce at once, is none either.</summary>
    private static bool IsRefusal(Admission admission) =>
        admission.Rule is not (PoolRule.AlreadyKnown or PoolRule.Busy or PoolRule.Halted) && admission.Verdict.Rule != BlockRule.TagReused;

    private void Report(PeerId from, BlockId? block, TransactionId? transaction, string reason)
    {
        (NodeId? Node, NodeEndpoint Endpoint)? peer = network.RemoteOf(from);
        var refusal = new NetworkRefusal(peer?.Node, peer?.Endpoint, block, transaction, reason);
        foreach (Channel<NetworkRefusal> channel in _subscribers) channel.Writer.TryWrite(refusal);
    }
}
