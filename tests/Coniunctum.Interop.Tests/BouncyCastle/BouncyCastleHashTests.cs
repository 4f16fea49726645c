using Coniunctum.Crypto;
using Coniunctum.Crypto.Keccak;
using Coniunctum.Wallet;
using Coniunctum.Interop.Tests.Support;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;

namespace Coniunctum.Interop.Tests.BouncyCastle;

/// <summary>Hashes, and what turns passwords into keys.</summary>
[Category("Long")]
public sealed class BouncyCastleHashTests
{
    // SHA3-256 absorbs 136 bytes a block; every length up to two blocks and a little is tried.
    private const int ShortLengths = (2 * 136) + 10;

    [Test]
    public void Hash_EveryShortLengthAndRandomLongOnes_IsTheSame()
    {
        var comparison = new Comparison(Packages.BouncyCastle, 20261128);
        int more = Comparison.Count(400, 10_000);
        for (int i = 0; i < ShortLengths + more; i++)
        {
            int length = i < ShortLengths ? i : comparison.Random.Next(1 << comparison.Random.Next(8, 16));
            byte[] data = comparison.Bytes(length);
            comparison.Same(Sha3_256.Hash(data).AsSpan(), Digest(new Sha3Digest(256), data), "SHA3-256", data);
            comparison.Same(Keccak256.Hash(data).AsSpan(), Digest(new KeccakDigest(256), data), "Keccak-256", data);
            comparison.Same(Coniunctum.Crypto.Sha256.Hash(data).AsSpan(), Digest(new Sha256Digest(), data), "SHA-256", data);
            byte[] digest = new byte[Sha3_512.Size];
            Sha3_512.Hash(data, digest);
            comparison.Same(digest, Digest(new Sha3Digest(512), data), "SHA3-512", data);
        }

        comparison.End(4 * (ShortLengths + more));
    }

    [Test]
    public void Append_InPiecesOfAnyLength_IsTheHashOfAll()
    {
        var comparison = new Comparison(Packages.BouncyCastle, 20261129);
        int rounds = Comparison.Count(300, 30_000);
        for (int i = 0; i < rounds; i++)
        {
            byte[] data = comparison.Bytes(comparison.Random.Next(2_000));
            var hasher = i % 2 == 0 ? KeccakHasher.Sha3_256() : KeccakHasher.Keccak256();
            for (int at = 0; at < data.Length;)
            {
                int piece = Math.Min(comparison.Random.Next(300), data.Length - at);
                hasher.Append(data.AsSpan(at, piece));
                at += piece;
            }

            comparison.Same(hasher.Finish().AsSpan(), Digest(i % 2 == 0 ? new Sha3Digest(256) : new KeccakDigest(256), data), "pieces", data);
        }

        comparison.End(rounds);
    }

    [Test]
    public void HashMany_AnyNumberAndLength_IsTheHashOfEach()
    {
        var comparison = new Comparison(Packages.BouncyCastle, 20261130);
        int rounds = Comparison.Count(60, 6_000);
        for (int i = 0; i < rounds; i++)
        {
            int length = comparison.Random.Next(300);
            int count = comparison.Random.Next(40);
            byte[] messages = comparison.Bytes(length * count);
            var sha3 = new Hash256[count];
            var keccak = new Hash256[count];
            var sha2 = new Hash256[count];
            Sha3_256.HashMany(messages, length, sha3);
            Keccak256.HashMany(messages, length, keccak);
            Coniunctum.Crypto.Sha256.HashMany(messages, length, sha2);
            for (int message = 0; message < count; message++)
            {
                byte[] data = messages.AsSpan(message * length, length).ToArray();
                comparison.Same(sha3[message].AsSpan(), Digest(new Sha3Digest(256), data), "SHA3-256 of many", data);
                comparison.Same(keccak[message].AsSpan(), Digest(new KeccakDigest(256), data), "Keccak-256 of many", data);
                comparison.Same(sha2[message].AsSpan(), Digest(new Sha256Digest(), data), "SHA-256 of many", data);
            }
        }

        comparison.End(rounds);
    }

    [Test]
    public void Scrypt_RandomCosts_IsTheSame()
    {
        var comparison = new Comparison(Packages.BouncyCastle, 20261121);
        int rounds = Comparison.Count(80, 1_500);
        for (int i = 0; i < rounds; i++)
        {
            byte[] password = comparison.Bytes(comparison.Random.Next(100));
            byte[] salt = comparison.Bytes(comparison.Random.Next(100));
            var cost = new ScryptCost(1 << comparison.Random.Next(1, 9), comparison.Random.Next(1, 12), comparison.Random.Next(1, 5));
            byte[] key = new byte[comparison.Random.Next(1, 100)];
            Scrypt.DeriveKey(password, salt, cost, key);
            comparison.Same(key, SCrypt.Generate(password, salt, cost.N, cost.R, cost.P, key.Length), "scrypt", cost);
        }

        comparison.End(rounds);
    }

    [Test]
    public void Pbkdf2_RandomCounts_IsTheSame()
    {
        var comparison = new Comparison(Packages.BouncyCastle, 20261122);
        int rounds = Comparison.Count(150, 5_000);
        for (int i = 0; i < rounds; i++)
        {
            byte[] password = comparison.Bytes(comparison.Random.Next(150));
            byte[] salt = comparison.Bytes(comparison.Random.Next(1, 100));
            int iterations = comparison.Random.Next(1, 200);
            byte[] key = new byte[KeyDerivation.KeySize];
            new KeyDerivation.ByPbkdf2(iterations).Derive(password, salt, key, null, default);
            var generator = new Pkcs5S2ParametersGenerator(new Sha256Digest());
            generator.Init(password, salt, iterations);
            var theirs = (KeyParameter)generator.GenerateDerivedMacParameters(8 * KeyDerivation.KeySize);
            comparison.Same(key, theirs.GetKey(), "PBKDF2", iterations);
        }

        comparison.End(rounds);
    }

    [Test]
    public void Aes128Ctr_RandomKeysAndCounters_IsTheSame()
    {
        var comparison = new Comparison(Packages.BouncyCastle, 20261123);
        int rounds = Comparison.Count(1_000, 100_000);
        for (int i = 0; i < rounds; i++)
        {
            byte[] key = comparison.Bytes(Aes128Ctr.KeySize);
            byte[] counter = comparison.Bytes(Aes128Ctr.KeySize);
            // The counter is one number of 128 bits: it must carry through all of them.
            if (i % 3 == 0) counter.AsSpan(comparison.Random.Next(Aes128Ctr.KeySize)).Fill(0xff);
            byte[] text = comparison.Bytes(Aes128Ctr.KeySize * comparison.Random.Next(1, 5));
            byte[] ours = new byte[text.Length], theirs = new byte[text.Length];
            Aes128Ctr.Transform(key, counter, text, ours);
            var cipher = new SicBlockCipher(new AesEngine());
            cipher.Init(forEncryption: true, new ParametersWithIV(new KeyParameter(key), counter));
            for (int at = 0; at < text.Length; at += Aes128Ctr.KeySize) cipher.ProcessBlock(text, at, theirs, at);
            comparison.Same(ours, theirs, "AES-CTR", counter);
        }

        comparison.End(rounds);
    }

    private static byte[] Digest(IDigest digest, byte[] data)
    {
        digest.BlockUpdate(data, 0, data.Length);
        byte[] result = new byte[digest.GetDigestSize()];
        digest.DoFinal(result, 0);
        return result;
    }
}
