using Coniunctum.Consensus;

namespace Coniunctum.P2P.Peers;

/// <summary>A head that a peer has sent: decoded and hashed, nothing of it judged.</summary>
/// <param name="View">Header, identity and seal.</param>
/// <param name="Certificate">The certificate, where one came along.</param>
internal sealed record PeerHead(HeaderView View, ReadOnlyMemory<byte>? Certificate);
