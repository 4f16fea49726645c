using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.Crypto.Tests.Secp256k1;

/// <summary>Batches against single recoveries, which take the scalar path: a third of the signatures is broken in every way.</summary>
[Category("Long")]
public sealed class BatchRecoveryTests
{
    private const int Seed = 31415926;

    private static readonly Secp256k1Scheme<Sha3_256> s_scheme = new();

    private static int Signatures => Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1" ? 1_000_000 : 12_000;

    [Test]
    public void RecoverMany_GoodAndBrokenSignatures_EqualsRecoverOneByOne()
    {
        TestContext.Out.WriteLine(Invariant($"seed {Seed}, {Signatures} signatures"));
        var random = new Random(Seed);
        var counts = new Dictionary<SignatureOutcome, int>();
        for (int done = 0; done < Signatures;)
        {
            int count = random.Next(1, 600);
            Check(random, count, counts);
            done += count;
        }

        TestContext.Out.WriteLine(string.Join(", ", counts.OrderBy(pair => pair.Key).Select(pair => Invariant($"{pair.Key} {pair.Value}"))));
        Assert.That(counts.Keys, Is.SupersetOf(new[]
        {
            SignatureOutcome.Valid, SignatureOutcome.RecoveryIdOutOfRange, SignatureOutcome.ROutOfRange,
            SignatureOutcome.SOutOfRange, SignatureOutcome.HighS, SignatureOutcome.NoSuchPoint,
        }));
    }

    private static void Check(Random random, int count, Dictionary<SignatureOutcome, int> counts)
    {
        var digests = new Hash256[count];
        byte[] signatures = new byte[count * s_scheme.SignatureSize];
        byte[] bytes = new byte[Hash256.Size];
        for (int i = 0; i < count; i++)
        {
            random.NextBytes(bytes);
            Assert.That(PrivateKey.Read(bytes, out PrivateKey? key), Is.EqualTo(KeyOutcome.Valid));
            using (key)
            {
                random.NextBytes(bytes);
                digests[i] = new Hash256(bytes);
                Span<byte> signature = signatures.AsSpan(i * s_scheme.SignatureSize, s_scheme.SignatureSize);
                s_scheme.Sign(key!, digests[i], signature);
                if (i % 3 == 1) Break(random, signature, ref digests[i]);
            }
        }

        var signers = new Address[count];
        var outcomes = new SignatureOutcome[count];
        s_scheme.RecoverMany(digests, signatures, signers, outcomes);
        for (int i = 0; i < count; i++)
        {
            SignatureOutcome outcome = s_scheme.Recover(digests[i], signatures.AsSpan(i * s_scheme.SignatureSize, s_scheme.SignatureSize), out Address signer);
            if ((outcomes[i], signers[i]) != (outcome, signer))
                Assert.Fail(Invariant($"Signature {i} of {count}: the batch says {outcomes[i]} {signers[i]}, alone it is {outcome} {signer}."));
            counts[outcome] = counts.GetValueOrDefault(outcome) + 1;
        }
    }

    private static void Break(Random random, Span<byte> signature, ref Hash256 digest)
    {
        Span<byte> r = signature[..32], s = signature[32..64];
        switch (random.Next(10))
        {
            case 0: r.Clear(); break;
            case 1: r.Fill(0xFF); break;
            case 2: s.Clear(); break;
            case 3: s.Fill(0xFF); break;
            case 4: s[0] |= 0x80; break;
            case 5: signature[64] = (byte)random.Next(4, 256); break;
            case 6: signature[64] ^= 1; break;
            case 7: signature[64] |= 2; break;
            case 8: signature[random.Next(64)] ^= (byte)(1 << random.Next(8)); break;
            default: digest = Hash256.Zero; break;
        }
    }
}
