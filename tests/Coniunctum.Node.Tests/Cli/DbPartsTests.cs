using Coniunctum.Ledger.Storage;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Data;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Node.Tests.Cli;

/// <summary>Commands on files that are not whole, or that can only be read.</summary>
[TestFixture]
internal sealed class DbPartsTests
{
    private string _folder = "";

    private string Data => Path.Combine(_folder, "chain.db");

    [SetUp]
    public async Task MakeChainAsync()
    {
        _folder = Directory.CreateTempSubdirectory("coniunctum-parts").FullName;
        Invocation run = await Invocation.OfAsync("dev", "--data", Data, "--blocks", "5", "--block-time", "2ms");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
    }

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Note_OfAChainThatBeginsWithMoreThanAFileHasRoomFor_SaysWhatCopiesIt()
    {
        using var store = new MemoryChainStore();
        store.Commit(new StoreBatch { Records = [new(StoredProfile.RecordName, new byte[47 * 1024])] });
        Assert.That(ChainNote.Of(store), Has.Length.LessThanOrEqualTo(64 * 1024));
        store.Commit(new StoreBatch { Records = [new(StoredProfile.RecordName, new byte[49 * 1024])] });
        Assert.That(() => ChainNote.Of(store), Throws.TypeOf<BadInputException>().With.Message.Contains("a file has room for 65536: 'coniunctum db backup' copies it"));
    }

    [Test]
    public async Task Commands_OnACopyWithoutItsWal_SayThatItIsMissing_AndBeginNothing()
    {
        string copy = Path.Combine(_folder, "copy.db");
        using (var store = SqliteChainStore.Open(Data))
        {
            store.Commit(new StoreBatch { Records = [new("note", new byte[] { 1 })] });
            File.Copy(Data, copy);
        }

        byte[] before = await File.ReadAllBytesAsync(copy);
        foreach (string[] args in (string[][])[["dev", "--blocks", "1"], ["db", "stats"], ["db", "verify"], ["db", "export", Path.Combine(_folder, "out")], ["db", "prune"], ["db", "digest"], ["db", "rewind", "--height", "1"], ["db", "backup", "--out", Path.Combine(_folder, "out")]])
        {
            Invocation run = await Invocation.OfAsync([.. args, "--data", copy]);
            Assert.That(run.ExitCode, Is.Not.Zero, string.Join(' ', args));
            Assert.That(run.ErrorLines.Single(), Does.Contain("was not closed cleanly, and its -wal is missing"), string.Join(' ', args));
            Assert.That(await File.ReadAllBytesAsync(copy), Is.EqualTo(before));
        }

        Assert.That(File.Exists(Path.Combine(_folder, "out")), Is.False);
    }

    [Test]
    public async Task Commands_ThatOnlyRead_LeaveAClosedFileAlone()
    {
        byte[] before = await File.ReadAllBytesAsync(Data);
        DateTime written = File.GetLastWriteTimeUtc(Data);
        foreach (string[] args in (string[][])[["db", "stats"], ["db", "verify"], ["db", "export", Path.Combine(_folder, "blocks")], ["db", "export", "--state", Path.Combine(_folder, "state")], ["db", "digest"]])
        {
            Invocation run = await Invocation.OfAsync([.. args, "--data", Data]);
            Assert.That(run.ExitCode, Is.Zero, run.Error);
        }

        Assert.That(await File.ReadAllBytesAsync(Data), Is.EqualTo(before));
        Assert.That(File.GetLastWriteTimeUtc(Data), Is.EqualTo(written));
        Assert.That(Directory.GetFiles(_folder).Select(path => Path.GetFileName(path)).Order(), Is.EqualTo(new[] { "blocks", "chain.db", "state" }));
    }

    [Test]
    public async Task Dev_ThroughALinkToNothing_IsRefused_AndMakesNothing()
    {
        string link = Path.Combine(_folder, "link.db");
        File.CreateSymbolicLink(link, "nowhere.db");
        Invocation run = await Invocation.OfAsync("dev", "--data", link, "--blocks", "1");
        Assert.That((run.ExitCode, run.ErrorLines.Length), Is.EqualTo((2, 1)), run.Error);
        Assert.That(run.Error, Does.Contain("symbolic link"));
        Assert.That(File.Exists(Path.Combine(_folder, "nowhere.db")), Is.False);
    }
}
