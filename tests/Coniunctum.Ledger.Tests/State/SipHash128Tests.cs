using System.Buffers.Binary;
using Coniunctum.Crypto;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Tests.Support;

namespace Coniunctum.Ledger.Tests.State;

public sealed class SipHash128Tests
{
    [Test]
    public void Hash_PublishedVectors_AreTheirs()
    {
        string[] expected =
        [
            .. VectorFile.ReadLines("siphash-2-4-128.txt")
                .Where(line => !line.StartsWith('#')),
        ];
        Assert.That(expected, Has.Length.EqualTo(64));
        for (int length = 0; length < 64; length++)
        {
            byte[] message = [.. Enumerable.Range(0, length).Select(i => (byte)i)];
            byte[] hash = new byte[16];
            BinaryPrimitives.WriteUInt128LittleEndian(hash, SipHash128.Hash(0x0706050403020100, 0x0f0e0d0c0b0a0908, message));
            Assert.That(Convert.ToHexStringLower(hash), Is.EqualTo(expected[length]), $"{length} bytes");
        }
    }

    [Test]
    public void Fingerprint_IsTheHashOfSenderAndTagUnderTheKey()
    {
        byte[] key = [.. Enumerable.Range(0, 16).Select(i => (byte)i)];
        var tagKey = new TagKey(key);
        Hash256 sender = Plain.Fill(1);
        Hash256 tag = Plain.Fill(2);

        Assert.That(
            tagKey.Fingerprint(new Address(sender), new TransactionTag(tag)),
            Is.EqualTo(SipHash128.Hash(0x0706050403020100, 0x0f0e0d0c0b0a0908, Plain.Join(sender.ToArray(), tag.ToArray()))));
        Assert.That(tagKey.ToArray(), Is.EqualTo(key));
        Assert.That(new TagKey(tagKey.ToArray()), Is.EqualTo(tagKey));
        Assert.That(tagKey, Is.Not.EqualTo(default(TagKey)));
        Assert.That(() => new TagKey(new byte[15]), Throws.ArgumentException);
    }
}
