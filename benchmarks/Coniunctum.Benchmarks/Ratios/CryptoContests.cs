using Coniunctum.Benchmarks.Crypto;
using Coniunctum.Crypto;

namespace Coniunctum.Benchmarks.Ratios;

/// <summary>The area <c>crypto</c>. All on one core unless the name says otherwise.</summary>
internal static class CryptoContests
{
    public static IEnumerable<Contest> All()
    {
        using var keccak = new KeccakWork();
        yield return new Contest(
            Invariant($"permutations ({CryptoInfo.KeccakKernel}, {CryptoInfo.KeccakStatesAtOnce} at once)"),
            new Contender("Coniunctum", keccak.PermuteWide, CryptoInfo.KeccakStatesAtOnce),
            new Contender("Coniunctum, one at a time", keccak.PermuteOne));
        foreach (Contest contest in Hashes(new HashWork()).Concat(Nonces(new NonceWork()))) yield return contest;
        using var signatures = new SignatureWork();
        foreach (Contest contest in Signatures(signatures)) yield return contest;
        using var schnorr = new SchnorrWork(signatures.Native);
        foreach (Contest contest in Schnorr(schnorr)) yield return contest;
    }

    private static IEnumerable<Contest> Hashes(HashWork work)
    {
        Contender inBox = new("in-box SHA3_256", work.HashInBox);
        Contender bouncyCastle = new(Rivals.BouncyCastle, work.HashBouncyCastle);
        yield return new Contest("SHA3-256 of 32 bytes", new Contender("Coniunctum", work.HashOurs), inBox, bouncyCastle);
        yield return new Contest(
            "SHA3-256 of 32 bytes, many at once", new Contender("Coniunctum", work.HashManyOurs, HashWork.Leaves), inBox, bouncyCastle);
        yield return new Contest(
            "SHA3-256 of 16 KiB",
            new Contender("Coniunctum", work.HashLongOurs),
            new Contender("in-box SHA3_256", work.HashLongInBox),
            new Contender(Rivals.BouncyCastle, work.HashLongBouncyCastle));
        yield return new Contest(
            "RFC 6962 roots of 4,096 leaves", new Contender("Coniunctum", work.RootOurs), new Contender("in-box SHA3_256", work.RootInBox));
    }

    /// <summary>The first paper's proof-of-work: nonces of an int32coin header.</summary>
    private static IEnumerable<Contest> Nonces(NonceWork work)
    {
        Contender inBox = new("in-box SHA3_256", work.SearchInBox);
        Contender bouncyCastle = new(Rivals.BouncyCastle, work.SearchBouncyCastle);
        yield return new Contest("nonces", new Contender("Coniunctum", work.SearchOurs), inBox, bouncyCastle);
        yield return new Contest("nonces with a table of 32 MiB", new Contender("Coniunctum", work.SearchTabled), inBox, bouncyCastle);
        yield return new Contest(
            "tries of a standard header, 64 times with each nonce",
            new Contender("Coniunctum", work.SearchGrid, NonceWork.GridBatch),
            new Contender("Coniunctum, nonces alone", work.SearchStandard),
            new Contender("in-box SHA3_256", work.SearchStandardInBox));
        // What a second core is worth at this moment is what it is worth to a loop that never leaves the registers.
        var second = new NonceWork();
        yield return new Contest(
            "nonces on two cores",
            new Contender("Coniunctum", count => OnTwoCores(count, work.SearchOurs, second.SearchOurs), 2),
            new Contender("Coniunctum on one", work.SearchOurs));
        yield return new Contest(
            "register loop on two cores",
            new Contender("loop", count => OnTwoCores(count, RegisterLoop.Run, RegisterLoop.Run), 2),
            new Contender("loop on one", RegisterLoop.Run));
    }

    private static void OnTwoCores(int count, Action<int> here, Action<int> there)
    {
        var helper = new Thread(() => there(count / 2)) { IsBackground = true };
        helper.Start();
        here(count / 2);
        helper.Join();
    }

    private static IEnumerable<Contest> Signatures(SignatureWork work)
    {
        Contender nativeRecovers = new(Rivals.LibSecp256k1, work.RecoverNative);
        Contender portRecovers = new(Rivals.NBitcoinSecp256k1, work.RecoverPort);
        yield return new Contest(
            "sign",
            new Contender("Coniunctum", work.SignOurs),
            new Contender(Rivals.LibSecp256k1, work.SignNative),
            new Contender(Rivals.NBitcoinSecp256k1, work.SignPort),
            new Contender("in-box ECDsa", work.SignInBox),
            new Contender(Rivals.BouncyCastle, work.SignBouncyCastle));
        yield return new Contest(
            "verify under a known key",
            new Contender("Coniunctum", work.VerifyOurs),
            new Contender(Rivals.LibSecp256k1, work.VerifyNative),
            new Contender(Rivals.NBitcoinSecp256k1, work.VerifyPort),
            new Contender("in-box ECDsa", work.VerifyInBox),
            new Contender(Rivals.BouncyCastle, work.VerifyBouncyCastle));
        yield return new Contest("recover", new Contender("Coniunctum", work.RecoverOurs), nativeRecovers, portRecovers);
        yield return new Contest(
            "recover in batches of 8", new Contender("Coniunctum", count => work.RecoverBatches(count, 8), 8), nativeRecovers, portRecovers);
        // Who only verifies has the key already: what those rivals do here is less than recovering.
        yield return new Contest(
            Invariant($"recover in batches of 512 ({CryptoInfo.SignaturesAtOnce} at once)"),
            new Contender("Coniunctum", count => work.RecoverBatches(count, 512), 512),
            nativeRecovers,
            new Contender(Rivals.LibSecp256k1 + " verify", work.VerifyNative),
            portRecovers,
            new Contender("in-box ECDsa verify", work.VerifyInBox),
            new Contender(Rivals.BouncyCastle + " verify", work.VerifyBouncyCastle));
    }

    /// <summary>BIP-340. Ours names the signer's address too.</summary>
    private static IEnumerable<Contest> Schnorr(SchnorrWork work)
    {
        Contender nativeVerifies = new(Rivals.LibSecp256k1, work.VerifyNative);
        Contender portVerifies = new(Rivals.NBitcoinSecp256k1, work.VerifyPort);
        yield return new Contest(
            "sign by BIP-340",
            new Contender("Coniunctum", work.SignOurs),
            new Contender(Rivals.LibSecp256k1, work.SignNative),
            new Contender(Rivals.NBitcoinSecp256k1, work.SignPort));
        yield return new Contest("verify by BIP-340", new Contender("Coniunctum", work.VerifyOurs), nativeVerifies, portVerifies);
        yield return new Contest(
            Invariant($"verify by BIP-340 in batches of {SchnorrWork.Count} ({CryptoInfo.SignaturesAtOnce} at once)"),
            new Contender("Coniunctum", work.VerifyBatches, SchnorrWork.Count),
            nativeVerifies,
            portVerifies);
    }
}
