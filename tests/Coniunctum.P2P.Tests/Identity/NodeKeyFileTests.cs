using System.Collections.Concurrent;
using System.Text;
using Coniunctum.Crypto;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Tests.Support;

namespace Coniunctum.P2P.Tests.Identity;

public sealed class NodeKeyFileTests
{
    private const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // The secret key 7.
    private const string Line = "coniunctum-node-key 1 0000000000000000000000000000000000000000000000000000000000000007\n";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void OpenOrCreate_Twice_GivesTheSameNode_InAFileOfItsOwner()
    {
        string path = _folder.PathOf("node.key");
        using NodeKey made = NodeKeyFile.OpenOrCreate(path, SystemEntropy.Instance).Key!;
        using NodeKey opened = NodeKeyFile.OpenOrCreate(path, SystemEntropy.Instance).Key!;
        Assert.That(opened.Id, Is.EqualTo(made.Id));
        Assert.That(NodeKeyFile.Open(path).Key!.Id, Is.EqualTo(made.Id));
        Assert.That(new FileInfo(path).Length, Is.EqualTo(87));
        if (!OperatingSystem.IsWindows()) Assert.That(File.GetUnixFileMode(path), Is.EqualTo(OwnersOnly));
    }

    [Test]
    public void OpenOrCreate_FromManyThreads_GivesOneKey()
    {
        string path = _folder.PathOf("node.key");
        var ids = new ConcurrentBag<NodeId>();
        Parallel.For(0, 16, _ => ids.Add(NodeKeyFile.OpenOrCreate(path, SystemEntropy.Instance).Key!.Id));
        Assert.That(ids.Distinct().Count(), Is.EqualTo(1));
    }

    [TestCase(Line)]
    [TestCase("coniunctum-node-key 1 0000000000000000000000000000000000000000000000000000000000000007")]
    public void Open_AKnownLine_GivesItsKey(string content)
    {
        using NodeKey expected = TestKeys.Node(7);
        NodeKeyOutcome outcome = NodeKeyFile.Open(Write(content));
        Assert.That(outcome.Fault, Is.EqualTo(NodeKeyFault.None));
        Assert.That(outcome.Key!.Id, Is.EqualTo(expected.Id));
    }

    [TestCase("", TestName = "Open_NothingInIt_IsMalformed")]
    [TestCase("coniunctum-node-key 2 0000000000000000000000000000000000000000000000000000000000000007\n", TestName = "Open_AnotherVersion_IsMalformed")]
    [TestCase("coniunctum-node-key 1 0000000000000000000000000000000000000000000000000000000000000000\n", TestName = "Open_TheNumberZero_IsMalformed")]
    [TestCase("coniunctum-node-key 1 fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141\n", TestName = "Open_TheOrder_IsMalformed")]
    [TestCase("coniunctum-node-key 1 000000000000000000000000000000000000000000000000000000000000000g\n", TestName = "Open_NoDigit_IsMalformed")]
    [TestCase("coniunctum-node-key 1 00000000000000000000000000000000000000000000000000000000000007\n", TestName = "Open_TooFewDigits_IsMalformed")]
    [TestCase(Line + "more", TestName = "Open_MoreBehindIt_IsMalformed")]
    public void Open_AnythingElse_IsMalformed_AndLeftAsItIs(string content)
    {
        string path = Write(content);
        NodeKeyOutcome outcome = NodeKeyFile.Open(path);
        Assert.That(outcome.Fault, Is.EqualTo(NodeKeyFault.Malformed));
        Assert.That(outcome.Key, Is.Null);
        Assert.That(outcome.Message, Does.Contain("node.key").And.Contain("restore it").And.Not.Contain("0000007"));
        if (content.Length > 0) Assert.That(NodeKeyFile.OpenOrCreate(path, SystemEntropy.Instance).Fault, Is.EqualTo(NodeKeyFault.Malformed));
        if (content.Length > 0) Assert.That(File.ReadAllText(path), Is.EqualTo(content));
    }

    [Test]
    public void OpenOrCreate_AFileOfNoBytes_AsACrashLeavesIt_GetsAKey() =>
        Assert.That(NodeKeyFile.OpenOrCreate(Write(""), SystemEntropy.Instance).Fault, Is.EqualTo(NodeKeyFault.None));

    [Test]
    public void Open_AHugeFile_IsMalformed() =>
        Assert.That(NodeKeyFile.Open(Write(new string('a', 1_000_000))).Fault, Is.EqualTo(NodeKeyFault.Malformed));

    [Test]
    public void Open_NoFile_IsNotFound() =>
        Assert.That(NodeKeyFile.Open(_folder.PathOf("other.key")), Has.Property("Fault").EqualTo(NodeKeyFault.NotFound).And.Property("Message").Contains("other.key"));

    [Test]
    public void OpenOrCreate_NoFolder_IsUnreadable_AndNamesTheWayOut() =>
        Assert.That(
            NodeKeyFile.OpenOrCreate(_folder.PathOf("missing/node.key"), SystemEntropy.Instance),
            Has.Property("Fault").EqualTo(NodeKeyFault.Unreadable).And.Property("Message").Contains("Make its folder"));

    [Test]
    public void Open_AFolder_IsUnreadable() => Assert.That(NodeKeyFile.Open(_folder.PathOf(".")).Fault, Is.EqualTo(NodeKeyFault.Unreadable));

    [TestCase(UnixFileMode.GroupRead)]
    [TestCase(UnixFileMode.OtherRead)]
    [TestCase(UnixFileMode.OtherWrite)]
    [Platform(Exclude = "Win")]
    public void Open_AFileThatOthersMayRead_IsRefused(UnixFileMode more)
    {
        if (OperatingSystem.IsWindows()) return;
        string path = Write(Line);
        File.SetUnixFileMode(path, OwnersOnly | more);
        NodeKeyOutcome outcome = NodeKeyFile.Open(path);
        Assert.That(outcome.Fault, Is.EqualTo(NodeKeyFault.NotPrivate));
        Assert.That(outcome.Message, Does.Contain("chmod 600"));
    }

    [Test]
    public void Default_IsUnchecked() => Assert.That(default(NodeKeyOutcome).Fault, Is.EqualTo(NodeKeyFault.Unchecked));

    private string Write(string content)
    {
        string path = _folder.PathOf("node.key");
        File.WriteAllText(path, content, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, OwnersOnly);
        return path;
    }
}
