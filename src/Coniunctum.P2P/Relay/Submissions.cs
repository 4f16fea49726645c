using Coniunctum.Consensus;
using Coniunctum.Consensus.Node;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Relay;

/// <summary>Transactions that peers give to this node as their own: each is answered with what became of it, in their order.</summary>
internal sealed class Submissions(PeerOutput output) : IPeerProtocol
{
    private const ushort Policy = ushort.MaxValue;

    private readonly Dictionary<Peer, Queue<Pending>> _pending = [];

    public SteadyTime Due => new(TimeSpan.MaxValue);

    public void Open(Peer peer) => _pending[peer] = new Queue<Pending>();

    public void Close(Peer peer) => _pending.Remove(peer);

    public bool TryTake(Peer peer, PeerInput input)
    {
        if (input is not PeerInput.SubmitReceived submitted) return false;
        var pending = new Pending(output.NextTicket());
        _pending[peer].Enqueue(pending);
        output.Emit(new NodeInput.TransactionArrived(pending.Ticket, submitted.Transaction, MayWait: false, peer.Id));
        return true;
    }

    public void Observe(IPeerInput input)
    {
        if (input is not NodeEffect.TransactionJudged { Ticket: > PeerNumbers.FirstTicket } judged) return;
        foreach ((Peer peer, Queue<Pending> queue) in _pending)
        {
            if (queue.FirstOrDefault(pending => pending.Ticket == judged.Ticket) is not { } answered) continue;
            ushort rule = judged.Admission.IsValid ? (ushort)0 : judged.Admission.Verdict.IsValid ? Policy : (ushort)judged.Admission.Verdict.Rule;
            string text = judged.Admission.Message;
            answered.Answer = new Submitted(judged.Transaction.Leaf, rule, text.Length <= WireLimits.ReasonBytes / 4 ? text : text[..(WireLimits.ReasonBytes / 4)]);
            while (queue.TryPeek(out Pending? first) && first.Answer is { } answer)
            {
                output.Send(peer, answer);
                queue.Dequeue();
            }

            return;
        }
    }

    public void Look()
    {
        // Everything is answered when it is judged.
    }

    private sealed class Pending(long ticket)
    {
        public long Ticket { get; } = ticket;

        public Submitted? Answer { get; set; }
    }
}
