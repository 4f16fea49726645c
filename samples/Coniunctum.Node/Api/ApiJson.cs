using System.Text.Json.Serialization;

namespace Coniunctum.Node.Api;

/// <summary>Reads and writes what is served, without reflection: the program can be trimmed and compiled ahead of time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StatusModel))]
[JsonSerializable(typeof(ProfileModel))]
[JsonSerializable(typeof(PeersModel))]
[JsonSerializable(typeof(BlockModel))]
[JsonSerializable(typeof(TransactionModel))]
[JsonSerializable(typeof(AddressModel))]
[JsonSerializable(typeof(HistoryModel))]
[JsonSerializable(typeof(PoolModel))]
[JsonSerializable(typeof(SubmittedModel))]
[JsonSerializable(typeof(ChangeModel))]
[JsonSerializable(typeof(SnapshotModel))]
[JsonSerializable(typeof(SnapshotsModel))]
[JsonSerializable(typeof(RevertedModel))]
[JsonSerializable(typeof(ReorganizedModel))]
[JsonSerializable(typeof(MiningModel))]
[JsonSerializable(typeof(MinedModel))]
[JsonSerializable(typeof(ClockModel))]
[JsonSerializable(typeof(ErrorModel))]
internal sealed partial class ApiJson : JsonSerializerContext;
