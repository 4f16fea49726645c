using Coniunctum.Crypto.Internal;


namespace Coniunctum.Crypto.Tests.Internal;

public sealed class RealPathTests
{
    private string _root = "";

    [SetUp]
    public void MakeFoldersAndLinks()
    {
        _root = RealPath.Of(Directory.CreateTempSubdirectory("coniunctum-path-").FullName);
        Directory.CreateDirectory(In("a/b"));
        File.WriteAllText(In("a/file"), "");
        File.CreateSymbolicLink(In("plain"), In("a/file"));
        File.CreateSymbolicLink(In("twice"), "plain");
        Directory.CreateSymbolicLink(In("folder"), In("a/b"));

        // Up from the folder's target, not from the folder's name.
        File.CreateSymbolicLink(In("up"), "folder/../file");
        File.CreateSymbolicLink(In("nowhere"), "a/missing");
        File.CreateSymbolicLink(In("circle"), "circle");
    }

    [TearDown]
    public void DeleteThem() => Directory.Delete(_root, recursive: true);

    [TestCase("a/file", "a/file")]
    [TestCase("a/none", "a/none")]
    [TestCase("plain", "a/file")]
    [TestCase("twice", "a/file")]
    [TestCase("up", "a/file")]
    [TestCase("nowhere", "a/missing")]
    [TestCase("folder/none", "folder/none")]
    public void Of_APath_IsThatOfTheFileItself(string path, string expected) => Assert.That(RealPath.Of(In(path)), Is.EqualTo(In(expected)));

    [Test]
    public void Of_ACircle_Throws() => Assert.That(() => RealPath.Of(In("circle")), Throws.InstanceOf<IOException>().With.Message.Contains("circle"));

    [TestCase("plain", true)]
    [TestCase("nowhere", true)]
    [TestCase("a/file", false)]
    [TestCase("none", false)]
    public void IsLink_OfAPath_SaysWhetherItIsOneItself(string path, bool expected) => Assert.That(RealPath.IsLink(In(path)), Is.EqualTo(expected));

    private string In(string path) => Path.Combine([_root, .. path.Split('/')]);
}
