using Coniunctum.Crypto.Internal;


namespace Coniunctum.TestKit.Files;

/// <summary>The system's disk, which notes each step and fails the one that is asked for.</summary>
internal sealed class TestDisk : IDisk
{
    private readonly IDisk _disk = SystemDisk.Instance;

    /// <summary>The steps so far; temporary names as "*".</summary>
    public List<string> Steps { get; } = [];

    /// <summary>The step that fails, from 0; none by default.</summary>
    public int FailsAt { get; init; } = -1;

    /// <summary>Whether the process dies with the step that fails, so that nothing is tidied up either.</summary>
    public bool IsCrash { get; init; }

    /// <summary>Whether a file can have two names.</summary>
    public bool HasLinks { get; init; } = true;

    /// <summary>What another program does right before a renaming.</summary>
    public Action? BeforeRename { get; set; }

    public void Write(string path, ReadOnlySpan<byte> content)
    {
        Note("write", path);
        _disk.Write(path, content);
    }

    public bool IsEmptyFile(string path) => _disk.IsEmptyFile(path);

    public LinkOutcome Link(string path, string name)
    {
        Note("link", path, name);
        return HasLinks ? _disk.Link(path, name) : LinkOutcome.Unsupported;
    }

    public void Rename(string path, string name)
    {
        Note("rename", path, name);
        BeforeRename?.Invoke();
        BeforeRename = null;
        _disk.Rename(path, name);
    }

    public bool TryClaim(string path)
    {
        Note("claim", path);
        return _disk.TryClaim(path);
    }

    public void Delete(string path)
    {
        Note("delete", path);
        _disk.Delete(path);
    }

    public void MakeFolder(string path, bool isPrivate)
    {
        Note("folder", path);
        _disk.MakeFolder(path, isPrivate);
    }

    public void FlushFolder(string path)
    {
        Note("flush", path);
        _disk.FlushFolder(path);
    }

    private void Note(string step, params string[] paths)
    {
        bool fails = Steps.Count == FailsAt || (IsCrash && FailsAt >= 0 && Steps.Count > FailsAt);
        Steps.Add($"{step} {string.Join(' ', paths.Select(Short))}");
        if (fails) throw new IOException("The test's disk has failed.");
    }

    private static string Short(string path) =>
        path.EndsWith(DurableFile.TemporaryExtension, StringComparison.Ordinal) ? "*" : Path.GetFileName(path);
}
