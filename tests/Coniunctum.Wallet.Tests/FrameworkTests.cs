using System.Security.Cryptography;
using System.Text.Json;

namespace Coniunctum.Wallet.Tests;

/// <summary>What the keys take from the framework: the published vectors hold there too.</summary>
public sealed class FrameworkTests
{
    [Test]
    public void Hmac_WycheproofVectors_AllMatch()
    {
        int checkedCount = 0;
        foreach ((JsonElement group, JsonElement test) in Tests("wycheproof/hmac_sha256_test.json"))
        {
            byte[] mac = HMACSHA256.HashData(Hex(test, "key"), Hex(test, "msg"));
            bool isTag = mac.AsSpan(0, group.GetProperty("tagSize").GetInt32() / 8).SequenceEqual(Hex(test, "tag"));
            Assert.That(isTag, Is.EqualTo(test.GetProperty("result").GetString() == "valid"), $"test {test.GetProperty("tcId")}");
            checkedCount++;
        }

        Assert.That(checkedCount, Is.EqualTo(174));
    }

    [Test]
    public void Pbkdf2_WycheproofVectors_AllMatch()
    {
        int checkedCount = 0;
        foreach ((_, JsonElement test) in Tests("wycheproof/pbkdf2_hmacsha256_test.json"))
        {
            byte[] key = new byte[test.GetProperty("dkLen").GetInt32()];
            Rfc2898DeriveBytes.Pbkdf2(
                Hex(test, "password"), Hex(test, "salt"), key, test.GetProperty("iterationCount").GetInt32(), HashAlgorithmName.SHA256);
            Assert.That(key, Is.EqualTo(Hex(test, "dk")), $"test {test.GetProperty("tcId")}");
            checkedCount++;
        }

        Assert.That(checkedCount, Is.EqualTo(60));
    }

    // NIST SP 800-38A §F.5.1: four blocks, and a counter that carries over into the next byte.
    [Test]
    public void Aes128Ctr_PublishedVector_Matches()
    {
        byte[] text = Convert.FromHexString("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
        byte[] result = new byte[64];
        Aes128Ctr.Transform(
            Convert.FromHexString("2b7e151628aed2a6abf7158809cf4f3c"), Convert.FromHexString("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"), text, result);
        Assert.That(
            Convert.ToHexStringLower(result),
            Is.EqualTo("874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee"));
    }

    [Test]
    public void Aes128Ctr_WhoseCounterOverflows_GoesOnWithZero()
    {
        byte[] key = new byte[16];
        byte[] twoBlocks = new byte[32];
        byte[] blockZero = new byte[16];
        Aes128Ctr.Transform(key, Convert.FromHexString("ffffffffffffffffffffffffffffffff"), new byte[32], twoBlocks);
        Aes128Ctr.Transform(key, new byte[16], new byte[16], blockZero);
        Assert.That(twoBlocks[16..], Is.EqualTo(blockZero));
    }

    private static IEnumerable<(JsonElement Group, JsonElement Test)> Tests(string file)
    {
        JsonElement root = JsonElement.Parse(VectorFile.ReadText(file));
        return root.GetProperty("testGroups").EnumerateArray().SelectMany(group => group.GetProperty("tests").EnumerateArray().Select(test => (group, test)));
    }

    private static byte[] Hex(JsonElement test, string name) => Convert.FromHexString(test.GetProperty(name).GetString()!);
}
