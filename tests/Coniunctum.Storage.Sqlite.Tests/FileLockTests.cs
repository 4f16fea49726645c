using System.Diagnostics;
using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite.Tests.Support;
using SQLitePCL;

namespace Coniunctum.Storage.Sqlite.Tests;

/// <summary>The lock, whatever else the process that holds it does with the file.</summary>
[CancelAfter(60_000)]
public sealed class FileLockTests
{
    private TestFolder _folder = null!;

    [SetUp]
    public void MakeTheFolder() => _folder = new TestFolder();

    [TearDown]
    public void DeleteTheFolder() => _folder.Dispose();

    [Test]
    public async Task Open_FromAnotherProcess_AfterThisOneReadTheFile_IsInUse(CancellationToken cancellation)
    {
        using var store = SqliteChainStore.Open(_folder.Ledger);
        store.Commit(TestBlocks.Batch(0, 10));

        // Each opens and closes a descriptor, with which POSIX locks of the process fall.
        Assert.That(await File.ReadAllBytesAsync(_folder.Ledger, cancellation), Is.Not.Empty);
        File.Copy(_folder.Ledger, _folder.File("copy.db"));
        Assert.That(() => SqliteChainStore.Open(_folder.Ledger), Throws.InstanceOf<LedgerFileException>());
        Assert.That(() => SqliteChainStore.OpenToRead(_folder.Ledger), Throws.InstanceOf<LedgerFileException>());

        Assert.That(await AskAsync("open", cancellation), Is.EqualTo($"{LedgerFileFault.InUse}"));
        Assert.That(await AskAsync("read", cancellation), Is.EqualTo($"{LedgerFileFault.InUse}"));
        Assert.That(await AskAsync("sqlite", cancellation), Is.EqualTo(Invariant($"{raw.SQLITE_BUSY}")), "another SQLite program");
        store.Commit(TestBlocks.Batch(10, 1));
    }

    [Test]
    public async Task Open_FromAnotherProcess_AfterDispose_Succeeds(CancellationToken cancellation)
    {
        using (var store = SqliteChainStore.Open(_folder.Ledger)) store.Commit(TestBlocks.Batch(0, 10));
        Assert.That(await AskAsync("open", cancellation), Is.EqualTo("9"));
        Assert.That(await AskAsync("sqlite", cancellation), Is.EqualTo(Invariant($"{raw.SQLITE_OK}")));
    }

    [Test]
    public async Task OpenToRead_FromTwoProcesses_Succeeds_AndKeepsWritersOut(CancellationToken cancellation)
    {
        using (var store = SqliteChainStore.Open(_folder.Ledger)) store.Commit(TestBlocks.Batch(0, 10));
        using (var reader = SqliteChainStore.OpenToRead(_folder.Ledger))
        {
            Assert.That(await AskAsync("read", cancellation), Is.EqualTo("9"));
            Assert.That(await AskAsync("open", cancellation), Is.EqualTo($"{LedgerFileFault.InUse}"));
            Assert.That(reader.Tip, Is.EqualTo(new StoredTip(TestBlocks.Id(9), 9)));
        }

        Assert.That(await AskAsync("open", cancellation), Is.EqualTo("9"));
    }

    private async Task<string?> AskAsync(string task, CancellationToken cancellation)
    {
        using Process child = ChildProgram.Start(task, _folder.Ledger);
        string? answer = await child.StandardOutput.ReadLineAsync(cancellation);
        await child.WaitForExitAsync(cancellation);
        return answer;
    }
}
