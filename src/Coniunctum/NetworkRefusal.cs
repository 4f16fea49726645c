using Coniunctum.Ledger;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Transport;

namespace Coniunctum;

/// <summary>A block or a transaction of another node that this ledger did not take.</summary>
/// <param name="Node">Which node sent it; <c>null</c> where it is not connected any more.</param>
/// <param name="Endpoint">That node's address; <c>null</c> as well then.</param>
/// <param name="Block">The block, or <c>null</c> for a transaction.</param>
/// <param name="Transaction">The transaction, or <c>null</c> for a block.</param>
/// <param name="Reason">Which rule it breaks, or which limit of this node was in the way: one line for people.</param>
/// <remarks>May change in any release.</remarks>
public sealed record NetworkRefusal(NodeId? Node, NodeEndpoint? Endpoint, BlockId? Block, TransactionId? Transaction, string Reason);
