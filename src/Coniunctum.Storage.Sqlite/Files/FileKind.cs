using System.Collections.Immutable;

namespace Coniunctum.Storage.Sqlite.Files;

/// <summary>A kind of SQLite file: how it is recognised, and how it came to its present tables.</summary>
/// <param name="Name">What it is called in messages, such as "ledger".</param>
/// <param name="ApplicationId">SQLite's application_id, by which tools tell files apart.</param>
/// <param name="Steps">Step n leads from version n to version n + 1; version 0 is an empty file. Steps that have shipped never change.</param>
/// <param name="FlushesEachCommit">Whether a commit that returned survives a power cut; otherwise only the file's consistency does.</param>
internal sealed record FileKind(string Name, int ApplicationId, ImmutableArray<FileStep> Steps, bool FlushesEachCommit)
{
    /// <summary>Whether everything in it follows from elsewhere, so that an older version is not moved forward but made anew.</summary>
    public bool IsDerived { get; init; }

    /// <summary>The version that this library writes.</summary>
    public int Version => Steps.Length;
}
