namespace Coniunctum.P2P.Identity;

/// <summary>What was found when a node key file was opened.</summary>
public enum NodeKeyFault
{
    /// <summary>Nothing was read yet; never the outcome of reading.</summary>
    Unchecked = 0,

    /// <summary>No fault.</summary>
    None = 1,

    /// <summary>There is no such file.</summary>
    NotFound = 2,

    /// <summary>The system does not let this process read, or make, the file.</summary>
    Unreadable = 3,

    /// <summary>Others than the file's owner may read or write it (not checked on Windows).</summary>
    NotPrivate = 4,

    /// <summary>The file holds something else than a node key.</summary>
    Malformed = 5,
}
