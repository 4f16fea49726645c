namespace Coniunctum.Node.Cli.Wallet;

/// <summary>What someone gave where a secret is expected.</summary>
internal enum SecretKind
{
    /// <summary>Nothing.</summary>
    Empty,

    /// <summary>Hexadecimal digits, or what is nearer to them than to anything else.</summary>
    Digits,

    /// <summary>Words.</summary>
    Words,

    /// <summary>An extended key of BIP-32, of whichever network.</summary>
    ExtendedKey,

    /// <summary>A keystore in JSON.</summary>
    Keystore,

    /// <summary>A text with a block of PEM.</summary>
    Pem,

    /// <summary>Something else that is known, and not read here.</summary>
    Other,
}
