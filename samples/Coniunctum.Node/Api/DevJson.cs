using System.Text.Json.Serialization;

namespace Coniunctum.Node.Api;

/// <summary>Reads and writes what only a development chain serves, without reflection: the program can be trimmed and compiled ahead of time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SnapshotModel))]
[JsonSerializable(typeof(SnapshotsModel))]
[JsonSerializable(typeof(RevertedModel))]
[JsonSerializable(typeof(ReorganizedModel))]
[JsonSerializable(typeof(MiningModel))]
[JsonSerializable(typeof(MinedModel))]
[JsonSerializable(typeof(ClockModel))]
internal sealed partial class DevJson : JsonSerializerContext;
