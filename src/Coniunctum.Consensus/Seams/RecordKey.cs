using System.Text.Json.Serialization;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Consensus;

/// <summary>
/// Names a record that a producer keeps in the node's store. The name is the producer's own: it never meets the ledger's records,
/// nor those of another producer that has its turn on the same node.
/// </summary>
/// <param name="Name">The record's name.</param>
[JsonConverter(typeof(NoJsonConverter<RecordKey>))]
public readonly record struct RecordKey(string Name)
{
    /// <summary>Whose record it is, as those say who pass it on: each owner, the outermost first, with a slash behind it.</summary>
    internal string? Scope { get; init; }

    /// <summary>Returns the key as someone names it who has several owners of records.</summary>
    internal RecordKey Within(string owner) => this with { Scope = $"{owner}/{Scope}" };
}
