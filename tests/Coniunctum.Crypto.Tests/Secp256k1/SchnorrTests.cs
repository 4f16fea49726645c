using System.Numerics;
using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.Crypto.Tests.Secp256k1;

public sealed class SchnorrTests
{
    [Test]
    public void SignAndVerify_PublishedVectors_AllMatch()
    {
        int signed = 0, valid = 0, invalid = 0;
        foreach (string line in VectorFile.ReadLines("secp256k1/bip340_schnorr.csv").Skip(1))
        {
            string[] fields = line.Split(',');
            byte[] publicKey = Convert.FromHexString(fields[2]), message = Convert.FromHexString(fields[4]);
            byte[] signature = [.. publicKey, .. Convert.FromHexString(fields[5])];
            bool isValid = string.Equals(fields[6], "TRUE", StringComparison.Ordinal);
            Assert.That(Verify(message, signature), isValid ? Is.EqualTo(SignatureOutcome.Valid) : Is.Not.EqualTo(SignatureOutcome.Valid), line);
            if (isValid) valid++;
            else invalid++;
            if (fields[1].Length == 0) continue;

            signed++;
            byte[] actual = new byte[96];
            BigInteger secret = CurveOracle.Hex(fields[1]);
            GeneratorMultiplication.Multiply(Numbers.Scalar(secret), out AffinePoint point);
            Schnorr.Sign(Numbers.Scalar(secret), new PublicKey(point), message, Convert.FromHexString(fields[3]), actual);
            Assert.That(actual, Is.EqualTo(signature), line);
        }

        Assert.That((signed, valid, invalid), Is.EqualTo((8, 9, 10)));
    }

    [Test]
    public void Recover_VectorsOf32ByteMessages_NamesTheKeyWithTheEvenY()
    {
        var scheme = new SchnorrScheme<Sha3_256>();
        int count = 0;
        foreach (string line in VectorFile.ReadLines("secp256k1/bip340_schnorr.csv").Skip(1))
        {
            string[] fields = line.Split(',');
            if (fields[4].Length != 64) continue;
            count++;
            byte[] publicKey = Convert.FromHexString(fields[2]);
            SignatureOutcome outcome = scheme.Recover(
                new Hash256(Convert.FromHexString(fields[4])), [.. publicKey, .. Convert.FromHexString(fields[5])], out Address signer);

            Assert.That(outcome == SignatureOutcome.Valid, Is.EqualTo(string.Equals(fields[6], "TRUE", StringComparison.Ordinal)), line);
            Assert.That(signer, Is.EqualTo(outcome == SignatureOutcome.Valid ? new Address(Sha3_256.Hash(Lift(publicKey))) : default), line);
        }

        Assert.That(count, Is.EqualTo(15));
    }

    [Test]
    public void Sign_RandomKeysAndMessages_SatisfiesTheEquation()
    {
        const int Seed = 72;
        TestContext.Out.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        byte[] bytes = new byte[32], message = new byte[200], auxiliary = new byte[32], signature = new byte[96];
        for (int i = 0; i < 100; i++)
        {
            random.NextBytes(bytes);
            random.NextBytes(message);
            random.NextBytes(auxiliary);
            GeneratorMultiplication.Multiply(Numbers.Scalar(CurveOracle.FromBytes(bytes)), out AffinePoint point);
            Schnorr.Sign(Numbers.Scalar(CurveOracle.FromBytes(bytes)), new PublicKey(point), message.AsSpan(0, 2 * i), auxiliary, signature);
            Assert.That(Verify(message.AsSpan(0, 2 * i), signature), Is.EqualTo(SignatureOutcome.Valid));
            message[0] ^= 1;
            if (i != 0) Assert.That(Verify(message.AsSpan(0, 2 * i), signature), Is.EqualTo(SignatureOutcome.Mismatch));
        }
    }

    private static SignatureOutcome Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        SignatureOutcome outcome = Schnorr.Read(signature, out LiftedSum sum);
        if (outcome != SignatureOutcome.Valid) return outcome;
        byte[] preimage = new byte[Schnorr.ChallengeSize(message.Length)];
        Schnorr.WriteChallenge(signature, message, preimage);
        Schnorr.SetChallenge(Sha256.Hash(preimage), ref sum);
        LiftedSums.Compute_Vartime(new Span<LiftedSum>(ref sum));
        return Schnorr.Judge(sum, signature);
    }

    private static byte[] Lift(byte[] x)
    {
        BigInteger p = CurveOracle.Secp256k1.P, number = CurveOracle.FromBytes(x);
        BigInteger y = BigInteger.ModPow((BigInteger.ModPow(number, 3, p) + 7) % p, (p + 1) / 4, p);
        return [.. x, .. CurveOracle.ToBytes(y.IsEven ? y : p - y)];
    }
}
