using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Wallet;

/// <summary>
/// A key from which others follow (BIP-32): a private key, or only a public one, with a chain code. Its secrets are wiped by
/// <see cref="Dispose"/>.
/// </summary>
/// <remarks>
/// Safe to use from several threads. Whoever knows an extended public key and one private key of a child that is not hardened
/// knows all private keys beside it.
/// </remarks>
/// <example>
/// <code>
/// Span&lt;byte&gt; seed = stackalloc byte[Mnemonic.SeedSize];
/// MnemonicOutcome derived = words.DeriveSeed(passphrase, seed);
/// if (!derived.IsValid) throw new FormatException(derived.Message);
/// using ExtendedKey root = ExtendedKey.FromSeed(seed);
/// CryptographicOperations.ZeroMemory(seed);
/// using ExtendedKey account = root.Derive(KeyPath.Default);
/// Console.WriteLine(account.PublicKey);
/// </code>
/// </example>
[JsonConverter(typeof(NoJsonConverter<ExtendedKey>))]
public sealed class ExtendedKey : IDisposable
{
    /// <summary>The most characters of the text form: 112.</summary>
    public const int MaxTextLength = 112;

    private const int Size = 78;
    private const uint PublicVersion = 0x0488_B21E;
    private const uint PrivateVersion = 0x0488_ADE4;
    private const int ChainCodeSize = 32;
    private const int ChainCodeOffset = 13;
    private const int KeyOffset = ChainCodeOffset + ChainCodeSize;

    private readonly SecretBytes _chainCode = new(ChainCodeSize);
    private readonly PrivateKey? _privateKey;
    private readonly PublicKey _publicKey;
    private readonly uint _parentFingerprint;

    private ExtendedKey(PrivateKey? privateKey, in PublicKey publicKey, ReadOnlySpan<byte> chainCode, int depth, uint number, uint parentFingerprint)
    {
        _privateKey = privateKey;
        _publicKey = publicKey;
        chainCode.CopyTo(_chainCode.Span);
        Depth = depth;
        Number = number;
        _parentFingerprint = parentFingerprint;
    }

    /// <summary>Whether the private key is here.</summary>
    public bool HasPrivateKey => _privateKey is not null;

    /// <summary>The private key, which belongs to this object and is disposed with it.</summary>
    /// <exception cref="InvalidOperationException">Only the public key is here.</exception>
    public PrivateKey PrivateKey => _privateKey ?? throw new InvalidOperationException("Only the public key is here.");

    /// <summary>The public key.</summary>
    public PublicKey PublicKey => _publicKey;

    /// <summary>How many steps lead from the master key to this one.</summary>
    public int Depth { get; }

    /// <summary>The number of the last step, <see cref="KeyPath.Hardened"/> added if it was hardened; 0 for a master key.</summary>
    public uint Number { get; }

    /// <summary>The first four bytes of RIPEMD-160(SHA-256(compressed public key)): a short name, not a proof.</summary>
    public uint Fingerprint
    {
        get
        {
            Span<byte> compressed = stackalloc byte[PublicKey.CompressedSize];
            Span<byte> digest = stackalloc byte[Ripemd160.Size];
            _publicKey.WriteCompressed(compressed);
            Ripemd160.Hash(Sha256.Hash(compressed).AsSpan(), digest);
            return BinaryPrimitives.ReadUInt32BigEndian(digest);
        }
    }

    /// <summary>Makes the master key of a seed.</summary>
    /// <param name="seed">16 to 64 bytes, as those of <see cref="Mnemonic.DeriveSeed"/>; the caller wipes them.</param>
    /// <exception cref="ArgumentException"><paramref name="seed"/> has another length.</exception>
    /// <exception cref="InvalidOperationException">The seed has no master key: a chance of 2⁻¹²⁷.</exception>
    [SkipLocalsInit]
    public static ExtendedKey FromSeed(ReadOnlySpan<byte> seed)
    {
        if (seed.Length is < 16 or > 64) throw new ArgumentException("A seed has 16 to 64 bytes.", nameof(seed));
        Span<byte> derived = stackalloc byte[HMACSHA512.HashSizeInBytes];
        try
        {
            HMACSHA512.HashData("Bitcoin seed"u8, seed, derived);
            return PrivateKey.TryCreate(derived[..PrivateKey.Size], out PrivateKey? key)
                ? new ExtendedKey(key, key.PublicKey, derived[PrivateKey.Size..], 0, 0, 0)
                : throw new InvalidOperationException("This seed has no master key; take another one.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    /// <summary>Reads what <see cref="Read"/> reads, where the reason of a fault does not matter.</summary>
    /// <param name="text">The text. It may come from anywhere.</param>
    /// <param name="key">What was read, which the caller disposes, or <c>null</c> when there is a fault.</param>
    /// <returns>Whether there was no fault.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out ExtendedKey? key) => Read(text, out key).IsValid;

    /// <summary>Reads what <see cref="Read"/> reads.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">There is a fault; the message says which one, and holds nothing secret.</exception>
    public static ExtendedKey Parse(ReadOnlySpan<char> text)
    {
        ExtendedKeyOutcome outcome = Read(text, out ExtendedKey? key);
        return key ?? throw new FormatException(outcome.Message);
    }

    /// <summary>Reads the text form: "xprv…" or "xpub…".</summary>
    /// <param name="text">The text, without blanks around it. It may come from anywhere; wiping it is up to the caller.</param>
    /// <param name="key">The key, or <c>null</c> when there is a fault.</param>
    /// <returns>What was wrong, or that nothing was.</returns>
    [SkipLocalsInit]
    public static ExtendedKeyOutcome Read(ReadOnlySpan<char> text, out ExtendedKey? key)
    {
        key = null;
        Span<byte> bytes = stackalloc byte[Base58Check.MaxBytes];
        try
        {
            ExtendedKeyFault fault = Base58Check.Decode(text, bytes, out int length, out int position);
            return fault switch
            {
                ExtendedKeyFault.InvalidCharacter => ExtendedKeyOutcome.Invalid(
                    fault, Invariant($"Character {position + 1} of the extended key cannot stand there."), position),
                ExtendedKeyFault.BadChecksum => ExtendedKeyOutcome.Invalid(
                    fault, "The checksum of the extended key does not match: something was mistyped."),
                ExtendedKeyFault.None when length == Size => TryRead(bytes[..Size], out key),
                _ => ExtendedKeyOutcome.Invalid(
                    ExtendedKeyFault.WrongLength, $"The extended key has {text.Length} characters; expected about 111, beginning with xprv or xpub."),
            };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Derives a child, private if this key is.</summary>
    /// <param name="number">The child's number, <see cref="KeyPath.Hardened"/> added if it is hardened.</param>
    /// <exception cref="InvalidOperationException">
    /// A hardened child of a public key; a depth beyond 255; or no child has this number: a chance of 2⁻¹²⁷.
    /// </exception>
    /// <exception cref="ObjectDisposedException">This key was disposed.</exception>
    [SkipLocalsInit]
    public ExtendedKey Derive(uint number)
    {
        if (Depth == KeyPath.MaxDepth) throw new InvalidOperationException($"A key has at most {KeyPath.MaxDepth} ancestors.");
        Span<byte> preimage = stackalloc byte[PublicKey.CompressedSize + sizeof(uint)];
        Span<byte> derived = stackalloc byte[HMACSHA512.HashSizeInBytes];
        try
        {
            if (number < KeyPath.Hardened)
            {
                _publicKey.WriteCompressed(preimage);
            }
            else
            {
                if (_privateKey is null) throw new InvalidOperationException("A hardened child does not follow from a public key.");
                preimage[0] = 0;
                _privateKey.CopyTo(preimage[1..]);
            }

            BinaryPrimitives.WriteUInt32BigEndian(preimage[PublicKey.CompressedSize..], number);
            HMACSHA512.HashData(_chainCode.Span, preimage, derived);
            return TryDerive(derived, number) ?? throw new InvalidOperationException("No child has this number; take the next one.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(preimage);
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    /// <summary>Derives a descendant, private if this key is.</summary>
    /// <param name="path">The steps from this key on.</param>
    /// <returns>A key of its own, also for a path without steps.</returns>
    /// <exception cref="InvalidOperationException">As for one step.</exception>
    /// <exception cref="ObjectDisposedException">This key was disposed.</exception>
    public ExtendedKey Derive(KeyPath path)
    {
        ExtendedKey key = Copy(withPrivateKey: true);
        foreach (uint step in path.Steps)
        {
            using ExtendedKey parent = key;
            key = parent.Derive(step);
        }

        return key;
    }

    /// <summary>Returns this key without its private part.</summary>
    /// <exception cref="ObjectDisposedException">This key was disposed.</exception>
    public ExtendedKey ToPublic() => Copy(withPrivateKey: false);

    /// <summary>
    /// Writes the text form, "xprv…" or "xpub…", to the start of <paramref name="destination"/>. The caller wipes an xprv.
    /// </summary>
    /// <param name="destination">At least <see cref="MaxTextLength"/> characters.</param>
    /// <returns>How many characters were written.</returns>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter.</exception>
    /// <exception cref="ObjectDisposedException">This key was disposed.</exception>
    [SkipLocalsInit]
    public int CopyTo(Span<char> destination)
    {
        if (destination.Length < MaxTextLength)
            throw new ArgumentException($"Expected at least {MaxTextLength} characters.", nameof(destination));
        Span<byte> bytes = stackalloc byte[Size];
        try
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, HasPrivateKey ? PrivateVersion : PublicVersion);
            bytes[4] = (byte)Depth;
            BinaryPrimitives.WriteUInt32BigEndian(bytes[5..], _parentFingerprint);
            BinaryPrimitives.WriteUInt32BigEndian(bytes[9..], Number);
            _chainCode.Span.CopyTo(bytes[ChainCodeOffset..]);
            bytes[KeyOffset] = 0;
            if (_privateKey is null)
                _publicKey.WriteCompressed(bytes[KeyOffset..]);
            else
                _privateKey.CopyTo(bytes[(KeyOffset + 1)..]);
            return Base58Check.Encode(bytes, destination);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Returns the type's name: the secret is never part of a text.</summary>
    public override string ToString() => nameof(ExtendedKey);

    /// <summary>Wipes chain code and private key. Later uses throw; disposing again does nothing.</summary>
    public void Dispose()
    {
        _chainCode.Dispose();
        _privateKey?.Dispose();
    }

    /// <summary>Makes the child of what HMAC-SHA-512 gave: a number that is added to the key, and the chain code.</summary>
    private ExtendedKey? TryDerive(Span<byte> derived, uint number)
    {
        ReadOnlySpan<byte> factor = derived[..PrivateKey.Size];
        ReadOnlySpan<byte> chainCode = derived[PrivateKey.Size..];
        if (_privateKey is null)
        {
            return _publicKey.TryAddMultiple(factor, out PublicKey sum)
                ? new ExtendedKey(null, sum, chainCode, Depth + 1, number, Fingerprint)
                : null;
        }

        return _privateKey.TryAdd(factor, out PrivateKey? key)
            ? new ExtendedKey(key, key.PublicKey, chainCode, Depth + 1, number, Fingerprint)
            : null;
    }

    private ExtendedKey Copy(bool withPrivateKey)
    {
        PrivateKey? key = null;
        if (withPrivateKey && _privateKey is not null)
        {
            Span<byte> bytes = stackalloc byte[PrivateKey.Size];
            _privateKey.CopyTo(bytes);
            _ = PrivateKey.Read(bytes, out key);
            CryptographicOperations.ZeroMemory(bytes);
        }

        return new ExtendedKey(key, _publicKey, _chainCode.Span, Depth, Number, _parentFingerprint);
    }

    private static ExtendedKeyOutcome TryRead(ReadOnlySpan<byte> bytes, out ExtendedKey? key)
    {
        key = null;
        uint version = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        if (version is not (PublicVersion or PrivateVersion))
        {
            return ExtendedKeyOutcome.Invalid(
                ExtendedKeyFault.UnknownVersion,
                $"The extended key has version {version:x8}{(ExtendedKeyVersions.NameOf(version) is { } name ? $": {name}" : "")}; expected xprv ({PrivateVersion:x8}) or xpub ({PublicVersion:x8}).");
        }

        int depth = bytes[4];
        uint parentFingerprint = BinaryPrimitives.ReadUInt32BigEndian(bytes[5..]);
        uint number = BinaryPrimitives.ReadUInt32BigEndian(bytes[9..]);
        if (depth == 0 && (parentFingerprint != 0 || number != 0))
            return ExtendedKeyOutcome.Invalid(ExtendedKeyFault.MasterWithParent, "The extended key says that it is a master key, and names a parent or a number.");

        ReadOnlySpan<byte> chainCode = bytes.Slice(ChainCodeOffset, ChainCodeSize);
        ReadOnlySpan<byte> keyBytes = bytes[KeyOffset..];
        PrivateKey? privateKey = null;
        PublicKey publicKey;
        if (version == PrivateVersion)
        {
            if (keyBytes[0] != 0 || !PrivateKey.TryCreate(keyBytes[1..], out privateKey))
                return ExtendedKeyOutcome.Invalid(ExtendedKeyFault.InvalidKey, "The xprv does not hold a private key of secp256k1.");
            publicKey = privateKey.PublicKey;
        }
        else if (!PublicKey.TryReadCompressed(keyBytes, out publicKey))
        {
            return ExtendedKeyOutcome.Invalid(ExtendedKeyFault.InvalidKey, "The xpub does not hold a point of secp256k1.");
        }

        key = new ExtendedKey(privateKey, publicKey, chainCode, depth, number, parentFingerprint);
        return ExtendedKeyOutcome.Valid;
    }
}
