namespace Coniunctum.Wallet.Tests;

/// <summary>A program's key is the same at every start.</summary>
public sealed class OpenOrCreateTests
{
    private string _folder = null!;

    private string KeyPath => Path.Combine(_folder, "save.key");

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("coniunctum-key-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void OpenOrCreate_AtTheSecondStart_IsTheSameKey()
    {
        using PrivateKey first = Open("grey harbour 12"u8);
        using PrivateKey second = Open("grey harbour 12"u8);
        Assert.That(second.PublicKey, Is.EqualTo(first.PublicKey));
        Assert.That(Directory.GetFiles(_folder), Is.EqualTo(new[] { KeyPath }));
        if (!OperatingSystem.IsWindows()) Assert.That(File.GetUnixFileMode(KeyPath), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Test]
    public void OpenOrCreate_AnotherPassword_ThrowsAndLeavesTheFile()
    {
        Open("grey harbour 12"u8).Dispose();
        byte[] before = File.ReadAllBytes(KeyPath);
        Assert.That(() => Open("grey harbour 13"u8), Throws.TypeOf<InvalidDataException>().With.Message.Contains("password"));
        Assert.That(File.ReadAllBytes(KeyPath), Is.EqualTo(before));
    }

    [Test]
    public void OpenOrCreate_AnotherFile_ThrowsAndLeavesIt()
    {
        File.WriteAllText(KeyPath, "my diary");
        Assert.That(() => Open(""u8), Throws.TypeOf<InvalidDataException>().With.Message.Contains("save.key"));
        Assert.That(File.ReadAllText(KeyPath), Is.EqualTo("my diary"));
    }

    [Test]
    public void OpenOrCreate_AFileOfNoBytes_IsReplaced()
    {
        File.WriteAllBytes(KeyPath, []);
        using PrivateKey first = Open(""u8);
        using PrivateKey second = Open(""u8);
        Assert.That(second.PublicKey, Is.EqualTo(first.PublicKey));
    }

    [Test]
    public void OpenOrCreate_NoFolder_Throws()
    {
        string path = Path.Combine(_folder, "missing", "save.key");
        Assert.That(() => KeyFile.OpenOrCreate(path, ""u8, SystemEntropy.Instance, KeyFileSamples.LeastCost), Throws.InstanceOf<IOException>());
    }

    private PrivateKey Open(ReadOnlySpan<byte> password) =>
        KeyFile.OpenOrCreate(KeyPath, password, SystemEntropy.Instance, KeyFileSamples.LeastCost);
}
