using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Switch;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Peers;

/// <summary>
/// What the peer machine wants of the shell around it. Timers are <see cref="NodeEffect.SetTimer"/>, which comes out of the node under
/// the scope <c>peers</c>.
/// </summary>
internal abstract record PeerEffect : NodeEffect.ToNetwork
{
    /// <summary>Connect to a node; <see cref="PeerInput.Connected"/> or <see cref="PeerInput.DialFailed"/> follows.</summary>
    /// <param name="Endpoint">Where it listens.</param>
    /// <param name="Expected">Which node it must be, or <c>null</c> for any.</param>
    /// <param name="IsNoted">Whether the owner is shown what is in the way, and why the connection ended.</param>
    public sealed record Dial(NodeEndpoint Endpoint, NodeId? Expected, bool IsNoted = true) : PeerEffect;

    /// <summary>
    /// Send a message, behind those of its class that wait. What the conversation does not let be sent any more, such as an answer
    /// about a ledger that the other side has shut meanwhile, is left out. <see cref="PeerInput.Written"/> follows either way.
    /// </summary>
    /// <param name="To">The connection.</param>
    /// <param name="Channel">The channel: 0, or the ledger's own.</param>
    /// <param name="Message">The message.</param>
    /// <param name="Bytes">About its length, for which <see cref="PeerInput.Written"/> answers.</param>
    public sealed record SendMessage(PeerId To, byte Channel, WireMessage Message, int Bytes) : PeerEffect;

    /// <summary>End a connection; <see cref="PeerInput.Closed"/> follows. What waits to be sent goes before, Bye last, within a few seconds; nothing more is read.</summary>
    /// <param name="To">The connection.</param>
    /// <param name="Text">Why, for people.</param>
    public sealed record Close(PeerId To, string Text) : PeerEffect;

    /// <summary>Stop reading what a connection sends, or go on: what the other side sends then waits there.</summary>
    /// <param name="To">The connection.</param>
    /// <param name="IsReading">Whether to read.</param>
    public sealed record SetReading(PeerId To, bool IsReading) : PeerEffect;

    /// <summary>Save what the next run is to know, in place of what was saved before.</summary>
    /// <param name="Saved">Connections and addresses.</param>
    public sealed record SavePeers(SavedPeers Saved) : PeerEffect;

    /// <summary>Of a ledger that shares its connections: what others are told of it from now on.</summary>
    /// <param name="Open">With its tip.</param>
    public sealed record Offer(Open Open) : PeerEffect;

    /// <summary>Of a ledger that shares its connections: note that a block or a transaction of a peer was one.</summary>
    /// <param name="From">The connection.</param>
    /// <param name="IsBlock">Whether it was a block.</param>
    public sealed record NoteUseful(PeerId From, bool IsBlock) : PeerEffect;

    /// <summary>Of the switch of several ledgers: one was opened on both sides of a connection; what it says and is told there goes under a number from now on.</summary>
    /// <param name="Number">The number (<see cref="LedgerPeerId"/>).</param>
    public sealed record NoteOpened(PeerId Number) : PeerEffect;

    /// <summary>Of the switch of several ledgers: give the machine of one of them an input, behind the effects before it.</summary>
    /// <param name="Ledger">The ledger.</param>
    /// <param name="Input">The input.</param>
    public sealed record ToLedger(SharedLedger Ledger, PeerInput Input) : PeerEffect;

    /// <summary>Read the tip and a locator of the best chain from the store.</summary>
    /// <param name="Job">A number that comes back.</param>
    public sealed record ReadLocator(JobId Job) : PeerEffect;

    /// <summary>Read heads of the best chain from the store.</summary>
    /// <param name="Job">A number that comes back.</param>
    /// <param name="From">The height of the first.</param>
    /// <param name="Count">How many at most.</param>
    public sealed record ReadHeads(JobId Job, ulong From, int Count) : PeerEffect;

    /// <summary>Read the heads behind the first id of a locator that is part of the best chain; none where no id is.</summary>
    /// <param name="Job">A number that comes back.</param>
    /// <param name="Locator">Ids, the newest first.</param>
    /// <param name="Stop">The last head that is wanted, or <c>null</c>.</param>
    /// <param name="Count">How many at most.</param>
    public sealed record ReadHeadsBehind(JobId Job, ImmutableArray<BlockId> Locator, BlockId? Stop, int Count) : PeerEffect;

    /// <summary>Read blocks, as they are stored.</summary>
    /// <param name="Job">A number that comes back.</param>
    /// <param name="Ids">The blocks.</param>
    public sealed record ReadBlocks(JobId Job, ImmutableArray<BlockId> Ids) : PeerEffect;

    /// <summary>Read the heads beside the best chain that weigh, from a height on: whole heights, as many as fit into an answer.</summary>
    /// <param name="Job">A number that comes back.</param>
    /// <param name="From">The lowest height.</param>
    public sealed record ReadSides(JobId Job, ulong From) : PeerEffect;

    /// <summary>Prove what the state after a recent block of the best chain says of keys.</summary>
    /// <param name="Job">A number that comes back.</param>
    /// <param name="Block">The block.</param>
    /// <param name="Keys">What the keys of the state tree are hashes of.</param>
    public sealed record ReadStateProof(JobId Job, BlockId Block, ImmutableArray<ReadOnlyMemory<byte>> Keys) : PeerEffect;

    /// <summary>Prove that a transaction is in a block of the best chain.</summary>
    /// <param name="Job">A number that comes back.</param>
    /// <param name="Block">The block.</param>
    /// <param name="Leaf">The transaction's leaf.</param>
    public sealed record ReadInclusion(JobId Job, BlockId Block, Hash256 Leaf) : PeerEffect;

    /// <summary>Prove which block stands below one of the best chain.</summary>
    /// <param name="Job">A number that comes back.</param>
    /// <param name="Block">The block.</param>
    /// <param name="Height">The height of the one below.</param>
    public sealed record ReadAncestry(JobId Job, BlockId Block, ulong Height) : PeerEffect;

    /// <summary>Put a block together and hash it.</summary>
    /// <param name="Job">A number that comes back.</param>
    /// <param name="Head">Its head.</param>
    /// <param name="Transactions">Its transactions, in order.</param>
    public sealed record AssembleBlock(JobId Job, PeerHead Head, ImmutableArray<HashedTransaction> Transactions) : PeerEffect;

    /// <summary>Read certificates of blocks.</summary>
    /// <param name="Job">A number that comes back.</param>
    /// <param name="Ids">The blocks.</param>
    public sealed record ReadCertificates(JobId Job, ImmutableArray<BlockId> Ids) : PeerEffect;
}
