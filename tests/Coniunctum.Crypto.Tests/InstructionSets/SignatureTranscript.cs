using System.Globalization;
using System.Runtime.InteropServices;
using Coniunctum.Crypto.Keccak;
using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.Crypto.Tests.InstructionSets;

/// <summary>
/// Signs and recovers in batches of every size, a third of the signatures broken, checks each against one recovered without
/// vectors, and sums all of them up in one hash: processes with different lanes must agree on it.
/// </summary>
internal static class SignatureTranscript
{
    private const int Seed = 20260621;
    private const int MaxBatch = 130;

    /// <summary>Computes the transcript of at least so many signatures.</summary>
    public static string Compute(int inputs)
    {
        Console.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        KeccakHasher transcript = KeccakHasher.Sha3_256();
        ISignatureScheme[] schemes = [new Secp256k1Scheme<Sha3_256>(), new SchnorrScheme<Sha3_256>()];
        foreach (ISignatureScheme scheme in schemes)
        {
            var batch = new SignatureBatch(scheme, random.Next());
            for (int done = 0; done < inputs / schemes.Length;)
            {
                int count = random.Next(1, MaxBatch + 1);
                Append(scheme, batch, count, ref transcript);
                done += count;
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{CryptoInfo.SignaturesAtOnce} {transcript.Finish()}");
    }

    private static void Append(ISignatureScheme scheme, SignatureBatch batch, int count, ref KeccakHasher transcript)
    {
        int size = scheme.SignatureSize;
        var digests = new Hash256[count];
        byte[] signatures = new byte[count * size];
        var signers = new Address[count];
        var outcomes = new SignatureOutcome[count];
        batch.Next(digests, signatures);
        scheme.RecoverMany(digests, signatures, signers, outcomes);
        for (int i = 0; i < count; i++)
        {
            SignatureOutcome outcome = scheme.Recover(digests[i], signatures.AsSpan(i * size, size), out Address signer);
            if (outcome != outcomes[i] || signer != signers[i]) throw new InvalidOperationException(Invariant($"{scheme.Name}: {i} of {count} differs."));
        }

        transcript.Append(signatures);
        transcript.Append(MemoryMarshal.AsBytes<SignatureOutcome>(outcomes));
        transcript.Append(MemoryMarshal.AsBytes<Address>(signers));
    }
}
