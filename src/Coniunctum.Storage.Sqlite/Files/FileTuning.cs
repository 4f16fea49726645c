namespace Coniunctum.Storage.Sqlite.Files;

/// <summary>The sizes that were found by measuring (docs/adr/0004), and what tests set to see a failure.</summary>
internal sealed record FileTuning
{
    /// <summary>Bytes of a page of a new file.</summary>
    public int PageBytes { get; init; } = 4096;

    /// <summary>When the WAL is longer, it is moved into the file: seldom enough, and so that opening after a crash reads little.</summary>
    public long MaxWalBytes { get; init; } = 8 << 20;

    /// <summary>Bytes of pages that the connection keeps in memory.</summary>
    public int CacheBytes { get; init; } = 16 << 20;

    /// <summary>For tests: the file grows no further than this, as if the disk were full.</summary>
    public int? MaxPages { get; init; }
}
