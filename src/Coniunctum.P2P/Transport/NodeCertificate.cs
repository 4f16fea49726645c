using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Coniunctum.Crypto;
using Coniunctum.P2P.Identity;
using PublicKey = Coniunctum.Crypto.PublicKey;

namespace Coniunctum.P2P.Transport;

/// <summary>
/// The certificate by which a node proves its key in TLS: an ephemeral P-256 key, and a critical extension in which the node key signs
/// it (docs/PROTOCOL.md, "Network"; after libp2p's TLS handshake). Nothing else in it counts: no name, no date, no issuer.
/// </summary>
internal static class NodeCertificate
{
    /// <summary>The extension: the arc 2.25 of UUIDs (ITU-T X.667), and the UUID of version 8 that begins H("coniunctum-tls").</summary>
    public const string ExtensionOid = "2.25.68494689581452736581218363443129973451";

    /// <summary>The version of the extension's layout.</summary>
    public const byte Version = 1;

    /// <summary>Version ‖ X‖Y ‖ r‖s‖v.</summary>
    public const int BindingSize = 1 + PublicKey.Size + NodeKey.SignatureSize;

    private const int SubjectKeyInfoSize = 91;

    private static ReadOnlySpan<byte> Label => "coniunctum-tls"u8;

    /// <summary>What a SubjectPublicKeyInfo of an uncompressed point of P-256 begins with (RFC 5480).</summary>
    private static ReadOnlySpan<byte> SubjectKeyInfoHead =>
    [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
    ];

    /// <summary>Makes a certificate with a new key, which lives as long as the object.</summary>
    public static X509Certificate2 Create(NodeKey key)
    {
        using var ephemeral = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Create(ephemeral, Bind(key, ephemeral.ExportSubjectPublicKeyInfo()));
    }

    internal static X509Certificate2 Create(ECDsa ephemeral, ReadOnlySpan<byte> binding)
    {
        var request = new CertificateRequest("CN=coniunctum", ephemeral, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509Extension(ExtensionOid, Wrap(binding), critical: true));
        // The dates are the widest that X.509 can say; no one looks at them.
        X509Certificate2 made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero));
        if (!OperatingSystem.IsWindows()) return made;
        // There TLS takes only keys that the system keeps.
        using (made) return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    /// <summary>Returns the extension's 130 bytes for a SubjectPublicKeyInfo.</summary>
    public static byte[] Bind(NodeKey key, ReadOnlySpan<byte> subjectKeyInfo)
    {
        byte[] binding = new byte[BindingSize];
        binding[0] = Version;
        key.PublicKey.CopyTo(binding.AsSpan(1));
        key.Sign(DigestOf(subjectKeyInfo), binding.AsSpan(1 + PublicKey.Size));
        return binding;
    }

    /// <summary>Finds the node that a certificate proves, given that TLS has proven that the other side holds the certificate's key.</summary>
    /// <param name="certificate">The certificate. It may come from anywhere.</param>
    /// <param name="key">The node key, or <c>default</c>.</param>
    /// <returns><see cref="TransportFault.None"/>, NoNodeKey or NotSignedByNodeKey.</returns>
    public static TransportFault Read(X509Certificate2 certificate, out PublicKey key)
    {
        key = default;
        X509Extension[] found = [.. certificate.Extensions.Where(extension => string.Equals(extension.Oid?.Value, ExtensionOid, StringComparison.Ordinal))];
        if (found is not [{ Critical: true } extension] || !TryUnwrap(extension.RawData, out ReadOnlySpan<byte> binding) || binding.Length != BindingSize || binding[0] != Version)
            return TransportFault.NoNodeKey;
        if (!PublicKey.TryCreate(binding.Slice(1, PublicKey.Size), out PublicKey named)) return TransportFault.NoNodeKey;

        if (SubjectKeyInfoOf(certificate) is not { Length: SubjectKeyInfoSize } subjectKeyInfo || !subjectKeyInfo.AsSpan().StartsWith(SubjectKeyInfoHead)) return TransportFault.NoNodeKey;
        if (!NodeKey.IsSignedBy(named, DigestOf(subjectKeyInfo), binding[(1 + PublicKey.Size)..])) return TransportFault.NotSignedByNodeKey;
        key = named;
        return TransportFault.None;
    }

    /// <summary>H("coniunctum-tls" ‖ SubjectPublicKeyInfo): no other digest that a key signs has such a preimage.</summary>
    public static Hash256 DigestOf(ReadOnlySpan<byte> subjectKeyInfo) => Sha3_256.Hash([.. Label, .. subjectKeyInfo]);

    /// <summary>An extension's value is DER (RFC 5280): an octet string holds the bytes.</summary>
    private static byte[] Wrap(ReadOnlySpan<byte> binding)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteOctetString(binding);
        return writer.Encode();
    }

    private static bool TryUnwrap(ReadOnlySpan<byte> der, out ReadOnlySpan<byte> binding)
    {
        try
        {
            return AsnDecoder.TryReadPrimitiveOctetString(der, AsnEncodingRules.DER, out binding, out int consumed) && consumed == der.Length;
        }
        catch (AsnContentException)
        {
            binding = default;
            return false;
        }
    }

    private static byte[]? SubjectKeyInfoOf(X509Certificate2 certificate)
    {
        try
        {
            return certificate.PublicKey.ExportSubjectPublicKeyInfo();
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
