using System.Text;
using System.Text.Json;
using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.Crypto.Tests.Secp256k1;

public sealed class DeterministicNoncesTests
{
    [Test]
    public void Next_PublishedVectors_GivesTheFirstSecondAndSixteenth()
    {
        using var document = JsonDocument.Parse(VectorFile.ReadText("secp256k1/rfc6979.json"));
        Assert.That(document.RootElement.GetArrayLength(), Is.EqualTo(10));
        foreach (JsonElement vector in document.RootElement.EnumerateArray())
        {
            string message = vector.GetProperty("message").GetString()!;
            _ = Scalar.TryRead(Sha256.Hash(Encoding.UTF8.GetBytes(message)).AsSpan(), out Scalar digest);
            _ = Scalar.TryRead(Convert.FromHexString(vector.GetProperty("d").GetString()!), out Scalar key);
            byte[] memory = new byte[DeterministicNonces.MemorySize];
            var nonces = new DeterministicNonces(key, digest, memory);
            for (int i = 0; i < 16; i++)
            {
                nonces.Next(out Scalar nonce);
                if (!vector.TryGetProperty(Invariant($"k{i}"), out JsonElement expected)) continue;
                Assert.That(Numbers.Value(nonce), Is.EqualTo(CurveOracle.Hex(expected.GetString()!)), $"{message}, {i}");
            }

            Assert.That(memory, Has.Some.Not.Zero);
            nonces.Dispose();
            Assert.That(memory, Is.All.Zero);
        }
    }
}
