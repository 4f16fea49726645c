using System.Security.Cryptography;
using System.Text;
using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.Wallet.Tests;

public sealed class SignedMessageTests
{
    private static readonly ISignatureScheme[] s_schemes = [new Secp256k1Scheme<Sha3_256>(), new SchnorrScheme<Sha3_256>()];

    [TestCase("")]
    [TestCase("hello")]
    [TestCase("Gr\u00FC\u00DFe")]
    public void Digest_IsThatOfTheProtocol(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        byte[] preimage = [.. "Coniunctum message"u8, 0, 0, 0, 0, 0, 0, 0, (byte)bytes.Length, .. bytes];
        byte[] once = SHA3_256.IsSupported ? SHA3_256.HashData(preimage) : Sha3_256.Hash(preimage).AsSpan().ToArray();
        Assert.That(SignedMessage.Digest(bytes), Is.EqualTo(Sha3_256.Hash(once)));
    }

    // The digests that docs/PROTOCOL.md names, from another implementation of SHA3.
    [TestCase("", "373599a3573b74489bef88926615df829ed2bb4dd40815610e6c2828518a0426")]
    [TestCase("I agree.", "301110034a27c3aac3e646a4328d8cf1145de418fa6493c14c2ba10a175cd73f")]
    public void Digest_OfThePagesExamples_IsTheOneOnThePage(string text, string expected) =>
        Assert.That(SignedMessage.Digest(Encoding.UTF8.GetBytes(text)).ToString(), Is.EqualTo(expected));

    [TestCaseSource(nameof(s_schemes))]
    public void Recover_ASignedText_GivesTheSigner_AndOfAnotherTextSomebodyElse(ISignatureScheme scheme)
    {
        using var key = PrivateKey.Generate(SystemEntropy.Instance);
        byte[] signature = new byte[scheme.SignatureSize];
        SignedMessage.Sign(scheme, key, "one"u8, signature);

        Assert.That(SignedMessage.Recover(scheme, "one"u8, signature, out Address signer), Is.EqualTo(SignatureOutcome.Valid));
        Assert.That(signer, Is.EqualTo(scheme.AddressOf(key.PublicKey)));
        SignatureOutcome other = SignedMessage.Recover(scheme, "two"u8, signature, out Address stranger);
        Assert.That(other != SignatureOutcome.Valid || stranger != signer, Is.True);
    }

    [Test]
    public void Recover_ALastByteAsOtherWalletsWriteIt_IsTheSameSigner()
    {
        ISignatureScheme scheme = s_schemes[0];
        using PrivateKey key = KeyFileSamples.Parse(KeyFileSamples.Key);
        Address expected = scheme.AddressOf(key.PublicKey);
        byte[] signature = new byte[65];
        var seen = new HashSet<int>();
        for (byte i = 0; i < 8; i++)
        {
            SignedMessage.Sign(scheme, key, [i], signature);
            seen.Add(signature[^1]);
            signature[^1] += 27;
            Assert.That(SignedMessage.Recover(scheme, [i], signature, out Address signer), Is.EqualTo(SignatureOutcome.Valid));
            Assert.That(signer, Is.EqualTo(expected));

            // A signature of a transaction has one form.
            Assert.That(scheme.Recover(SignedMessage.Digest([i]), signature, out _), Is.Not.EqualTo(SignatureOutcome.Valid));
            foreach (byte other in new byte[] { 4, 26, 31, 255 })
            {
                signature[^1] = other;
                Assert.That(SignedMessage.Recover(scheme, [i], signature, out _), Is.Not.EqualTo(SignatureOutcome.Valid));
            }
        }

        Assert.That(seen, Is.EquivalentTo(new[] { 0, 1 }));
    }

    [Test]
    public void Recover_ASignatureOfAnotherScheme_IsNotChanged()
    {
        using PrivateKey key = KeyFileSamples.Parse(KeyFileSamples.Key);
        byte[] signature = new byte[96];
        for (byte i = 0; ; i++)
        {
            SignedMessage.Sign(s_schemes[1], key, [i], signature);
            if (signature[^1] is not (>= 27 and <= 30)) continue;
            Assert.That(SignedMessage.Recover(s_schemes[1], [i], signature, out Address signer), Is.EqualTo(SignatureOutcome.Valid));
            Assert.That(signer, Is.EqualTo(s_schemes[1].AddressOf(key.PublicKey)));
            return;
        }
    }

    [Test]
    public void Sign_IsNotTheSignatureOfTheBareDigest()
    {
        ISignatureScheme scheme = s_schemes[0];
        using var key = PrivateKey.Generate(SystemEntropy.Instance);
        byte[] signature = new byte[65];
        Hash256 digest = Sha3_256.Hash("a transaction's digest"u8);
        SignedMessage.Sign(scheme, key, digest.AsSpan(), signature);

        Assert.That(scheme.Recover(digest, signature, out Address signer) != SignatureOutcome.Valid || signer != scheme.AddressOf(key.PublicKey), Is.True);
    }
}
