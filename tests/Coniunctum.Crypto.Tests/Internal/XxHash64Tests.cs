using System.Text;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Crypto.Tests.Internal;

public sealed class XxHash64Tests
{
    private const ulong Prime = 2654435761;

    // Values for these texts stand in many implementations' tests.
    [TestCase("", 0xEF46DB3751D8E999ul)]
    [TestCase("a", 0xD24EC4F1A98C6E5Bul)]
    [TestCase("abc", 0x44BC2CF5AD770999ul)]
    [TestCase("Nobody inspects the spammish repetition", 0xFBCEA83C8A378BF1ul)]
    public void Compute_PublishedTexts_Match(string text, ulong expected) =>
        Assert.That(XxHash64.Compute(Encoding.ASCII.GetBytes(text)), Is.EqualTo(expected));

    // github.com/Cyan4973/xxHash, the sanity check of the early command-line program (BMK_sanityCheck).
    [TestCase(0, 0ul, 0xEF46DB3751D8E999ul)]
    [TestCase(0, Prime, 0xAC75FDA2929B17EFul)]
    [TestCase(1, 0ul, 0x4FCE394CC88952D8ul)]
    [TestCase(1, Prime, 0x739840CB819FA723ul)]
    [TestCase(14, 0ul, 0xCFFA8DB881BC3A3Dul)]
    [TestCase(14, Prime, 0x5B9611585EFCC9CBul)]
    [TestCase(101, 0ul, 0x0EAB543384F878ADul)]
    [TestCase(101, Prime, 0xCAA65939306F1E21ul)]
    public void Compute_PublishedSanityChecks_Match(int length, ulong seed, ulong expected)
    {
        byte[] data = new byte[length];
        uint generator = (uint)Prime;
        for (int i = 0; i < length; i++)
        {
            data[i] = (byte)(generator >> 24);
            generator *= generator;
        }

        Assert.That(XxHash64.Compute(data, seed), Is.EqualTo(expected));
    }

    [Test]
    public void Compute_AnyFlippedBit_ChangesIt()
    {
        byte[] data = new byte[100];
        new Random(1).NextBytes(data);
        ulong whole = XxHash64.Compute(data);
        for (int bit = 0; bit < data.Length * 8; bit++)
        {
            data[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.That(XxHash64.Compute(data), Is.Not.EqualTo(whole), $"bit {bit}");
            data[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }
}
