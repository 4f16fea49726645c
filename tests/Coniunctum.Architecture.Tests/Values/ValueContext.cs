using System.Text.Json.Serialization;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Architecture.Tests.Values;

/// <summary>What a trimmed or native program writes its answers with: code that was generated, and no reflection.</summary>
[JsonSerializable(typeof(BlockId))]
[JsonSerializable(typeof(Confirmation))]
[JsonSerializable(typeof(Dictionary<Address, Work>))]
[JsonSerializable(typeof(Parameter[]))]
[JsonSerializable(typeof(ChainProfile))]
[JsonSerializable(typeof(PrivateKey))]
internal sealed partial class ValueContext : JsonSerializerContext;
