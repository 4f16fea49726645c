using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Coniunctum.AspNetCore;

/// <summary>Strong entity tags: the same one only for the same bytes.</summary>
internal static class EntityTags
{
    /// <summary>This package's version, which is part of the tags of what it writes: another version may write it otherwise.</summary>
    public static string Version { get; } = typeof(EntityTags).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    /// <summary>The tag of an answer.</summary>
    /// <param name="parts">Everything that it follows from.</param>
    public static EntityTagHeaderValue Of(string parts) => new($"\"{Version}-{parts}\"");

    /// <summary>The tag of a file.</summary>
    public static EntityTagHeaderValue Of(ReadOnlySpan<byte> content) => new($"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16))}\"");

    /// <summary>Whether whoever asks has it already.</summary>
    public static bool IsKnown(this EntityTagHeaderValue tag, HttpRequest request) =>
        request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(EntityTagHeaderValue.Any, useStrongComparison: false) || known.Compare(tag, useStrongComparison: false));
}
