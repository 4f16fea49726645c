using System.Numerics;
using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.Crypto.Exhaustive.Tests;

/// <summary>ECDSA for every key, nonce and message, and every r and s.</summary>
[Category("Long")]
public sealed class EcdsaTests
{
    private static readonly BigInteger s_n = SmallGroup.ScalarModulus;

    [Test]
    public void TrySign_EveryKeyNonceAndMessage_IsWhatTheEquationSaysAndValid()
    {
        Random random = Scope.Seeded(5);
        BigInteger[] keys = SmallGroup.Representatives(random), nonces = SmallGroup.Representatives(random), messages = SmallGroup.Representatives(random);
        for (int d = 1; d < SmallGroup.Order; d++)
        {
            for (int k = 1; k < SmallGroup.Order; k++)
            {
                foreach (int z in Scope.Third(random))
                {
                    Scalar digest = Numbers.Scalar(messages[z]);
                    Assert.That(Ecdsa.TrySign(Numbers.Scalar(keys[d]), digest, Numbers.Scalar(nonces[k]), out Scalar r, out Scalar s, out byte recoveryId));
                    string failure = Judge(keys[d], nonces[k], messages[z], k, Numbers.Value(r), Numbers.Value(s), recoveryId);

                    // An s of 0 modulo 199 has no inverse here; secp256k1's only such s is 0, which is refused.
                    if (!(Numbers.Value(s) % 199).IsZero && !Ecdsa.Verify_Vartime(SmallGroup.Affine[d], digest, r, s)) failure += " invalid";
                    if (failure.Length != 0) Assert.Fail(Invariant($"key {keys[d]}, nonce {nonces[k]}, message {messages[z]}:{failure}"));
                }
            }
        }
    }

    [Test]
    public void TrySign_MessageThatMakesSZero_IsRefusedForEveryKey()
    {
        Random random = Scope.Seeded(6);
        for (int d = 1; d < SmallGroup.Order; d++)
        {
            int k = random.Next(1, SmallGroup.Order);
            BigInteger key = SmallGroup.Representative(d, random);
            BigInteger message = CurveOracle.Mod(-key * SmallGroup.Points[k]!.Value.X, s_n);
            Assert.That(Ecdsa.TrySign(Numbers.Scalar(key), Numbers.Scalar(message), new Scalar((uint)k), out _, out _, out _), Is.False);
        }
    }

    [Test]
    public void VerifyAndRecover_EveryNoncePointSAndMessage_AgreeWithTheEquation()
    {
        Random random = Scope.Seeded(7);
        BigInteger[] messages = SmallGroup.Representatives(random);
        BigInteger[] lowS = [.. Enumerable.Range(0, SmallGroup.Order).Select(s => Low(s, random))];
        var recovered = new Signatures(new Secp256k1Scheme<Sha3_256>());
        byte[] signature = new byte[65];
        for (int k = 1; k < SmallGroup.Order; k++)
        {
            (BigInteger r, BigInteger y) = SmallGroup.Points[k]!.Value;
            CurveOracle.ToBytes(r).CopyTo(signature, 0);
            signature[64] = y.IsEven ? (byte)0 : (byte)1;
            for (int s = 1; s < SmallGroup.Order; s++)
            {
                CurveOracle.ToBytes(lowS[s]).CopyTo(signature, 32);
                foreach (int z in Scope.Third(random))
                {
                    // The key of which k·G is the nonce point: d = (s·k − z)/r.
                    int d = SmallGroup.Mod(((s * k) - z) * SmallGroup.Inverse(SmallGroup.Mod(r)));
                    recovered.Add(Signatures.Digest(messages[z]), signature, d == 0 ? SignatureOutcome.KeyAtInfinity : SignatureOutcome.Valid, d);
                    RequireVerdict(d, r, k, s, z, messages, lowS);
                    RequireVerdict(random.Next(1, SmallGroup.Order), r, k, s, z, messages, lowS);
                }
            }
        }

        recovered.Check();
        Assert.That(recovered.Counts[SignatureOutcome.KeyAtInfinity], Is.GreaterThan(100));
    }

    [Test]
    public void Sign_EveryKeyAndManyDigests_NamesTheSigner()
    {
        Random random = Scope.Seeded(8);
        var scheme = new Secp256k1Scheme<Sha3_256>();
        var signatures = new Signatures(scheme);
        byte[] signature = new byte[65];
        for (int d = 1; d < SmallGroup.Order; d++)
        {
            using PrivateKey key = Signatures.Key(d, random);
            Assert.That(scheme.AddressOf(key.PublicKey), Is.EqualTo(Signatures.AddressOf(d)));
            for (int i = 0; i < 50; i++)
            {
                Hash256 digest = Signatures.Digest(SmallGroup.Representative(random.Next(SmallGroup.Order), random));
                scheme.Sign(key, digest, signature);
                signatures.Add(digest, signature, SignatureOutcome.Valid, d);
            }
        }

        signatures.Check();
    }

    private static string Judge(BigInteger key, BigInteger nonce, BigInteger message, int k, BigInteger r, BigInteger s, byte recoveryId)
    {
        (BigInteger x, BigInteger y) = SmallGroup.Points[k]!.Value;
        string failure = r == x ? "" : " r";
        if (s > s_n / 2) failure += " high s";
        BigInteger right = CurveOracle.Mod(message + (r * key), s_n);
        bool isPlain = CurveOracle.Mod((s * nonce) - right, s_n).IsZero, isNegated = CurveOracle.Mod((s * nonce) + right, s_n).IsZero;
        if (isPlain == isNegated) failure += " s";
        if (recoveryId != (y.IsEven == isNegated ? 1 : 0)) failure += " recovery id";
        return failure;
    }

    private static void RequireVerdict(int d, BigInteger r, int k, int s, int z, BigInteger[] messages, BigInteger[] lowS)
    {
        if (d == 0) return; // no key
        int point = SmallGroup.Mod((z + (r * d)) * SmallGroup.Inverse(s));
        bool expected = point == k || point + k == SmallGroup.Order;
        if (Ecdsa.Verify_Vartime(SmallGroup.Affine[d], Numbers.Scalar(messages[z]), Numbers.Scalar(r), Numbers.Scalar(lowS[s])) != expected)
            Assert.Fail(Invariant($"key {d}, r of {k}, s {s}, message {z}"));
    }

    private static BigInteger Low(int s, Random random)
    {
        BigInteger number;
        do number = SmallGroup.Representative(s, random);
        while (number > s_n / 2);
        return number;
    }
}
