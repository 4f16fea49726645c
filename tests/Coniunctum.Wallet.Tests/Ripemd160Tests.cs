using System.Text;

namespace Coniunctum.Wallet.Tests;

public sealed class Ripemd160Tests
{
    // From the authors' page.
    [TestCase("", "9c1185a5c5e9fc54612808977ee8f548b2258d31")]
    [TestCase("a", "0bdc9d2d256b3ee9daae347be6f4dc835a467ffe")]
    [TestCase("abc", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc")]
    [TestCase("message digest", "5d0689ef49d2fae572b881b123a85ffa21595f36")]
    [TestCase("abcdefghijklmnopqrstuvwxyz", "f71c27109c692c1b56bbdceb5b9d2865b3708dbc")]
    [TestCase("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "12a053384a9c0c88e405a06c27dcf49ada62eb2b")]
    [TestCase("12345678901234567890123456789012345678901234567890123456789012345678901234567890", "9b752e45573d4b39f4dbd3323cab82bf63326bfb")]
    public void Hash_PublishedVectors_AllMatch(string text, string expected)
    {
        byte[] digest = new byte[20];
        Ripemd160.Hash(Encoding.ASCII.GetBytes(text), digest);
        Assert.That(Convert.ToHexStringLower(digest), Is.EqualTo(expected));
    }
}
