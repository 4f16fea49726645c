using System.Formats.Asn1;
using Coniunctum.Crypto;

namespace Coniunctum.Wallet;

/// <summary>
/// Reads the structures that hold a private key: ECPrivateKey (SEC 1, C.4; RFC 5915) and PrivateKeyInfo (PKCS#8: RFC 5208, with the
/// public key of RFC 5958). What is not DER throws <see cref="AsnContentException"/>.
/// </summary>
internal static class KeyDer
{
    private const string Secp256k1 = "1.3.132.0.10";
    private const string EcPublicKey = "1.2.840.10045.2.1";

    private static readonly Asn1Tag s_parameters = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag s_publicKey = new(TagClass.ContextSpecific, 1, isConstructed: true);
    private static readonly Asn1Tag s_outerPublicKey = new(TagClass.ContextSpecific, 1);

    /// <summary>Reads ECParameters, which must name secp256k1.</summary>
    public static KeyPemOutcome ReadParameters(ReadOnlySpan<byte> der)
    {
        var reader = new DerReader(der);
        KeyPemOutcome outcome = ReadCurve(ref reader);
        if (outcome.IsValid) reader.ThrowIfNotAtEnd();
        return outcome;
    }

    /// <summary>Reads ECPrivateKey.</summary>
    /// <param name="der">The structure.</param>
    /// <param name="isCurveNamed">Whether the curve is named beside it; otherwise it must be named inside.</param>
    /// <param name="key">The key, or <c>null</c> when there is a fault.</param>
    public static KeyPemOutcome ReadEcPrivateKey(ReadOnlySpan<byte> der, bool isCurveNamed, out PrivateKey? key)
    {
        key = null;
        var outer = new DerReader(der);
        DerReader reader = outer.ReadSequence();
        outer.ThrowIfNotAtEnd();
        if (reader.ReadVersion() != 1) return Version("ECPrivateKey has another version than 1.");
        ReadOnlySpan<byte> secret = reader.ReadOctetString();
        if (reader.IsNext(s_parameters))
        {
            DerReader parameters = reader.ReadSequence(s_parameters);
            KeyPemOutcome curve = ReadCurve(ref parameters);
            if (!curve.IsValid) return curve;
            parameters.ThrowIfNotAtEnd();
            isCurveNamed = true;
        }

        ReadOnlySpan<byte> publicKey = default;
        if (reader.IsNext(s_publicKey))
        {
            DerReader bits = reader.ReadSequence(s_publicKey);
            publicKey = bits.ReadBitString();
            bits.ThrowIfNotAtEnd();
            if (publicKey.IsEmpty) throw new AsnContentException();
        }

        reader.ThrowIfNotAtEnd();
        return isCurveNamed
            ? ReadNumber(secret, publicKey, out key)
            : KeyPemOutcome.Invalid(KeyPemFault.NoCurve, "Nothing in the PEM text says of which curve the key is; expected the name secp256k1.");
    }

    /// <summary>Reads PrivateKeyInfo.</summary>
    public static KeyPemOutcome ReadPrivateKeyInfo(ReadOnlySpan<byte> der, out PrivateKey? key)
    {
        key = null;
        var outer = new DerReader(der);
        DerReader reader = outer.ReadSequence();
        outer.ThrowIfNotAtEnd();
        if (reader.ReadVersion() is not (0 or 1)) return Version("PrivateKeyInfo has another version than 0 or 1.");
        DerReader algorithm = reader.ReadSequence();
        string identifier = algorithm.ReadObjectIdentifier();
        if (identifier is not EcPublicKey)
        {
            return KeyPemOutcome.Invalid(
                KeyPemFault.OtherAlgorithm, $"The PEM text holds a key of {AlgorithmName(identifier)}; expected one of the curve secp256k1.");
        }

        KeyPemOutcome outcome = ReadCurve(ref algorithm);
        if (!outcome.IsValid) return outcome;
        algorithm.ThrowIfNotAtEnd();
        ReadOnlySpan<byte> inner = reader.ReadOctetString();
        if (reader.IsNext(s_parameters)) reader.Skip(); // attributes have the same tag
        ReadOnlySpan<byte> publicKey = default;
        if (reader.IsNext(s_outerPublicKey))
        {
            publicKey = reader.ReadBitString(s_outerPublicKey);
            if (publicKey.IsEmpty) throw new AsnContentException();
        }

        reader.ThrowIfNotAtEnd();

        outcome = ReadEcPrivateKey(inner, isCurveNamed: true, out key);
        if (key is not null && !publicKey.IsEmpty) outcome = Confirm(publicKey, ref key);
        return outcome;
    }

    private static KeyPemOutcome ReadCurve(ref DerReader reader)
    {
        if (reader.IsNext(Asn1Tag.Sequence))
        {
            return KeyPemOutcome.Invalid(
                KeyPemFault.ExplicitCurve,
                "The PEM text describes the key's curve in numbers; expected the name secp256k1, as 'openssl ec -in FILE -param_enc named_curve' writes it.");
        }

        if (!reader.IsNext(Asn1Tag.ObjectIdentifier))
            return KeyPemOutcome.Invalid(KeyPemFault.NoCurve, "The PEM text does not name the key's curve; expected the name secp256k1.");
        string identifier = reader.ReadObjectIdentifier();
        return identifier is Secp256k1
            ? KeyPemOutcome.Valid
            : KeyPemOutcome.Invalid(KeyPemFault.OtherCurve, $"The PEM text holds a key of the curve {CurveName(identifier)}; expected secp256k1.");
    }

    private static KeyPemOutcome ReadNumber(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> publicKey, out PrivateKey? key)
    {
        KeyOutcome outcome = PrivateKey.Read(secret, out key);
        if (outcome == KeyOutcome.WrongLength)
        {
            return KeyPemOutcome.Invalid(
                KeyPemFault.WrongLength,
                Invariant($"The key in the PEM text has {secret.Length} bytes; expected {PrivateKey.Size}, as 'openssl ec -in FILE' writes them."));
        }

        if (key is null)
            return KeyPemOutcome.Invalid(KeyPemFault.NotAKey, "The key in the PEM text is not between 1 and the order of secp256k1.");
        return publicKey.IsEmpty ? KeyPemOutcome.Valid : Confirm(publicKey, ref key);
    }

    /// <summary>Compares a public key with that of the private key, which is wiped where they differ.</summary>
    private static KeyPemOutcome Confirm(ReadOnlySpan<byte> encoded, ref PrivateKey? key)
    {
        KeyPemOutcome outcome = Compare(encoded, key!.PublicKey);
        if (outcome.IsValid) return outcome;
        key.Dispose();
        key = null;
        return outcome;
    }

    private static KeyPemOutcome Compare(ReadOnlySpan<byte> encoded, PublicKey derived)
    {
        Span<byte> expected = stackalloc byte[1 + PublicKey.Size];
        if (encoded is [0x04, ..] && encoded.Length == expected.Length)
        {
            expected[0] = 0x04;
            derived.CopyTo(expected[1..]);
        }
        else if (encoded is [0x02 or 0x03, ..] && encoded.Length == PublicKey.CompressedSize)
        {
            expected = expected[..PublicKey.CompressedSize];
            derived.WriteCompressed(expected);
        }
        else
        {
            return KeyPemOutcome.Invalid(
                KeyPemFault.UnsupportedPublicKey,
                "The public key in the PEM text is written in a form that is not read; expected 33 bytes that begin with 2 or 3, or 65 that begin with 4.");
        }

        return encoded.SequenceEqual(expected)
            ? KeyPemOutcome.Valid
            : KeyPemOutcome.Invalid(KeyPemFault.OtherPublicKey, "The public key in the PEM text is not that of the private key: one of them was changed.");
    }

    private static string CurveName(string identifier) => identifier switch
    {
        "1.2.840.10045.3.1.1" => "P-192 (secp192r1)",
        "1.3.132.0.33" => "P-224 (secp224r1)",
        "1.2.840.10045.3.1.7" => "P-256 (secp256r1)",
        "1.3.132.0.34" => "P-384 (secp384r1)",
        "1.3.132.0.35" => "P-521 (secp521r1)",
        "1.3.132.0.31" => "secp192k1",
        "1.3.132.0.32" => "secp224k1",
        "1.3.36.3.3.2.8.1.1.7" => "brainpoolP256r1",
        "1.3.36.3.3.2.8.1.1.11" => "brainpoolP384r1",
        "1.3.36.3.3.2.8.1.1.13" => "brainpoolP512r1",
        "1.2.156.10197.1.301" => "SM2",
        _ => Other(identifier),
    };

    private static string AlgorithmName(string identifier) => identifier switch
    {
        "1.2.840.113549.1.1.1" => "RSA",
        "1.2.840.113549.1.1.10" => "RSA-PSS",
        "1.2.840.10040.4.1" => "DSA",
        "1.2.840.113549.1.3.1" => "Diffie and Hellman",
        "1.3.101.110" => "X25519",
        "1.3.101.111" => "X448",
        "1.3.101.112" => "Ed25519",
        "1.3.101.113" => "Ed448",
        _ => Other(identifier),
    };

    // Identifiers may be long, and come from elsewhere; they are digits and points.
    private static string Other(string identifier)
    {
        const int maxShown = 40;
        return identifier.Length <= maxShown ? identifier : identifier[..maxShown] + "…";
    }

    private static KeyPemOutcome Version(string message) => KeyPemOutcome.Invalid(KeyPemFault.UnsupportedVersion, message);
}
