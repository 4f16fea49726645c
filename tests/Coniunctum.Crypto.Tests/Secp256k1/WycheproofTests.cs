using System.Text.Json;
using Coniunctum.Crypto.Secp256k1;
using Coniunctum.Crypto.Tests.Vectors;

namespace Coniunctum.Crypto.Tests.Secp256k1;

/// <summary>Project Wycheproof's ECDSA vectors, for the bare verification and for the ledger's stricter scheme.</summary>
public sealed class WycheproofTests
{
    private static readonly Secp256k1Scheme<Sha256> Scheme = new();

    [Test]
    public void Verify_P1363Vectors_AllMatch()
    {
        int count = 0;
        foreach (Case vector in Read("wycheproof/ecdsa_secp256k1_sha256_p1363_test.json"))
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
        foreach (Case vector in Read("wycheproof/ecdsa_secp256k1_sha256_test.json"))
        {
            bool valid = StrictDer.TryRead(vector.Signature, out byte[]? r, out byte[]? s) && Verify(vector, r, s);
            Assert.That(valid, Is.EqualTo(vector.IsValid), vector.Name);
            count++;
        }

        Assert.That(count, Is.EqualTo(476));
    }

    [Test]
    public void Recover_ValidVectors_NamesTheKeyUnlessSIsHigh()
    {
        int low = 0, high = 0;
        foreach (Case vector in Read("wycheproof/ecdsa_secp256k1_sha256_p1363_test.json").Where(v => v.IsValid))
        {
            List<(SignatureOutcome Outcome, Address Signer)> answers = RecoverWithEveryId(vector);
            if (CurveOracle.FromBytes(vector.Signature.AsSpan(32)) > CurveOracle.Secp256k1.N / 2)
            {
                high++;
                Assert.That(answers.Select(a => a.Outcome), Is.All.EqualTo(SignatureOutcome.HighS), vector.Name);
                continue;
            }

            low++;
            Assert.That(
                answers.Count(a => a.Outcome == SignatureOutcome.Valid && a.Signer == Scheme.AddressOf(vector.Key)), Is.EqualTo(1), vector.Name);
        }

        Assert.That((low, high), Is.EqualTo((95, 72)));
    }

    [Test]
    public void Recover_InvalidVectors_NeverNamesTheKey()
    {
        int count = 0;
        foreach (Case vector in Read("wycheproof/ecdsa_secp256k1_sha256_p1363_test.json").Where(v => !v.IsValid))
        {
            count++;
            foreach ((SignatureOutcome outcome, Address signer) in RecoverWithEveryId(vector))
            {
                if (vector.Signature.Length != 64)
                    Assert.That(outcome, Is.EqualTo(SignatureOutcome.WrongLength), vector.Name);
                Assert.That(outcome == SignatureOutcome.Valid && signer == Scheme.AddressOf(vector.Key), Is.False, vector.Name);
            }
        }

        Assert.That(count, Is.EqualTo(85));
    }

    private static List<(SignatureOutcome Outcome, Address Signer)> RecoverWithEveryId(Case vector)
    {
        Hash256 digest = Sha256.Hash(vector.Message);
        var answers = new List<(SignatureOutcome, Address)>();
        for (byte id = 0; id < 4; id++)
            answers.Add((Scheme.Recover(digest, [.. vector.Signature, id], out Address signer), signer));
        return answers;
    }

    private static bool Verify(Case vector, ReadOnlySpan<byte> rBytes, ReadOnlySpan<byte> sBytes)
    {
        vector.Key.ToPoint(out AffinePoint point);
        _ = Scalar.TryRead(Sha256.Hash(vector.Message).AsSpan(), out Scalar digest);
        return Scalar.TryRead(rBytes, out Scalar r)
            && Scalar.TryRead(sBytes, out Scalar s)
            && Ecdsa.Verify_Vartime(point, digest, r, s);
    }

    private static IEnumerable<Case> Read(string file)
    {
        using var document = JsonDocument.Parse(VectorFile.ReadText(file));
        foreach (JsonElement group in document.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            byte[] uncompressed = Convert.FromHexString(group.GetProperty("publicKey").GetProperty("uncompressed").GetString()!);
            Assert.That(PublicKey.TryCreate(uncompressed.AsSpan(1), out PublicKey key), Is.EqualTo(KeyOutcome.Valid));
            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
            {
                yield return new Case(
                    Invariant($"{test.GetProperty("tcId").GetInt32()}: {test.GetProperty("comment").GetString()}"),
                    key,
                    Convert.FromHexString(test.GetProperty("msg").GetString()!),
                    Convert.FromHexString(test.GetProperty("sig").GetString()!),
                    string.Equals(test.GetProperty("result").GetString(), "valid", StringComparison.Ordinal));
            }
        }
    }

    private sealed record Case(string Name, PublicKey Key, byte[] Message, byte[] Signature, bool IsValid);
}
