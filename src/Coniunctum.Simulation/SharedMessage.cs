using Coniunctum.Consensus;
using Coniunctum.Ledger.Encoding;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Wire;

namespace Coniunctum.Simulation;

/// <summary>What the bytes of a message are, whoever has received them.</summary>
/// <param name="Message">The message, or <c>null</c> where it cannot be read.</param>
/// <param name="Outcome">What is wrong with the bytes, or that nothing is.</param>
/// <param name="Decoded">The input that it becomes, of no one yet.</param>
internal sealed record SharedMessage(WireMessage? Message, DecodeOutcome Outcome, PeerInput? Decoded)
{
    /// <summary>Returns the input that says that it has come from a peer.</summary>
    public PeerInput InputFrom(PeerId from, int bytes) => Decoded switch
    {
        PeerInput.HeadsReceived heads => new PeerInput.HeadsReceived(from, heads.Message, heads.Heads, bytes),
        PeerInput.BlockReceived block => new PeerInput.BlockReceived(from, block.Block),
        PeerInput.TransactionsReceived transactions => new PeerInput.TransactionsReceived(from, transactions.Items, bytes),
        PeerInput.CompactReceived compact => new PeerInput.CompactReceived(from, compact.Head, compact.Message, compact.Prefilled, bytes),
        PeerInput.PartsReceived parts => new PeerInput.PartsReceived(from, parts.Block, parts.Items, bytes),
        PeerInput.SubmitReceived submitted => new PeerInput.SubmitReceived(from, submitted.Transaction),
        PeerInput.Faulted faulted => new PeerInput.Faulted(from, faulted.Text),
        PeerInput.Received => new PeerInput.Received(from, Message!, bytes),
        _ => throw new InvalidOperationException($"The simulator gives no node a {Decoded?.GetType().Name ?? "message that cannot be read"}."),
    };

    /// <summary>Whether another reading of the same bytes came to the same.</summary>
    public bool IsSame(SharedMessage other) => Outcome == other.Outcome && (Decoded, other.Decoded) switch
    {
        (PeerInput.HeadsReceived one, PeerInput.HeadsReceived two) => one.Heads.Select(head => head.View.Id).SequenceEqual(two.Heads.Select(head => head.View.Id)),
        (PeerInput.BlockReceived one, PeerInput.BlockReceived two) => one.Block.Id == two.Block.Id
            && one.Block.ComputedMerkleRoot == two.Block.ComputedMerkleRoot
            && one.Block.IsMutated == two.Block.IsMutated
            && one.Block.Transactions.SequenceEqual(two.Block.Transactions)
            && one.Block.Encoded.Span.SequenceEqual(two.Block.Encoded.Span),
        (PeerInput.TransactionsReceived one, PeerInput.TransactionsReceived two) => one.Items.SequenceEqual(two.Items),
        (PeerInput.SubmitReceived one, PeerInput.SubmitReceived two) => one.Transaction.Equals(two.Transaction),
        (var one, var two) => one?.GetType() == two?.GetType(),
    };
}
