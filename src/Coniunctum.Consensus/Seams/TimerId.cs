using System.Text.Json.Serialization;
using Coniunctum.Crypto.Conversion;

namespace Coniunctum.Consensus;

/// <summary>Names a timer of a node. One name is one timer: setting it again moves it.</summary>
/// <param name="Name">The name, compared by ordinal.</param>
[JsonConverter(typeof(NoJsonConverter<TimerId>))]
public readonly record struct TimerId(string Name);
