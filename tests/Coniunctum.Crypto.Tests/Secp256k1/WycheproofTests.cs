using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.Crypto.Tests.Secp256k1;

/// <summary>Project Wycheproof's ECDSA vectors, for the bare verification; RecoverableEcdsaContract has them for the ledger's stricter schemes.</summary>
public sealed class WycheproofTests
{
    [Test]
    public void Verify_P1363Vectors_AllMatch()
    {
        int count = 0;
        foreach (WycheproofCase vector in WycheproofCase.Read("wycheproof/ecdsa_secp256k1_sha256_p1363_test.json"))
        {
            bool valid = vector.Signature.Length == 64
                && Verify(vector, vector.Signature.AsSpan(0, 32), vector.Signature.AsSpan(32));
            Assert.That(valid, Is.EqualTo(vector.IsValid), vector.Name);
            count++;
        }

        Assert.That(count, Is.EqualTo(252));
    }

    [Test]
    public void Verify_DerVectors_AllMatch()
    {
        int count = 0;
        foreach (WycheproofCase vector in WycheproofCase.Read("wycheproof/ecdsa_secp256k1_sha256_test.json"))
        {
            bool valid = StrictDer.TryRead(vector.Signature, out byte[]? r, out byte[]? s) && Verify(vector, r, s);
            Assert.That(valid, Is.EqualTo(vector.IsValid), vector.Name);
            count++;
        }

        Assert.That(count, Is.EqualTo(476));
    }

    private static bool Verify(WycheproofCase vector, ReadOnlySpan<byte> rBytes, ReadOnlySpan<byte> sBytes)
    {
        vector.Key.ToPoint(out AffinePoint point);
        _ = Scalar.TryRead(Sha256.Hash(vector.Message).AsSpan(), out Scalar digest);
        return Scalar.TryRead(rBytes, out Scalar r)
            && Scalar.TryRead(sBytes, out Scalar s)
            && Ecdsa.Verify_Vartime(point, digest, r, s);
    }
}
