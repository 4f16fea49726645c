using Coniunctum.Crypto;
using Coniunctum.Interop.Tests.Support;

namespace Coniunctum.Interop.Tests.Secp256k1;

/// <summary>
/// Where NBitcoin.Secp256k1 is known to differ. These tests fail when it is mended, which is then a reason to compare these
/// cases with the others, and to change what docs/CRYPTO.md says.
/// </summary>
public sealed unsafe class NBitcoinSecp256k1KnownTests
{
    private const string Digest = "00000000000000000000000000000000000000000000000000000000000000ff";
    private const string S = "0000000000000000000000000000000000000000000000000000000000000007";
    private const string Key = "000000000000000000000000000000000000000000000000000000000012d687";

    private static readonly LibSecp256k1 s_native = new();

    // v = 2 or 3 says that R's x is r + n. From r = p−n on that is p or more, and no such x exists (SEC 1, §4.1.6). The package
    // compares r with n in the place of p−n, takes r + n modulo p, and recovers a key that no one signed with.
    [TestCase("000000000000000000000000000000014551231950b75fc4402da1722fc9baef", 2, "13a07d5aef1c44b2b329a3f3bc0bf4a436c614ad61aa3af999d208cf33e7cfdff65a47c89d278ebcca8e32e011055a657ab43703bfb1be56558a5ef360fafde6")]
    [TestCase("000000000000000000000000000000014551231950b75fc4402da1722fc9baef", 3, "0d9b3b0add957f40968900b56b50c93f95f828dccca961aaf8cae32e030a01c6f669986a2b7872c6e0b6bd2d7819bd45c02055dd6d8c78cb2bc46f87ffa0d33f")]
    [TestCase("55555555555555555555555555555554e8e4f44ce51835693ff0ca2ef01215c0", 2, "0c9faf12565fd5d8dbfa56aeba06fbe114838429d93f0168cfc6d4cc0532261483cc4f1f853d10cc2c0a385699698dea46c108fa8be19bc9ee12eb09db9bbdeb")]
    [TestCase("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140", 3, "12773bb42ee0111f89969fe8cd55a8f4c6dbf90aa6c1ebab22fbcee6f82f785517bf3d07bf2bee784cf5a5e373a04548a138e52e6268b72fb783ca502e75876f")]
    public void Recover_PointWhoseXIsNoFieldElement_IsRefusedHereAndInC_AndNamesAKeyThere(string r, int v, string keyThere)
    {
        byte[] signature = [.. Convert.FromHexString(r), .. Convert.FromHexString(S), (byte)v];
        byte[] digest = Convert.FromHexString(Digest), key = new byte[65];
        Assert.That(KeysAndDigests.Scheme.Recover(new Hash256(digest), signature, out _), Is.EqualTo(SignatureOutcome.NoSuchPoint));
        fixed (byte* pDigest = digest, pSignature = signature, pKey = key) Assert.That(s_native.Recover(pDigest, pSignature, pKey), Is.False);

        Assert.That(NBitcoinSecp256k1Tests.TryRecover(digest, signature, out byte[]? recovered));
        Assert.That(Convert.ToHexStringLower(recovered!), Is.EqualTo(keyThere));
    }

    [TestCase("000000000000000000000000000000014551231950b75fc4402da1722fc9baeb", 2)]
    [TestCase("0000000000000000000000000000000000000000000000000000000000000002", 3)]
    public void Recover_PointBeyondTheOrder_NamesTheSameKeyEverywhere(string r, int v)
    {
        byte[] signature = [.. Convert.FromHexString(r), .. Convert.FromHexString(S), (byte)v];
        byte[] digest = Convert.FromHexString(Digest), key = new byte[65];
        Assert.That(KeysAndDigests.Scheme.Recover(new Hash256(digest), signature, out Address signer), Is.EqualTo(SignatureOutcome.Valid));
        fixed (byte* pDigest = digest, pSignature = signature, pKey = key) Assert.That(s_native.Recover(pDigest, pSignature, pKey));
        Assert.That(signer.Value, Is.EqualTo(Sha3_256.Hash(key.AsSpan(1))));
        Assert.That(NBitcoinSecp256k1Tests.TryRecover(digest, signature, out byte[]? recovered));
        Assert.That(recovered, Is.EqualTo(key[1..]));
    }

    // RFC 6979 §3.2 reduces the digest modulo n before it goes into the nonce (bits2octets), as BouncyCastle and the C library
    // do. The package takes it as it is. Its signatures are valid; they are only not those that the RFC derives.
    [TestCase(
        "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
        "5b937fa14e9484a3043278a30c451b77e7c9a3222fd118a976bfe8ce543a11db561afe9aa58b8475483316c8f5157a08dd5f24bffa09a059179dbbc8e2a33b5300",
        "62ee8f835015d801a4a1d6f1131b0af8395f48aa1f2825ac666baac7e53437212638d88db73657262fd62151b024bac478eeee48b76dc3a3ea02d90153b75e2401")]
    [TestCase(
        "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd036717a",
        "7388e589a9e16d2c55942bb5431f336c6430577ee067afafb0a32d5248d78f2840285fb6db242c483ac72c358073fc49a0bf7966c6224ce6047c5ad114cfcdac01",
        "8e082a597f732416b089f80bf41eb59c3c697a19ad0096b13045e5d72ebafea7778aa70d716a3873ea3f64603962d5a754e921331bc098ff3205258a4393a67d01")]
    [TestCase(
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "1de00be67ebb206d4015cb323628ec66f4d510b435377ee12dca77a657c299f1355675083f2406228377da10c65eb79cfbdd7268edbb01813527f94099ed58c200",
        "345eb294fe5b7bf2c1116b34a450c199c53b3818eecfcb1f3d235e3b07a419951113c04aa2aba8d42c812bea1d9f1bf133ee773a8008aeff06c2b97c3b61034c00")]
    public void Sign_DigestOfTheOrderOrMore_IsReducedHereAndInC_AndNotThere(string digestHex, string here, string there)
    {
        byte[] digest = Convert.FromHexString(digestHex), keyBytes = Convert.FromHexString(Key), signature = new byte[65];
        using PrivateKey key = KeysAndDigests.Key(keyBytes);
        KeysAndDigests.Scheme.Sign(key, new Hash256(digest), signature);
        Assert.That(Convert.ToHexStringLower(signature), Is.EqualTo(here));
        fixed (byte* pDigest = digest, pKey = keyBytes, pSignature = signature) Assert.That(s_native.Sign(pDigest, pKey, pSignature));
        Assert.That(Convert.ToHexStringLower(signature), Is.EqualTo(here));

        byte[] other = NBitcoinSecp256k1Tests.Sign(keyBytes, digest);
        Assert.That(Convert.ToHexStringLower(other), Is.EqualTo(there));
        Assert.That(KeysAndDigests.Scheme.Recover(new Hash256(digest), other, out Address signer), Is.EqualTo(SignatureOutcome.Valid));
        Assert.That(signer, Is.EqualTo(KeysAndDigests.Scheme.AddressOf(key.PublicKey)));
    }
}
