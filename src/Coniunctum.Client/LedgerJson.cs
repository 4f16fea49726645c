using System.Text.Json.Serialization.Metadata;

namespace Coniunctum.Client;

/// <summary>Reads and writes the records of the HTTP API without reflection, so that programs can be trimmed and compiled ahead of time.</summary>
/// <remarks>May change in any release.</remarks>
public static class LedgerJson
{
    /// <summary>Knows all records of <see cref="Models"/>, for the chain of resolvers of a program that has records of its own.</summary>
    public static IJsonTypeInfoResolver Resolver => LedgerJsonContext.Default;

    /// <summary>Returns how a record of <see cref="Models"/> is read and written.</summary>
    /// <typeparam name="T">The record.</typeparam>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> is none of them.</exception>
    public static JsonTypeInfo<T> TypeOf<T>() =>
        (JsonTypeInfo<T>?)LedgerJsonContext.Default.GetTypeInfo(typeof(T)) ?? throw new NotSupportedException($"{typeof(T)} is no record of the API.");
}
