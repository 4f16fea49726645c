using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Node;
using Coniunctum.Ledger;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Peers;

/// <summary>
/// What the shell around the peer machine says: of connections, of messages that its <see cref="Wire.Protocol.Conversation"/> took,
/// and of what was read from the store. Of one that is no longer connected, nothing counts.
/// </summary>
/// <param name="From">Whose connection it concerns; oneself where it answers this node's own question.</param>
internal abstract record PeerInput(PeerId From) : NodeInput.FromNetwork
{
    /// <inheritdoc/>
    public override PeerId From { get; } = From;

    /// <inheritdoc/>
    public override int Size => 0;

    /// <summary>A connection stands, handshake of the transport included. Hello follows as an effect.</summary>
    /// <param name="From">The number of the connection, never used before.</param>
    /// <param name="Node">Which node it is, proven by its key; <c>null</c> where the transport proves nothing.</param>
    /// <param name="Endpoint">The other end's address.</param>
    /// <param name="Dialled">Of a connection that this node made: the endpoint that was dialled. <c>null</c> for one that it took.</param>
    public sealed record Connected(PeerId From, NodeId? Node, NodeEndpoint Endpoint, NodeEndpoint? Dialled) : PeerInput(From)
    {
        /// <summary>Of a ledger that shares its connections, on which it is open by then: what the other side has said first, and what it has said of the ledger.</summary>
        public (Hello Hello, Open Open)? Said { get; init; }
    }

    /// <summary>A <see cref="PeerEffect.Dial"/> has failed.</summary>
    /// <param name="Endpoint">What was dialled.</param>
    /// <param name="Fault">What was in the way.</param>
    /// <param name="Text">One line for people.</param>
    public sealed record DialFailed(NodeEndpoint Endpoint, TransportFault Fault, string Text) : PeerInput(default(PeerId));

    /// <summary>This node's owner names a node that is to be dialled again and again.</summary>
    /// <param name="Peer">The node.</param>
    public sealed record EntryPeerAdded(EntryPeer Peer) : PeerInput(default(PeerId));

    /// <summary>A connection is over, whoever ended it: the last that is said of it.</summary>
    /// <param name="From">The connection.</param>
    /// <param name="Text">Why, for people.</param>
    public sealed record Closed(PeerId From, string Text) : PeerInput(From);

    /// <summary>
    /// The other side has broken the protocol, proven by its bytes alone: frames, a message, or the content of one cannot be read, or
    /// it was not its turn. The shell reads nothing more of the connection; the machine closes it.
    /// </summary>
    /// <param name="From">The connection.</param>
    /// <param name="Text">How, for people.</param>
    public sealed record Faulted(PeerId From, string Text) : PeerInput(From);

    /// <summary>A message whose content the machine reads as it is: every kind but those below.</summary>
    /// <param name="From">The connection.</param>
    /// <param name="Message">The message.</param>
    /// <param name="Bytes">Its length.</param>
    public sealed record Received(PeerId From, WireMessage Message, int Bytes) : PeerInput(From)
    {
        public override int Size => Bytes;

        public override InputKind Kind => Message.Kind switch
        {
            MessageKind.Have or MessageKind.Candidate or MessageKind.GetTransactions => InputKind.Transaction,
            _ => InputKind.Message,
        };
    }

    /// <summary>A <see cref="MessageKind.Headers"/>, <see cref="MessageKind.Announce"/> or <see cref="MessageKind.Sides"/>, decoded and hashed beside the machine.</summary>
    /// <param name="From">The connection.</param>
    /// <param name="Message">Which of them.</param>
    /// <param name="Heads">The heads, in the message's order.</param>
    /// <param name="Bytes">The message's length.</param>
    public sealed record HeadsReceived(PeerId From, MessageKind Message, ImmutableArray<PeerHead> Heads, int Bytes) : PeerInput(From)
    {
        public override int Size => Bytes;
    }

    /// <summary>A <see cref="MessageKind.Block"/>, decoded and hashed beside the machine.</summary>
    /// <param name="From">The connection.</param>
    /// <param name="Block">The block.</param>
    public sealed record BlockReceived(PeerId From, HashedBlock Block) : PeerInput(From)
    {
        public override int Size => Block.Encoded.Length;

        public override InputKind Kind => InputKind.Block;
    }

    /// <summary>A <see cref="MessageKind.Compact"/>, its head and the transactions in it decoded and hashed beside the machine; their places are within the block.</summary>
    /// <param name="From">The connection.</param>
    /// <param name="Head">The head.</param>
    /// <param name="Message">The message.</param>
    /// <param name="Prefilled">The transactions that came along, in order.</param>
    /// <param name="Bytes">The message's length.</param>
    public sealed record CompactReceived(PeerId From, PeerHead Head, Compact Message, ImmutableArray<HashedTransaction> Prefilled, int Bytes) : PeerInput(From)
    {
        public override int Size => Bytes;

        public override InputKind Kind => InputKind.Block;
    }

    /// <summary>A <see cref="MessageKind.Parts"/>, decoded and hashed beside the machine.</summary>
    /// <param name="From">The connection.</param>
    /// <param name="Block">The block.</param>
    /// <param name="Items">The transactions.</param>
    /// <param name="Bytes">The message's length.</param>
    public sealed record PartsReceived(PeerId From, BlockId Block, ImmutableArray<HashedTransaction> Items, int Bytes) : PeerInput(From)
    {
        public override int Size => Bytes;

        public override InputKind Kind => InputKind.Block;
    }

    /// <summary>The answer to a <see cref="PeerEffect.AssembleBlock"/>.</summary>
    /// <param name="Job">The question's number.</param>
    /// <param name="Block">The block, or <c>null</c> where the parts are none.</param>
    public sealed record BlockAssembled(JobId Job, HashedBlock? Block) : PeerInput(default(PeerId))
    {
        public override InputKind Kind => InputKind.Answer;
    }

    /// <summary>A <see cref="MessageKind.Transactions"/>, decoded and hashed beside the machine.</summary>
    /// <param name="From">The connection.</param>
    /// <param name="Items">For each leaf of the question the transaction, or nothing.</param>
    /// <param name="Bytes">The message's length.</param>
    public sealed record TransactionsReceived(PeerId From, ImmutableArray<HashedTransaction?> Items, int Bytes) : PeerInput(From)
    {
        public override int Size => Bytes;

        public override InputKind Kind => InputKind.Transaction;
    }

    /// <summary>A <see cref="MessageKind.Submit"/>, decoded and hashed beside the machine.</summary>
    /// <param name="From">The connection.</param>
    /// <param name="Transaction">The transaction.</param>
    public sealed record SubmitReceived(PeerId From, HashedTransaction Transaction) : PeerInput(From)
    {
        public override int Size => Transaction.Size;

        public override InputKind Kind => InputKind.Transaction;
    }

    /// <summary>Bytes of what was sent have left for the network: as many of <see cref="PeerEffect.SendMessage"/> wait no more.</summary>
    /// <param name="From">The connection.</param>
    /// <param name="Messages">How many messages.</param>
    /// <param name="Bytes">Their bytes together.</param>
    public sealed record Written(PeerId From, int Messages, long Bytes) : PeerInput(From);

    /// <summary>The answer to a <see cref="PeerEffect.ReadLocator"/>.</summary>
    /// <param name="Job">The question's number.</param>
    /// <param name="Tip">The tip.</param>
    /// <param name="Locator">Ids of the best chain: the last ten, then ever wider apart, genesis last; at most 32.</param>
    public sealed record LocatorRead(JobId Job, DurableHead Tip, ImmutableArray<BlockId> Locator) : PeerInput(default(PeerId))
    {
        public override InputKind Kind => InputKind.Answer;
    }

    /// <summary>The answer to a <see cref="PeerEffect.ReadHeads"/> or <see cref="PeerEffect.ReadHeadsBehind"/>.</summary>
    /// <param name="Job">The question's number.</param>
    /// <param name="Heads">Heads of the best chain in rising height, of one moment.</param>
    public sealed record HeadsRead(JobId Job, ImmutableArray<DurableHead> Heads) : PeerInput(default(PeerId))
    {
        public override InputKind Kind => InputKind.Answer;
    }

    /// <summary>The answer to a <see cref="PeerEffect.ReadBlocks"/>.</summary>
    /// <param name="Job">The question's number.</param>
    /// <param name="Blocks">For each id the block as it is stored, or nothing.</param>
    public sealed record BlocksRead(JobId Job, ImmutableArray<ReadOnlyMemory<byte>?> Blocks) : PeerInput(default(PeerId))
    {
        public override InputKind Kind => InputKind.Answer;
    }

    /// <summary>The answer to a <see cref="PeerEffect.ReadSides"/>.</summary>
    /// <param name="Job">The question's number.</param>
    /// <param name="Heads">The heads, in rising height.</param>
    /// <param name="Bytes">About how many bytes they have.</param>
    public sealed record SidesRead(JobId Job, ImmutableArray<EncodedHead> Heads, int Bytes) : PeerInput(default(PeerId))
    {
        public override InputKind Kind => InputKind.Answer;
    }

    /// <summary>The answer to a <see cref="PeerEffect.ReadStateProof"/>, <see cref="PeerEffect.ReadInclusion"/> or <see cref="PeerEffect.ReadAncestry"/>.</summary>
    /// <param name="Job">The question's number.</param>
    /// <param name="Bytes">The proof as it is sent, or nothing.</param>
    public sealed record ProofRead(JobId Job, ReadOnlyMemory<byte>? Bytes) : PeerInput(default(PeerId))
    {
        public override InputKind Kind => InputKind.Answer;
    }

    /// <summary>The answer to a <see cref="PeerEffect.ReadCertificates"/>.</summary>
    /// <param name="Job">The question's number.</param>
    /// <param name="Certificates">For each id the block's certificate, or nothing.</param>
    public sealed record CertificatesRead(JobId Job, ImmutableArray<ReadOnlyMemory<byte>?> Certificates) : PeerInput(default(PeerId))
    {
        public override InputKind Kind => InputKind.Answer;
    }
}
