namespace Coniunctum.Crypto.Internal;

/// <summary>What became of giving a file a name.</summary>
internal enum LinkOutcome
{
    /// <summary>The file system has no hard links, or did not allow this one.</summary>
    Unsupported = 0,

    /// <summary>Another file has the name.</summary>
    Taken,

    /// <summary>The file has the name.</summary>
    Done,
}
