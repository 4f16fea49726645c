using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.P2P.Relay;

namespace Coniunctum.P2P.Tests.Relay;

/// <summary>Short ids against the published values, and their bytes.</summary>
public sealed class ShortIdsTests
{
    // Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012, appendix A, and the reference implementation's vectors.sip64:
    // the key is 00 01 … 0f, the message 00 01 … of the length.
    [TestCase(0, 0x726fdb47dd0e0e31UL)]
    [TestCase(8, 0x93f5f5799a932462UL)]
    [TestCase(15, 0xa129ca6149be45e5UL)]
    public void SipHash_IsThePublishedOne(int length, ulong expected)
    {
        byte[] message = [.. Enumerable.Range(0, length).Select(i => (byte)i)];
        Assert.That(ShortIds.SipHash(0x0706050403020100, 0x0f0e0d0c0b0a0908, message), Is.EqualTo(expected));
    }

    [Test]
    public void ShortId_HasSixBytes_ThatDependOnBlockSaltAndLeaf()
    {
        Hash256 leaf = Sha3_256.Hash("leaf"u8), other = Sha3_256.Hash("other"u8);
        BlockId block = new(Sha3_256.Hash("block"u8)), second = new(Sha3_256.Hash("second"u8));
        ulong[] ids = [new ShortIds(block, 1).Of(leaf), new ShortIds(block, 1).Of(other), new ShortIds(block, 2).Of(leaf), new ShortIds(second, 1).Of(leaf)];
        Assert.That(ids, Is.Unique.And.All.LessThan(1UL << 48));
        byte[] bytes = new byte[6];
        ShortIds.Write(bytes, ids[0]);
        Assert.That(ShortIds.Read(bytes), Is.EqualTo(ids[0]));
        Assert.That(bytes[0], Is.EqualTo((byte)ids[0]), "the least first");
    }
}
