using System.Globalization;
using System.Runtime.InteropServices;
using Coniunctum.Crypto.Keccak;
using Coniunctum.Wallet;
using Coniunctum.Crypto.Merkle;
using Coniunctum.Crypto.Puzzles;
using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.Crypto.Tests.InstructionSets;

/// <summary>
/// Hashes random inputs through the process's kernels, checks each hash against the scalar kernel or the platform's library, and sums all of them up in
/// one hash: processes with different kernels must agree on it.
/// </summary>
internal static class KernelTranscript
{
    private const int Seed = 20260616;
    private const int MaxMessageBytes = 300;
    private const int MaxMessages = 50;

    /// <summary>Computes the transcript of at least so many inputs.</summary>
    public static string Compute(int inputs)
    {
        Console.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        KeccakHasher transcript = KeccakHasher.Sha3_256();
        byte[] messages = new byte[MaxMessageBytes * MaxMessages];
        var hashes = new Hash256[MaxMessages];
        int done = 0;
        for (int round = 0; done < inputs; round++)
        {
            int length = round % (MaxMessageBytes + 1);
            int count = random.Next(1, MaxMessages + 1);
            Span<byte> used = messages.AsSpan(0, length * count);
            random.NextBytes(used);
            Span<Hash256> results = hashes.AsSpan(0, count);
            Sha3_256.HashMany(used, length, results);
            for (int i = 0; i < count; i++)
                Require(results[i] == Sha3_256.Hash(used.Slice(i * length, length)), Invariant($"message {i} of {count}, {length} bytes"));
            transcript.Append(MemoryMarshal.AsBytes(results));
            Sha256.HashMany(used, length, results);
            for (int i = 0; i < count; i++)
                Require(results[i] == Sha256.Hash(used.Slice(i * length, length)), Invariant($"SHA-256 of message {i} of {count}, {length} bytes"));
            transcript.Append(MemoryMarshal.AsBytes(results));
            done += 2 * count;

            if (round % 8 != 0) continue;
            transcript.Append(Rfc6962Tree<Sha3_256>.ComputeRoot(results).AsSpan());
            PaddedMerkleTree<DoubleHash<Sha3_256>>.ComputeRoot(results, out Hash256 root);
            transcript.Append(root.AsSpan());
            done += SearchNonces(random, ref transcript);
            if (round % 64 == 0) done += RecoverSigners(random, ref transcript);
        }

        Span<byte> key = stackalloc byte[64];
        Scrypt.DeriveKey("transcript"u8, "salt"u8, new ScryptCost(1 << 8, 3, 2), key);
        transcript.Append(key);
        return string.Create(CultureInfo.InvariantCulture, $"{CryptoInfo.KeccakKernel} {transcript.Finish()}");
    }

    private static int SearchNonces(Random random, ref KeccakHasher transcript)
    {
        byte[] preimage = new byte[random.Next(64, 513)];
        random.NextBytes(preimage);
        byte[] anchor = new byte[Hash256.Size];
        random.NextBytes(anchor);
        ulong first = (ulong)random.NextInt64() | 1;
        return Search(new Sha3NoncePuzzle(preimage), first, ref transcript)
            + Search(new SquareSumPuzzle(new Hash256(anchor)), first >> random.Next(0, 60), ref transcript);
    }

    private static int Search(INoncePuzzle puzzle, ulong first, ref KeccakHasher transcript)
    {
        const int Nonces = 40;
        first = Math.Max(first, 1);
        Hash256 target = Hash256.Parse("08" + new string('0', 62));
        bool isFound = puzzle.TryFind(first, Nonces, target, out ulong found);
        for (ulong nonce = first; nonce < first + Nonces; nonce++)
        {
            Hash256 digest = puzzle.Digest(nonce);
            transcript.Append(digest.AsSpan());
            bool isSolution = digest < target;
            Require(isSolution == (isFound && found == nonce) || (isFound && nonce > found), $"nonce {nonce} of {puzzle.GetType().Name}");
        }

        return Nonces;
    }

    /// <summary>Signs, breaks some, and recovers all at once and one by one.</summary>
    private static int RecoverSigners(Random random, ref KeccakHasher transcript)
    {
        const int Count = 40;
        var scheme = new Secp256k1Scheme<Sha3_256>();
        var digests = new Hash256[Count];
        byte[] signatures = new byte[Count * scheme.SignatureSize];
        byte[] secret = new byte[PrivateKey.Size];
        for (int i = 0; i < Count; i++)
        {
            random.NextBytes(secret);
            Require(PrivateKey.Read(secret, out PrivateKey? key) == KeyOutcome.Valid, "a key");
            digests[i] = Sha3_256.Hash(secret);
            scheme.Sign(key!, digests[i], signatures.AsSpan(i * scheme.SignatureSize, scheme.SignatureSize));
            key!.Dispose();
            if (i % 3 == 1) signatures[random.Next(i * scheme.SignatureSize, (i + 1) * scheme.SignatureSize)] ^= (byte)(1 << random.Next(8));
        }

        transcript.Append(signatures);
        var signers = new Address[Count];
        var outcomes = new SignatureOutcome[Count];
        scheme.RecoverMany(digests, signatures, signers, outcomes);
        for (int i = 0; i < Count; i++)
        {
            SignatureOutcome outcome = scheme.Recover(digests[i], signatures.AsSpan(i * scheme.SignatureSize, scheme.SignatureSize), out Address signer);
            Require((outcomes[i], signers[i]) == (outcome, signer), Invariant($"signature {i}"));
            transcript.Append([(byte)outcome]);
            transcript.Append(signer.Value.AsSpan());
        }

        return Count;
    }

    private static void Require(bool condition, string what)
    {
        if (!condition) throw new InvalidOperationException("Differs from the scalar kernel: " + what);
    }
}
