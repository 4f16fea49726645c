using Coniunctum.Crypto;
using Coniunctum.Crypto.NBitcoin;
using Coniunctum.Interop.Tests.Support;

namespace Coniunctum.Interop.Tests.Secp256k1;

/// <summary>The scheme on NBitcoin.Secp256k1 against the library's own: nothing may differ, not even what the package itself does otherwise.</summary>
[Category("Long")]
public sealed class NBitcoinSchemeTests
{
    private static readonly NBitcoinSecp256k1Scheme<Sha3_256> s_scheme = new();

    [Test]
    public void SignAndRecover_EdgesAndRandom_AreTheSame()
    {
        var comparison = new Comparison(Packages.NBitcoinSecp256k1, 314162);
        int random = Comparison.Count(800, 60_000);
        IEnumerable<(byte[] Key, byte[] Digest)> cases =
            (from key in KeysAndDigests.EdgeKeys from digest in KeysAndDigests.EdgeDigests.Concat(KeysAndDigests.DigestsFromN) select (key, digest))
            .Concat(Enumerable.Range(0, random).Select(_ => (comparison.Bytes(32), comparison.Bytes(32))));
        byte[] ours = new byte[65], theirs = new byte[65];
        var outcomes = new SortedDictionary<SignatureOutcome, int>();
        foreach ((byte[] keyBytes, byte[] digestBytes) in cases)
        {
            using PrivateKey key = KeysAndDigests.Key(keyBytes);
            var digest = new Hash256(digestBytes);
            KeysAndDigests.Scheme.Sign(key, digest, ours);
            s_scheme.Sign(key, digest, theirs);
            comparison.Same(ours, theirs, "signature", digestBytes);
            Recover(comparison, outcomes, digest, ours);
            KeysAndDigests.Alter(comparison.Random, ours);
            Recover(comparison, outcomes, digest, ours);
            if (comparison.Random.Next(8) == 0) ours[64] = (byte)comparison.Random.Next(256);
            // The ends of r, with a recovery id that adds n to it.
            if (comparison.Random.Next(2) == 0) ours[64] = (byte)comparison.Random.Next(2, 4);
            Recover(comparison, outcomes, digest, ours);
        }

        TestContext.Out.WriteLine(string.Join(", ", outcomes.Select(pair => Invariant($"{pair.Key} {pair.Value}"))));
        Assert.That(outcomes.Keys, Is.SupersetOf(new[]
        {
            SignatureOutcome.Valid, SignatureOutcome.RecoveryIdOutOfRange, SignatureOutcome.ROutOfRange,
            SignatureOutcome.SOutOfRange, SignatureOutcome.HighS, SignatureOutcome.NoSuchPoint,
        }));
        comparison.End(4 * random);
    }

    private static void Recover(Comparison comparison, SortedDictionary<SignatureOutcome, int> outcomes, Hash256 digest, byte[] signature)
    {
        SignatureOutcome ours = KeysAndDigests.Scheme.Recover(digest, signature, out Address signer);
        SignatureOutcome theirs = s_scheme.Recover(digest, signature, out Address other);
        comparison.Same((ours, signer), (theirs, other), "recovery", signature.ToArray());
        outcomes[ours] = outcomes.GetValueOrDefault(ours) + 1;
    }
}
