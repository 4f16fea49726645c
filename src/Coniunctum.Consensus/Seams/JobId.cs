using System.Text.Json.Serialization;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Consensus;

/// <summary>Numbers the work that a machine has asked for, so that the answer finds its question. Whoever asks chooses the number.</summary>
/// <param name="Value">The number.</param>
[JsonConverter(typeof(NoJsonConverter<JobId>))]
public readonly record struct JobId(long Value)
{
    /// <summary>Returns the number behind this one.</summary>
    public JobId Next() => new(Value + 1);
}
