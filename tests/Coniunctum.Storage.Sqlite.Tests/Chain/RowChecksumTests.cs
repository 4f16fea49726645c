using Coniunctum.Storage.Sqlite.Chain;

namespace Coniunctum.Storage.Sqlite.Tests.Chain;

public sealed class RowChecksumTests
{
    [Test]
    public void Of_TheSameContentInAnotherRowOrTable_IsAnother()
    {
        byte[] content = [1, 2, 3];
        ulong checksum = RowChecksum.Of(RowKind.Body, 7, content);
        Assert.That(RowChecksum.Of(RowKind.Body, 7, [1, 2, 3]), Is.EqualTo(checksum));
        Assert.That(RowChecksum.Of(RowKind.Body, 8, content), Is.Not.EqualTo(checksum), "another row");
        Assert.That(RowChecksum.Of(RowKind.Undo, 7, content), Is.Not.EqualTo(checksum), "another table");
        Assert.That(RowChecksum.Of(RowKind.Body, 7, [1, 2, 4]), Is.Not.EqualTo(checksum), "another content");
    }
}
