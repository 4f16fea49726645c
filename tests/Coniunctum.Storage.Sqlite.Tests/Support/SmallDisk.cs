using System.Diagnostics;

namespace Coniunctum.Storage.Sqlite.Tests.Support;

/// <summary>A file system of its own in memory, as small as a test wants it. Where mounting is not permitted the test is skipped.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("coniunctum-disk-");

    public SmallDisk(int bytes)
    {
        if (OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", Invariant($"size={bytes}"), "tmpfs", _folder.FullName)) return;
        _folder.Delete();
        Assert.Ignore("A small disk cannot be mounted here: that needs Linux and the permission to mount.");
    }

    public string Ledger => Path.Combine(_folder.FullName, "ledger.db");

    public void Resize(int bytes) => Remount(Invariant($"size={bytes}"));

    public void MakeReadOnly(bool isReadOnly) => Remount(isReadOnly ? "ro" : "rw");

    public void Dispose()
    {
        Run("umount", _folder.FullName);
        _folder.Delete();
    }

    private void Remount(string option) => Assert.That(Run("mount", "-o", $"remount,{option}", _folder.FullName), Is.True);

    private static bool Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
