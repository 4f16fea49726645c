using Coniunctum.Crypto.Internal;


namespace Coniunctum.Crypto.Tests.Internal;

public sealed class DurableFileTests
{
    private static readonly byte[] s_content = [1, 2, 3];
    private static readonly byte[] s_other = [4, 5, 6, 7];

    private string _root = "";
    private string _folder = "";
    private string _path = "";

    [SetUp]
    public void MakeAFolder()
    {
        _root = Directory.CreateTempSubdirectory("coniunctum-durable-").FullName;
        _folder = Directory.CreateDirectory(Path.Combine(_root, "here")).FullName;
        _path = Path.Combine(_folder, "file");
    }

    [TearDown]
    public void DeleteIt() => Directory.Delete(_root, recursive: true);

    [Test]
    public void TryWrite_ANewFile_FlushesTheBytesThenTheFolderThatHoldsTheName()
    {
        var disk = new TestDisk();
        Assert.That(DurableFile.TryWrite(disk, _path, s_content, replace: false), Is.True);
        Assert.That(disk.Steps, Is.EqualTo(new[] { "write *", "link * file", "delete *", "flush here", "delete *" }));
        Assert.That(File.ReadAllBytes(_path), Is.EqualTo(s_content));
        Assert.That(Directory.GetFileSystemEntries(_folder), Has.Length.EqualTo(1));
    }

    [Test]
    public void TryWrite_Replacing_RenamesThenFlushesTheFolder()
    {
        File.WriteAllBytes(_path, s_other);
        var disk = new TestDisk();
        Assert.That(DurableFile.TryWrite(disk, _path, s_content, replace: true), Is.True);
        Assert.That(disk.Steps, Is.EqualTo(new[] { "write *", "rename * file", "flush here", "delete *" }));
        Assert.That(File.ReadAllBytes(_path), Is.EqualTo(s_content));
    }

    [Test]
    public void TryWrite_WhereFilesHaveOneName_ClaimsItAndFlushesTheFolder()
    {
        var disk = new TestDisk { HasLinks = false };
        Assert.That(DurableFile.TryWrite(disk, _path, s_content, replace: false), Is.True);
        Assert.That(disk.Steps, Is.EqualTo(new[] { "write *", "link * file", "claim file", "rename * file", "delete *", "flush here", "delete *" }));
        Assert.That(DurableFile.TryWrite(disk, _path, s_other, replace: false), Is.False);
        Assert.That(File.ReadAllBytes(_path), Is.EqualTo(s_content));
    }

    [Test]
    public void TryWrite_DyingAtAnyStep_LeavesTheFileWholeOrNothingUnderItsName([Values] bool replace)
    {
        int crashes = 0;
        for (int step = 0; step < 5; step++)
        {
            File.Delete(_path);
            if (replace) File.WriteAllBytes(_path, s_other);
            var disk = new TestDisk { FailsAt = step, IsCrash = true };
            try
            {
                DurableFile.TryWrite(disk, _path, s_content, replace);
            }
            catch (IOException)
            {
                crashes++;
            }

            byte[]? found = File.Exists(_path) ? File.ReadAllBytes(_path) : null;
            Assert.That(found, Is.EqualTo(s_content).Or.EqualTo(replace ? s_other : null), Invariant($"step {step}: {string.Join(", ", disk.Steps)}"));
        }

        Assert.That(crashes, Is.GreaterThanOrEqualTo(4));
    }

    [Test]
    public void TryWrite_WhereTheFolderCannotBeFlushed_SaysSo()
    {
        var disk = new TestDisk { FailsAt = 3 };
        Assert.That(() => DurableFile.TryWrite(disk, _path, s_content, replace: false), Throws.InstanceOf<IOException>());
        Assert.That(disk.Steps[3], Is.EqualTo("flush here"));
    }

    [Test]
    public void TryWrite_OverAFileOfNoBytes_TakesItsName()
    {
        File.WriteAllBytes(_path, []);
        Assert.That(DurableFile.TryWrite(_path, s_content), Is.True);
        Assert.That(File.ReadAllBytes(_path), Is.EqualTo(s_content));
        Assert.That(DurableFile.TryWrite(_path, s_other), Is.False);
        Assert.That(Directory.GetFileSystemEntries(_folder), Has.Length.EqualTo(1));
    }

    [Test]
    public void TryWrite_OverAFileThatIsFilledMeanwhile_LeavesIt()
    {
        File.WriteAllBytes(_path, []);
        var disk = new TestDisk { BeforeRename = () => File.WriteAllBytes(_path, s_other) };
        Assert.That(DurableFile.TryWrite(disk, _path, s_content, replace: false), Is.False);
        Assert.That(File.ReadAllBytes(_path), Is.EqualTo(s_other));
        Assert.That(Directory.GetFileSystemEntries(_folder), Has.Length.EqualTo(1));
    }

    [Test]
    public void TryWrite_ThroughALink_ReplacesItsTargetAndCreatesNone()
    {
        string link = Path.Combine(_root, "link");
        File.CreateSymbolicLink(link, Path.Combine("here", "file"));
        Assert.That(DurableFile.TryWrite(link, s_content), Is.False, "a link that leads nowhere has the name");
        Assert.That(File.Exists(_path), Is.False);

        File.WriteAllBytes(_path, s_other);
        Assert.That(DurableFile.TryWrite(link, s_content), Is.False);
        Assert.That(DurableFile.TryWrite(link, s_content, replace: true), Is.True);
        Assert.That(RealPath.IsLink(link), Is.True);
        Assert.That(File.ReadAllBytes(_path), Is.EqualTo(s_content));
    }

    [Test]
    public void IsEmptyFile_OfADevice_IsFalse()
    {
        if (!File.Exists("/dev/null")) Assert.Ignore("There are no devices among the files here.");
        Assert.That(SystemDisk.Instance.IsEmptyFile("/dev/null"), Is.False);
        File.WriteAllBytes(_path, []);
        Assert.That(SystemDisk.Instance.IsEmptyFile(_path), Is.True);
    }

    [Test]
    public void MakeFolder_OfSeveral_FlushesTheFolderAboveEachThatIsNew()
    {
        var disk = new TestDisk();
        DurableFile.MakeFolder(disk, Path.Combine(_folder, "a", "b") + Path.DirectorySeparatorChar, isPrivate: false);
        Assert.That(disk.Steps, Is.EqualTo(new[] { "folder b", "flush a", "flush here" }));
        Assert.That(Directory.Exists(Path.Combine(_folder, "a", "b")), Is.True);
    }
}
