using Coniunctum.Consensus;

namespace Coniunctum.P2P.Peers;

/// <summary>The connections, as the part of the machine knows them that is about a ledger.</summary>
internal interface IConnections
{
    /// <summary>Returns a connection that stands, also one that is being closed.</summary>
    Peer? Find(PeerId id);

    /// <summary>Notes that a block of a peer was one.</summary>
    void NoteBlock(PeerId from);

    /// <summary>Notes that a transaction of a peer joined the pool.</summary>
    void NoteTransaction(PeerId from);
}
