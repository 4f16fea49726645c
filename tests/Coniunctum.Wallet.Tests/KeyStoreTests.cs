namespace Coniunctum.Wallet.Tests;

public sealed class KeyStoreTests
{
    private string _folder = "";
    private KeyStore _store = null!;

    [SetUp]
    public void NameAFolder()
    {
        _folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        _store = new KeyStore(Path.Combine(_folder, "keys"));
    }

    [TearDown]
    public void RemoveIt()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public void Save_ThenList_GivesTheFilesByName()
    {
        Assert.That(_store.List(), Is.Empty);
        foreach (string name in (string[])["b", "a", "a-1"]) Assert.That(_store.TrySave(name, NewFile()), Is.True);
        File.WriteAllText(Path.Combine(_store.Folder, "broken.json"), "{");
        File.WriteAllText(Path.Combine(_store.Folder, "notes.txt"), "");
        File.WriteAllText(Path.Combine(_store.Folder, "Big.json"), "");
        File.WriteAllText(Path.Combine(_store.Folder, ".a.json.x.tmp"), "");

        KeyStoreEntry[] entries = [.. _store.List()];
        Assert.That(entries.Select(entry => entry.Name), Is.EqualTo(new[] { "a", "a-1", "b", "broken" }));
        Assert.That(entries.Select(entry => entry.Outcome.Fault), Is.EqualTo(new[] { KeyFileFault.None, KeyFileFault.None, KeyFileFault.None, KeyFileFault.Truncated }));
    }

    [Test]
    public void Save_UnderANameThatIsTaken_LeavesTheOldFile()
    {
        KeyFile first = NewFile();
        Assert.That(_store.TrySave("a", first), Is.True);
        Assert.That(_store.TrySave("a", NewFile()), Is.False);
        Assert.That(File.ReadAllBytes(_store.PathOf("a")), Is.EqualTo(first.ToJson()));

        KeyFile other = NewFile();
        Assert.That(_store.TrySave("a", other, replace: true), Is.True);
        Assert.That(File.ReadAllBytes(_store.PathOf("a")), Is.EqualTo(other.ToJson()));
        Assert.That(Directory.GetFiles(_store.Folder), Has.Length.EqualTo(1), "no temporary file stays");
    }

    [Test]
    public void Save_ByManyAtOnce_SucceedsForOneOfThem()
    {
        KeyFile[] files = [.. Enumerable.Range(0, 8).Select(_ => NewFile())];
        for (int round = 0; round < 50; round++)
        {
            string name = Invariant($"key{round}");
            bool[] saved = new bool[files.Length];
            Parallel.For(0, files.Length, i => saved[i] = _store.TrySave(name, files[i]));
            Assert.That(saved.Count(isSaved => isSaved), Is.EqualTo(1));
            Assert.That(File.ReadAllBytes(_store.PathOf(name)), Is.EqualTo(files[Array.IndexOf(saved, true)].ToJson()));
        }

        Assert.That(Directory.GetFiles(_store.Folder), Has.Length.EqualTo(50));
    }

    [Test]
    public void Save_IsForTheOwnersEyesOnly()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Ignore("Windows keeps permissions in the user's folder.");
            return;
        }

        Assert.That(_store.TrySave("a", NewFile()), Is.True);
        Assert.That(File.GetUnixFileMode(_store.PathOf("a")), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.That(File.GetUnixFileMode(_store.Folder), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
    }

    [Test]
    public void Save_WhereItCannot_ThrowsAndLeavesNothing()
    {
        Directory.CreateDirectory(_folder);
        File.WriteAllText(Path.Combine(_folder, "keys"), "a file where the folder should be");
        Assert.That(() => _store.TrySave("a", NewFile()), Throws.InstanceOf<IOException>());
        Assert.That(Directory.GetFileSystemEntries(_folder), Has.Length.EqualTo(1));
        Assert.That(() => NewFile().TrySave(Path.Combine(_folder, "missing", "file")), Throws.InstanceOf<IOException>());
    }

    [Test]
    public void Load_WhatIsNotThere_IsNotFound()
    {
        KeyFileOutcome outcome = _store.Load("nobody", out KeyFile? file);
        Assert.That((outcome.Fault, file), Is.EqualTo((KeyFileFault.NotFound, (KeyFile?)null)));
    }

    [Test]
    public void Load_AHugeFile_ReadsOnlyItsBeginning()
    {
        Assert.That(_store.TrySave("a", NewFile()), Is.True);
        using (FileStream stream = File.OpenWrite(_store.PathOf("a"))) stream.SetLength(1L << 40);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(_store.Load("a", out _).Fault, Is.EqualTo(KeyFileFault.TooLong));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1 << 20));
    }

    [TestCase("a")]
    [TestCase("0")]
    [TestCase("main-key_2.old")]
    [TestCase("cond")]
    [TestCase("1234567890123456789012345678901234567890123456789012345678901234")]
    public void IsName_OfAName_IsTrue(string name) => Assert.That(KeyStore.IsName(name), Is.True);

    [TestCase(null)]
    [TestCase("")]
    [TestCase("A")]
    [TestCase(".")]
    [TestCase("..")]
    [TestCase(".a")]
    [TestCase("-a")]
    [TestCase("a.")]
    [TestCase("a b")]
    [TestCase("a/b")]
    [TestCase("../a")]
    [TestCase("a\\b")]
    [TestCase("a:b")]
    [TestCase("\u00E9")]
    [TestCase("con")]
    [TestCase("nul.old")]
    [TestCase("12345678901234567890123456789012345678901234567890123456789012345")]
    public void IsName_OfSomethingElse_IsFalse(string? name)
    {
        Assert.That(KeyStore.IsName(name), Is.False);
        if (name is not null) Assert.That(() => _store.PathOf(name), Throws.ArgumentException);
    }

    private static KeyFile NewFile()
    {
        using var key = PrivateKey.Generate(SystemEntropy.Instance);
        return KeyFile.Encrypt(key, "p"u8, SystemEntropy.Instance, KeyFileSamples.LeastCost);
    }
}
