using System.Text.Json.Serialization;

namespace Coniunctum.Node.Data;

/// <summary>Reads and writes what is kept beside blocks, without reflection: the program can be trimmed and compiled ahead of time.</summary>
[JsonSerializable(typeof(DevSettings))]
[JsonSerializable(typeof(ChainNote))]
internal sealed partial class RecordsJson : JsonSerializerContext;
