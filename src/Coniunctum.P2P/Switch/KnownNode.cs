using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Switch;

/// <summary>A node in the address book.</summary>
/// <param name="Address">Where and who it is.</param>
/// <param name="Source">Who has brought it.</param>
/// <param name="IsTested">Whether it was reached there, and proved to be who it is: only such ones are passed on to others.</param>
internal sealed record KnownNode(NodeAddress Address, NodeId Source, bool IsTested);
