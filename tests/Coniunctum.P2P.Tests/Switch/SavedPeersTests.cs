using Coniunctum.Ledger.Storage;
using Coniunctum.P2P.Switch;

namespace Coniunctum.P2P.Tests.Switch;

public sealed class SavedPeersTests
{
    private static readonly SavedPeers s_saved = new(
        [SimpleAddressBookTests.Address(1), SimpleAddressBookTests.Address(2)],
        [new(SimpleAddressBookTests.Address(1), SimpleAddressBookTests.Id(7), true), new(SimpleAddressBookTests.Address(9), SimpleAddressBookTests.Id(1), false)]);

    [Test]
    public void Read_OfWhatWasWritten_IsTheSame()
    {
        SavedPeers read = Read(s_saved.ToRecord().Value);
        Assert.That(read.Anchors, Is.EqualTo(s_saved.Anchors));
        Assert.That(read.Known, Is.EqualTo(s_saved.Known));
    }

    [Test]
    public void Read_OfAnEmptyStore_IsNothing() => Assert.That(SavedPeers.Read(new MemoryChainStore()), Is.SameAs(SavedPeers.None));

    [Test]
    public void Read_OfARecordThatWasCut_OrIsOfAnotherVersion_IsNothing()
    {
        byte[] whole = s_saved.ToRecord().Value.ToArray();
        for (int length = 0; length < whole.Length; length++) Assert.That(Read(whole.AsMemory(0, length)), Is.SameAs(SavedPeers.None), $"{length} bytes");
        Assert.That(Read((byte[])[.. whole, 0]), Is.SameAs(SavedPeers.None));
        // The version is the second byte.
        whole[1] = 2;
        Assert.That(Read(whole), Is.SameAs(SavedPeers.None));
    }

    [Test]
    public void Read_OfAFullBook_IsTheSame()
    {
        var full = new SavedPeers([], [.. Enumerable.Range(0, SimpleAddressBook.Capacity).Select(i => new KnownNode(SimpleAddressBookTests.Address(i), SimpleAddressBookTests.Id(i), i % 2 == 0))]);
        Assert.That(Read(full.ToRecord().Value).Known, Is.EqualTo(full.Known));
    }

    private static SavedPeers Read(ReadOnlyMemory<byte> value)
    {
        var store = new MemoryChainStore();
        store.Commit(new StoreBatch { Records = [new StoreBatch.Record("ledger/peers", value)] });
        return SavedPeers.Read(store);
    }
}
