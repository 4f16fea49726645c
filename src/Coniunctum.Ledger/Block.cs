using System.Text.Json.Serialization;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Ledger;

/// <summary>A block: its header, the witness that may accompany it, its transactions and perhaps a certificate.</summary>
/// <remarks>Immutable; whoever builds one must not change the list afterwards.</remarks>
[JsonConverter(typeof(NoJsonConverter<Block>))]
public sealed class Block
{
    /// <summary>The part that the block's identity commits to.</summary>
    public required BlockHeader Header { get; init; }

    /// <summary>The transactions; the first one is the reward.</summary>
    public required IReadOnlyList<Transaction> Transactions { get; init; }

    /// <summary>A witness outside the digest, such as a producer's signature; empty under proof-of-work.</summary>
    public ReadOnlyMemory<byte> Seal { get; init; }

    /// <summary>Proof that the block is final, opaque to all but the finality rule; <c>null</c> where there is none.</summary>
    public ReadOnlyMemory<byte>? Certificate { get; init; }
}
