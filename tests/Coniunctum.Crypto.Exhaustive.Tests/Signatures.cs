using System.Numerics;

namespace Coniunctum.Crypto.Exhaustive.Tests;

/// <summary>Collects signatures with what a scheme should say of them, and asks it: all at once, and each alone.</summary>
internal sealed class Signatures(ISignatureScheme scheme)
{
    private const int BatchSize = 512;

    private static readonly Hash256[] s_keyHashes =
        [.. SmallGroup.Affine.Select((point, k) => k == 0 ? Hash256.Zero : Sha3_256.Hash(new PublicKey(point).AsSpan()))];

    private readonly List<Hash256> _digests = [];
    private readonly List<byte> _signatures = [];
    private readonly List<(SignatureOutcome Outcome, Address Signer)> _expected = [];

    /// <summary>How many signatures had each outcome.</summary>
    public Dictionary<SignatureOutcome, int> Counts { get; } = [];

    /// <summary>The address of the public key k·G.</summary>
    public static Address AddressOf(int k) => new(s_keyHashes[k]);

    /// <summary>Adds a signature; <paramref name="signer"/> is the key k if it is valid.</summary>
    public void Add(in Hash256 digest, ReadOnlySpan<byte> signature, SignatureOutcome outcome, int signer)
    {
        _digests.Add(digest);
        _signatures.AddRange(signature);
        _expected.Add((outcome, outcome == SignatureOutcome.Valid ? AddressOf(signer) : default));
        Counts[outcome] = Counts.GetValueOrDefault(outcome) + 1;
        if (_digests.Count == BatchSize) Check();
    }

    /// <summary>Checks what was added since.</summary>
    public void Check()
    {
        Hash256[] digests = [.. _digests];
        byte[] signatures = [.. _signatures];
        var signers = new Address[digests.Length];
        var outcomes = new SignatureOutcome[digests.Length];
        scheme.RecoverMany(digests, signatures, signers, outcomes);
        for (int i = 0; i < digests.Length; i++)
        {
            Span<byte> signature = signatures.AsSpan(i * scheme.SignatureSize, scheme.SignatureSize);
            SignatureOutcome alone = scheme.Recover(digests[i], signature, out Address signer);
            if ((outcomes[i], signers[i]) != _expected[i] || (alone, signer) != _expected[i])
                Assert.Fail($"{Convert.ToHexString(signature)}: {outcomes[i]} {signers[i]}, alone {alone} {signer}, expected {_expected[i]}");
        }

        _digests.Clear();
        _signatures.Clear();
        _expected.Clear();
    }

    /// <summary>Makes the key d, or rather one of its representatives.</summary>
    public static PrivateKey Key(int d, Random random)
    {
        Assert.That(PrivateKey.Read(CurveOracle.ToBytes(SmallGroup.Representative(d, random)), out PrivateKey? key), Is.EqualTo(KeyOutcome.Valid));
        return key!;
    }

    /// <summary>A digest that is a number modulo 199.</summary>
    public static Hash256 Digest(BigInteger number) => new(CurveOracle.ToBytes(number));
}
