using System.Text.Json.Serialization;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Conversion;

namespace Coniunctum.Ledger;

/// <summary>A transaction together with the hashes that the state machines need, computed once by whoever decoded it.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="Id">The digest that its sender signed.</param>
/// <param name="Leaf">The Merkle leaf at position 0: what relay calls it, since it covers the signature too.</param>
/// <param name="Size">The length of its encoding in bytes.</param>
[JsonConverter(typeof(NoJsonConverter<HashedTransaction>))]
public sealed record HashedTransaction(Transaction Transaction, TransactionId Id, Hash256 Leaf, int Size);
