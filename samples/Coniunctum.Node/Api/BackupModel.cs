using System.Text.Json.Serialization;
using Coniunctum.Client.Models;

namespace Coniunctum.Node.Api;

/// <summary>A line of what answers a request for a backup: how far it is, and in the last one what came of it.</summary>
/// <param name="Done">Pages that are copied.</param>
/// <param name="Total">Pages that there are.</param>
/// <param name="Copy">The copy, once it is whole and durable.</param>
/// <param name="Problem">Why there is none.</param>
internal sealed record BackupModel(long Done, long Total, CopyModel? Copy = null, ProblemModel? Problem = null);

/// <summary>A copy of a ledger.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Height">The height of its last block.</param>
/// <param name="Tip">That block's id.</param>
/// <param name="Bytes">The file's length.</param>
internal sealed record CopyModel(string Path, ulong Height, string Tip, long Bytes);

/// <summary>Reads and writes them without reflection: the program can be trimmed and compiled ahead of time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BackupModel))]
internal sealed partial class BackupJson : JsonSerializerContext;
