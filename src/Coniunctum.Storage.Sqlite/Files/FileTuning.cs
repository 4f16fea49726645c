namespace Coniunctum.Storage.Sqlite.Files;

/// <summary>The sizes that were found by measuring (docs/adr/0004), what tests set to see a failure, and who waits for it.</summary>
internal sealed record FileTuning
{
    /// <summary>Bytes of a page of a new file.</summary>
    public int PageBytes { get; init; } = 4096;

    /// <summary>When the WAL is longer, it is moved into the file: seldom enough, and so that opening after a crash reads little.</summary>
    public long MaxWalBytes { get; init; } = 8 << 20;

    /// <summary>Bytes of pages that the connection keeps in memory.</summary>
    public int CacheBytes { get; init; } = 16 << 20;

    /// <summary>Is told how far a file of an older version is that is brought up to date.</summary>
    public IProgress<StoreProgress>? Progress { get; init; }

    /// <summary>Stops that; the file stays as it was.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>For tests: the file grows no further than this, as if the disk were full.</summary>
    public int? MaxPages { get; init; }
}
