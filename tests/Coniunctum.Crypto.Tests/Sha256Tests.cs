namespace Coniunctum.Crypto.Tests;

public sealed class Sha256Tests
{
    // FIPS 180-2, appendix B: "abc" and the 56-byte message.
    [TestCase("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [TestCase("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [TestCase("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    public void Hash_KnownAnswers_AllMatch(string message, string digest) =>
        Assert.That(Sha256.Hash(System.Text.Encoding.ASCII.GetBytes(message)).ToString(), Is.EqualTo(digest));
}
