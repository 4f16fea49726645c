using System.Text;
using Coniunctum.Crypto;
using Coniunctum.Interop.Tests.Support;
using Coniunctum.Wallet;
using Org.BouncyCastle.Asn1.Sec;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.OpenSsl;

namespace Coniunctum.Interop.Tests.BouncyCastle;

/// <summary>Keys in PEM, as SEC 1 and as PKCS#8.</summary>
[Category("Long")]
public sealed class BouncyCastlePemTests
{
    [Test]
    public void Read_RandomKeysInPem_IsTheSame()
    {
        var comparison = new Comparison(Packages.BouncyCastle, 20261128);
        int rounds = Comparison.Count(40, 2_000);
        for (int i = 0; i < rounds; i++)
        {
            byte[] secret = comparison.Bytes(PrivateKey.Size);

            // Numbers with zeros before them must keep their length.
            secret.AsSpan(0, i % 8 == 0 ? 1 + (i % 31) : 1).Clear();
            var theirs = new ECPrivateKeyParameters("EC", new BigInteger(1, secret), SecObjectIdentifiers.SecP256k1);
            comparison.Same(secret, Read(theirs), "EC PRIVATE KEY", i);
            comparison.Same(secret, Read(new Pkcs8Generator(theirs)), "PRIVATE KEY", i);
        }

        comparison.End(2 * rounds);
    }

    private static byte[] Read(object key)
    {
        using var text = new StringWriter();
        using (var writer = new PemWriter(text)) writer.WriteObject(key);
        byte[] read = new byte[PrivateKey.Size];
        KeyPemOutcome outcome = KeyPem.Read(Encoding.ASCII.GetBytes(text.ToString()), out PrivateKey? ours);
        Assert.That(outcome.IsValid, Is.True, outcome.Message);
        using (ours) ours!.CopyTo(read);
        return read;
    }
}
