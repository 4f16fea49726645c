namespace Coniunctum.Crypto.Internal;

/// <summary>The steps of which durable files are made, so that tests see their order and fail each of them.</summary>
internal interface IDisk
{
    /// <summary>Makes a file that only its owner may read, writes all of it, and flushes it.</summary>
    void Write(string path, ReadOnlySpan<byte> content);

    /// <summary>Whether a file is there, a plain one and no device, that holds nothing and that no one has open for writing.</summary>
    bool IsEmptyFile(string path);

    /// <summary>Gives a file a second name, in one step. On Windows the first one is gone then.</summary>
    LinkOutcome Link(string path, string name);

    /// <summary>Renames a file, in one step; one that has the name already is replaced.</summary>
    void Rename(string path, string name);

    /// <summary>Makes an empty file; false where there is one.</summary>
    bool TryClaim(string path);

    /// <summary>Deletes a file, where there is one.</summary>
    void Delete(string path);

    /// <summary>Makes a folder and those above it.</summary>
    void MakeFolder(string path, bool isPrivate);

    /// <summary>Flushes the names in a folder.</summary>
    void FlushFolder(string path);
}
