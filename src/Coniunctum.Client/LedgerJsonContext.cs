using System.Text.Json.Serialization;
using Coniunctum.Client.Models;

namespace Coniunctum.Client;

/// <summary>What the compiler generates for <see cref="LedgerJson"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StatusModel))]
[JsonSerializable(typeof(ProfileModel))]
[JsonSerializable(typeof(PeersModel))]
[JsonSerializable(typeof(PoolModel))]
[JsonSerializable(typeof(BlocksModel))]
[JsonSerializable(typeof(BlockModel))]
[JsonSerializable(typeof(HeadersModel))]
[JsonSerializable(typeof(ForksModel))]
[JsonSerializable(typeof(TransactionModel))]
[JsonSerializable(typeof(InclusionProofModel))]
[JsonSerializable(typeof(ReceiptModel))]
[JsonSerializable(typeof(AddressModel))]
[JsonSerializable(typeof(HistoryModel))]
[JsonSerializable(typeof(StateProofModel))]
[JsonSerializable(typeof(EntryModel))]
[JsonSerializable(typeof(ChangeModel))]
[JsonSerializable(typeof(SubmittedModel))]
[JsonSerializable(typeof(ProblemModel))]
internal sealed partial class LedgerJsonContext : JsonSerializerContext;
