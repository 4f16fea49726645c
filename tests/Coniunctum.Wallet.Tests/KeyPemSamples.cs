using System.Text;

namespace Coniunctum.Wallet.Tests;

/// <summary>
/// Keys in PEM as OpenSSL 3.0.19 wrote them; none is used anywhere. All but those of other curves and algorithms are the key that
/// <c>openssl ecparam -name secp256k1 -genkey -out key.pem</c> made.
/// </summary>
internal static class KeyPemSamples
{
    public const string Key = "50506246e0b5d81174f69766ad7ef9436a4d8f1b253329a8519244dcf5a7bbaf";

    /// <summary>As <c>openssl ecparam</c> made it.</summary>
    public const string WithParameters =
        """
        -----BEGIN EC PARAMETERS-----
        BgUrgQQACg==
        -----END EC PARAMETERS-----
        -----BEGIN EC PRIVATE KEY-----
        MHQCAQEEIFBQYkbgtdgRdPaXZq1++UNqTY8bJTMpqFGSRNz1p7uvoAcGBSuBBAAK
        oUQDQgAEpzrre7vNHDwYNEnjRxbXTfoPu3Dbsh+J1MQE5GsbE5gx4RuKmaHT4giQ
        zMFfReGJkY8P7AL2UiJ4StK4QdlP5Q==
        -----END EC PRIVATE KEY-----
        """;

    /// <summary>openssl ec -in key.pem -conv_form compressed.</summary>
    public const string Compressed =
        """
        -----BEGIN EC PRIVATE KEY-----
        MFQCAQEEIFBQYkbgtdgRdPaXZq1++UNqTY8bJTMpqFGSRNz1p7uvoAcGBSuBBAAK
        oSQDIgADpzrre7vNHDwYNEnjRxbXTfoPu3Dbsh+J1MQE5GsbE5g=
        -----END EC PRIVATE KEY-----
        """;

    /// <summary>openssl ec -in key.pem -conv_form hybrid.</summary>
    public const string Hybrid =
        """
        -----BEGIN EC PRIVATE KEY-----
        MHQCAQEEIFBQYkbgtdgRdPaXZq1++UNqTY8bJTMpqFGSRNz1p7uvoAcGBSuBBAAK
        oUQDQgAHpzrre7vNHDwYNEnjRxbXTfoPu3Dbsh+J1MQE5GsbE5gx4RuKmaHT4giQ
        zMFfReGJkY8P7AL2UiJ4StK4QdlP5Q==
        -----END EC PRIVATE KEY-----
        """;

    /// <summary>openssl ec -in key.pem -no_public.</summary>
    public const string WithoutPublicKey =
        """
        -----BEGIN EC PRIVATE KEY-----
        MC4CAQEEIFBQYkbgtdgRdPaXZq1++UNqTY8bJTMpqFGSRNz1p7uvoAcGBSuBBAAK
        -----END EC PRIVATE KEY-----
        """;

    /// <summary>openssl pkcs8 -topk8 -nocrypt -in key.pem.</summary>
    public const string Pkcs8 =
        """
        -----BEGIN PRIVATE KEY-----
        MIGEAgEAMBAGByqGSM49AgEGBSuBBAAKBG0wawIBAQQgUFBiRuC12BF09pdmrX75
        Q2pNjxslMymoUZJE3PWnu6+hRANCAASnOut7u80cPBg0SeNHFtdN+g+7cNuyH4nU
        xATkaxsTmDHhG4qZodPiCJDMwV9F4YmRjw/sAvZSInhK0rhB2U/l
        -----END PRIVATE KEY-----
        """;

    /// <summary>openssl pkcs8 -topk8 -in key.pem -passout pass:harbour.</summary>
    public const string Encrypted =
        """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjMwTqNAzbg3AICCAAw
        DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEJSobJ3v9Q2ynuuax4moj8wEgZDi
        fleKmA9eHovELZ32g5xNLvou93elQfhjWAqeNrLyN0/pS+6sa151PgP4QADKjlgk
        8CcA5Q6SrmORAgX5djuYyBIdGoOv1Z3hgt1mYI6uNe8bVFGACIFn66o46/rNLsJc
        F5ZV53Z3uV4+5TIonvvUpHNZunh74XsW7bbUj56RvEugm3cW4D2KU4CpSgBU4fg=
        -----END ENCRYPTED PRIVATE KEY-----
        """;

    /// <summary>openssl ec -in key.pem -aes256 -passout pass:harbour.</summary>
    public const string EncryptedWithHeaders =
        """
        -----BEGIN EC PRIVATE KEY-----
        Proc-Type: 4,ENCRYPTED
        DEK-Info: AES-256-CBC,3ED2D82A1E64404EC5CA4A46E8A4518E
        
        hb3n9g/30GuDlJi3lVua/Z1RsYRLZns+HVmPs0xtFdyRtNYCB6RPiu+7GAkEv4/e
        1p7isEBm7nXC4CTtDO+JqcjbiE8o0NvtE2B6+Uo+1HEsGTWn/KsbPxWPAC2kUx4t
        +QLKI3+2Zujxug8RyRiWQLlmIDWnlb77D9R5bDP39zM=
        -----END EC PRIVATE KEY-----
        """;

    /// <summary>openssl ecparam -name secp256k1 -genkey -param_enc explicit.</summary>
    public const string ExplicitCurve =
        """
        -----BEGIN EC PARAMETERS-----
        MIHgAgEBMCwGByqGSM49AQECIQD////////////////////////////////////+
        ///8LzBEBCAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQgAAAAAAAA
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAcEQQR5vmZ++dy7rFWgYpXOhwsHApv8
        2y3OKNlZ8oFbFvgXmEg62ncmo8RlXaT7/A4RCKj9F7RIpoVUGZxH0I/7ENS4AiEA
        /////////////////////rqu3OavSKA7v9JejNA2QUECAQE=
        -----END EC PARAMETERS-----
        -----BEGIN EC PRIVATE KEY-----
        MIIBUQIBAQQgIkH+zaAuyd4z2AVb1yNtTSy0DX6FNEOECehyfWW0aiaggeMwgeAC
        AQEwLAYHKoZIzj0BAQIhAP////////////////////////////////////7///wv
        MEQEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABCAAAAAAAAAAAAAA
        AAAAAAAAAAAAAAAAAAAAAAAAAAAABwRBBHm+Zn753LusVaBilc6HCwcCm/zbLc4o
        2VnygVsW+BeYSDradyajxGVdpPv8DhEIqP0XtEimhVQZnEfQj/sQ1LgCIQD/////
        ///////////////+uq7c5q9IoDu/0l6M0DZBQQIBAaFEA0IABH2bVzvoSTSEGWuT
        q50+aVw/xhNWJ7nQ1wJzCkpOrD7J0tg3syEXw3/bvp3Ae9JICYjukw+EGoNYXRoO
        Eix4yiw=
        -----END EC PRIVATE KEY-----
        """;

    /// <summary>openssl ecparam -name prime256v1 -genkey.</summary>
    public const string P256 =
        """
        -----BEGIN EC PARAMETERS-----
        BggqhkjOPQMBBw==
        -----END EC PARAMETERS-----
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIFG5PoqWmzLC8VWLeHJYKSk6cidVW7msPpWd04GETGvYoAoGCCqGSM49
        AwEHoUQDQgAEPYXNyenrqpBEp+PEoQJ5CD2mLIUnfAbMVkD0ZN7PpNE9f+z/pC0g
        3LXAR6FaA7DVVkPxw3Bxv22JQSEtM/cj7A==
        -----END EC PRIVATE KEY-----
        """;

    /// <summary>openssl genpkey -algorithm ED25519.</summary>
    public const string Ed25519 =
        """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIDI7Sj4eBFDEuN1lHuzasgmoNn0IzZAmInEn+ZlfGF2F
        -----END PRIVATE KEY-----
        """;

    /// <summary>openssl ec -in key.pem -pubout.</summary>
    public const string PublicKeyAlone =
        """
        -----BEGIN PUBLIC KEY-----
        MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEpzrre7vNHDwYNEnjRxbXTfoPu3Dbsh+J
        1MQE5GsbE5gx4RuKmaHT4giQzMFfReGJkY8P7AL2UiJ4StK4QdlP5Q==
        -----END PUBLIC KEY-----
        """;

    /// <summary>The same without EC PARAMETERS, as with <c>-noout</c>.</summary>
    public static string Sec1 => WithParameters[WithParameters.IndexOf("-----BEGIN EC PRIVATE", StringComparison.Ordinal)..];

    /// <summary>The DER of the only or the last block.</summary>
    public static byte[] DerOf(string pem)
    {
        string[] lines = pem.Split('\n');
        int end = Array.FindLastIndex(lines, line => line.StartsWith("-----END", StringComparison.Ordinal));
        int start = Array.FindLastIndex(lines, end, line => line.StartsWith("-----BEGIN", StringComparison.Ordinal));
        return Convert.FromBase64String(string.Concat(lines[(start + 1)..end]));
    }

    /// <summary>DER under a label.</summary>
    public static byte[] Pem(string label, ReadOnlySpan<byte> der) =>
        Encoding.ASCII.GetBytes($"-----BEGIN {label}-----\n{Convert.ToBase64String(der, Base64FormattingOptions.InsertLineBreaks)}\n-----END {label}-----\n");
}
