using System.Text.Json.Serialization;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Consensus;

/// <summary>Names a connected source of blocks, transactions and messages within one run of a node. It means nothing elsewhere.</summary>
/// <param name="Value">Its number; 0 for the node itself and its users, and where the source is not known.</param>
[JsonConverter(typeof(NoJsonConverter<PeerId>))]
public readonly record struct PeerId(long Value)
{
    /// <summary>Whether this is no peer, but the node itself or one of its users.</summary>
    public bool IsOwn => Value == 0;
}
