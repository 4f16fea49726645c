using Coniunctum.Consensus;
using Coniunctum.Consensus.Node;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Sync;

/// <summary>Takes the answers to what the fetcher has asked for; one that was not asked for is a fault.</summary>
internal sealed class BodyAnswers(BodyFetcher fetcher, PeerOutput output) : IPeerProtocol
{
    public SteadyTime Due => fetcher.Due;

    public void Open(Peer peer) => fetcher.Open(peer);

    public void Close(Peer peer) => fetcher.Close(peer);

    public bool TryTake(Peer peer, PeerInput input)
    {
        bool wasAsked;
        switch (input)
        {
            case PeerInput.BlockReceived received:
                wasAsked = fetcher.TryTake(peer, received.Block);
                break;
            case PeerInput.Received { Message: Missing missing }:
                wasAsked = fetcher.TryTake(peer, missing);
                break;
            default:
                return false;
        }

        if (!wasAsked) output.Close(peer, ByeReason.ProtocolFault, "a block that was not asked for");
        return true;
    }

    public void Observe(IPeerInput input)
    {
        // Only peers answer.
    }

    public void Look() => fetcher.Look();
}
