using System.Text.Json.Serialization;
using Coniunctum.Crypto.Conversion;

namespace Coniunctum.Consensus;

/// <summary>Names a record that a producer keeps in the node's store.</summary>
/// <param name="Name">The record's name in the store.</param>
[JsonConverter(typeof(NoJsonConverter<RecordKey>))]
public readonly record struct RecordKey(string Name);
