using System.Collections.Frozen;
using System.Reflection;
using Microsoft.Net.Http.Headers;

namespace Coniunctum.AspNetCore;

/// <summary>A file of the explorer, which never changes while the program runs.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="MediaType">What it is.</param>
/// <param name="Tag">Its entity tag.</param>
internal sealed record ExplorerFile(ReadOnlyMemory<byte> Content, string MediaType, EntityTagHeaderValue Tag)
{
    private const string Folder = "explorer/";

    /// <summary>All files, by their paths below the explorer's folder.</summary>
    public static FrozenDictionary<string, ExplorerFile> All { get; } = Read(typeof(ExplorerFile).Assembly);

    private static FrozenDictionary<string, ExplorerFile> Read(Assembly assembly) => assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
        .ToFrozenDictionary(name => name[Folder.Length..].Replace('\\', '/'), name => Read(assembly, name), StringComparer.Ordinal);

    private static ExplorerFile Read(Assembly assembly, string name)
    {
        using Stream stream = assembly.GetManifestResourceStream(name)!;
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return new ExplorerFile(content, MediaTypeOf(Path.GetExtension(name)), EntityTags.Of(content));
    }

    private static string MediaTypeOf(string extension) => extension switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".png" => "image/png",
        ".ico" => "image/x-icon",
        ".json" => "application/json",
        _ => "application/octet-stream",
    };
}
