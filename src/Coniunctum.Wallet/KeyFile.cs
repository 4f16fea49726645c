using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;
using Coniunctum.Crypto.Keccak;

namespace Coniunctum.Wallet;

/// <summary>
/// A private key under a password, as Web3 Secret Storage version 3 keeps it: other wallets read these files, and theirs are
/// read here. It holds nothing secret, never changes and is safe to use from several threads.
/// </summary>
[JsonConverter(typeof(NoJsonConverter<KeyFile>))]
public sealed class KeyFile
{
    /// <summary>The longest file in bytes: 64 KiB. Longer ones are refused before they are read.</summary>
    public const int MaxBytes = 64 * 1024;

    private readonly KeyFileContent _content;

    private KeyFile(KeyFileContent content) => _content = content;

    /// <summary>
    /// The 20 bytes that Ethereum calls the key's address, as 40 lowercase hexadecimal digits; <c>null</c> where the file does not
    /// tell it. No one vouches for it until the file is opened.
    /// </summary>
    public string? EthereumAddress => _content.Address.Length == 0 ? null : Convert.ToHexStringLower(_content.Address);

    /// <summary>The public key, where the file tells it, as those written here do. No one vouches for it until the file is opened.</summary>
    public PublicKey? PublicKey => _content.PublicKey;

    /// <summary>How the password is turned into a key, and at what cost: one line for people.</summary>
    public string Derivation => _content.Derivation.Description;

    /// <summary>Whether guessing the password costs less than OWASP asks for (scrypt n = 2¹⁷, r = 8; PBKDF2 600,000).</summary>
    public bool IsWeak => _content.Derivation.IsWeak;

    /// <summary>Puts a key under a password.</summary>
    /// <param name="key">The key.</param>
    /// <param name="password">The password's bytes, which the caller wipes. Other wallets take it as UTF-8.</param>
    /// <param name="entropy">Where salt, counter block and identifier come from.</param>
    /// <param name="cost">What a guess of the password shall cost; <see cref="ScryptCost.Default"/> unless the key protects nothing.</param>
    /// <param name="progress">Is told the part of the work that is done, from 0 to 1, on this thread; or <c>null</c>.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="cost"/> is not within its limits.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="key"/> was disposed.</exception>
    [SkipLocalsInit]
    public static KeyFile Encrypt(
        PrivateKey key,
        ReadOnlySpan<byte> password,
        IEntropySource entropy,
        ScryptCost cost,
        IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(entropy);
        const int saltBytes = 32;
        PublicKey publicKey = key.PublicKey;
        var content = new KeyFileContent
        {
            Derivation = new KeyDerivation.ByScrypt(cost),
            Salt = Draw(entropy, saltBytes),
            Iv = Draw(entropy, Aes128Ctr.KeySize),
            Id = DrawId(entropy),
            Address = new byte[EthereumAddressBytes.Size],
            Ciphertext = new byte[PrivateKey.Size],
            Mac = new byte[Hash256.Size],
            PublicKey = publicKey,
        };
        EthereumAddressBytes.Write(publicKey, content.Address);

        Span<byte> derived = stackalloc byte[KeyDerivation.KeySize];
        Span<byte> secret = stackalloc byte[PrivateKey.Size];
        try
        {
            content.Derivation.Derive(password, content.Salt, derived, progress, cancellation);
            key.CopyTo(secret);
            Aes128Ctr.Transform(derived[..Aes128Ctr.KeySize], content.Iv, secret, content.Ciphertext);
            ComputeMac(derived, content.Ciphertext, content.Mac);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
            CryptographicOperations.ZeroMemory(secret);
        }

        return new KeyFile(content);
    }

    /// <summary>
    /// Opens the key that is kept at a path, or makes a new one and keeps it there: how a program has the same key at every start.
    /// A file that is made is durable when this returns, and only its owner may read it.
    /// </summary>
    /// <param name="path">Where the file is or will be.</param>
    /// <param name="password">
    /// The password's bytes, which the caller wipes. An empty one leaves the file's permissions as the key's only protection.
    /// </param>
    /// <param name="entropy">Where a new key comes from.</param>
    /// <param name="cost">What a guess of the password shall cost if the file is made; <see cref="ScryptCost.Default"/> unless given.</param>
    /// <returns>The key, which the caller disposes.</returns>
    /// <exception cref="InvalidDataException">
    /// What lies there is no such file, or the password does not open it; the message says which. It is left as it is.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be read or written.</exception>
    /// <example>
    /// <code>
    /// using PrivateKey key = KeyFile.OpenOrCreate("save.key", password, SystemEntropy.Instance);
    /// </code>
    /// </example>
    public static PrivateKey OpenOrCreate(string path, ReadOnlySpan<byte> password, IEntropySource entropy, ScryptCost? cost = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(entropy);
        // A file of no bytes is what a crash may leave: nothing is lost when it is replaced.
        if (new FileInfo(path) is not { Exists: true, Length: > 0 })
        {
            var made = PrivateKey.Generate(entropy);
            bool isKept = false;
            try
            {
                isKept = Encrypt(made, password, entropy, cost ?? ScryptCost.Default).TrySave(path);
                if (isKept) return made;
            }
            finally
            {
                if (!isKept) made.Dispose();
            }

            // Another process was faster: its key is the one that counts.
        }

        KeyFileOutcome outcome = Load(path, out KeyFile? file);
        PrivateKey? opened = null;
        if (file is not null) outcome = file.Decrypt(password, out opened);
        return opened ?? throw new InvalidDataException($"The key in '{path}' cannot be opened. {outcome.Message}");
    }

    /// <summary>Reads a file's content without opening it.</summary>
    /// <param name="json">The content. It may come from anywhere.</param>
    /// <param name="file">The file, or <c>null</c> when there is a fault.</param>
    /// <returns>What was wrong, or that nothing was. Memory and time that the file asks for are within limits then.</returns>
    public static KeyFileOutcome Read(ReadOnlySpan<byte> json, out KeyFile? file)
    {
        KeyFileOutcome outcome = KeyFileReader.Read(json, out KeyFileContent? content);
        file = content is null ? null : new KeyFile(content);
        return outcome;
    }

    /// <summary>Reads a file's content without opening it, where the reason of a fault does not matter.</summary>
    /// <param name="json">The content. It may come from anywhere.</param>
    /// <param name="file">The file, or <c>null</c> when there is a fault.</param>
    /// <returns>Whether there was no fault; <see cref="Read"/> says which one.</returns>
    public static bool TryParse(ReadOnlySpan<byte> json, out KeyFile? file) => Read(json, out file).IsValid;

    /// <summary>Reads a file without opening it.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="file">The file, or <c>null</c> when there is a fault.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be read.</exception>
    public static KeyFileOutcome Load(string path, out KeyFile? file)
    {
        ArgumentNullException.ThrowIfNull(path);
        file = null;
        if (!File.Exists(path)) return KeyFileOutcome.Invalid(KeyFileFault.NotFound, "There is no such keystore file.");
        using FileStream stream = File.OpenRead(path);
        byte[] json = new byte[MaxBytes + 1];
        int length = stream.ReadAtLeast(json, json.Length, throwOnEndOfStream: false);
        return length > MaxBytes
            ? KeyFileOutcome.Invalid(KeyFileFault.TooLong, $"The keystore file is longer than {MaxBytes} bytes.")
            : Read(json.AsSpan(0, length), out file);
    }

    /// <summary>Opens the file.</summary>
    /// <param name="password">The password's bytes, which the caller wipes.</param>
    /// <param name="key">The key, which the caller disposes, or <c>null</c> when there is a fault.</param>
    /// <param name="withoutAddress">
    /// Whether to open a file that does not say whose key it holds. A damaged one can then give another key unnoticed, so that the
    /// caller must compare the address with one that is known otherwise.
    /// </param>
    /// <param name="progress">Is told the part of the work that is done, from 0 to 1, on this thread; or <c>null</c>.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>What was wrong (NoAddress, WrongPassword, OtherKey, NotAKey), or that nothing was.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    [SkipLocalsInit]
    public KeyFileOutcome Decrypt(
        ReadOnlySpan<byte> password,
        out PrivateKey? key,
        bool withoutAddress = false,
        IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        key = null;
        if (!withoutAddress && EthereumAddress is null && PublicKey is null)
        {
            return KeyFileOutcome.Invalid(
                KeyFileFault.NoAddress,
                "The keystore file does not say whose key it holds, so that nothing would show if it was damaged.");
        }

        Span<byte> derived = stackalloc byte[KeyDerivation.KeySize];
        Span<byte> secret = stackalloc byte[KeyFileContent.MaxKeySize];
        Span<byte> mac = stackalloc byte[Hash256.Size];
        try
        {
            _content.Derivation.Derive(password, _content.Salt, derived, progress, cancellation);
            ComputeMac(derived, _content.Ciphertext, mac);
            if (!CryptographicOperations.FixedTimeEquals(mac, _content.Mac))
                return KeyFileOutcome.Invalid(KeyFileFault.WrongPassword, "The password is wrong, or the keystore file was changed." + PasswordSpelling.Hint(password));

            // A number, whose leading zeros may be missing: it lies at the end, behind as many zeros as are left.
            secret.Clear();
            Aes128Ctr.Transform(derived[..Aes128Ctr.KeySize], _content.Iv, _content.Ciphertext, secret[^_content.Ciphertext.Length..]);
            PrivateKey? opened = null;
            if (secret[0] != 0 || !PrivateKey.TryCreate(secret[1..], out opened))
            {
                return KeyFileOutcome.Invalid(
                    KeyFileFault.NotAKey, "The password is right, but what it opened is no private key: the keystore file was changed.");
            }

            if (!IsOwner(opened.PublicKey))
            {
                opened.Dispose();
                return KeyFileOutcome.Invalid(
                    KeyFileFault.OtherKey,
                    "The password is right, but what it opened is not the key whose address the keystore file names: the file was changed.");
            }

            key = opened;
            return KeyFileOutcome.Valid;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Returns the content of the file: UTF-8, without a byte order mark.</summary>
    public byte[] ToJson() => _content.ToJson();

    /// <summary>
    /// Writes the file so that a crash leaves either all of it or nothing: into a temporary file in the same folder, which only its
    /// owner may read, to the disk, and then under its name, which is durable when this returns.
    /// </summary>
    /// <param name="path">Where to.</param>
    /// <param name="replace">Whether a file that is there already is replaced.</param>
    /// <returns>Whether it was written; false when a file is there already.</returns>
    /// <exception cref="IOException">The disk is full, or the folder is not there.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder must not be written to.</exception>
    public bool TrySave(string path, bool replace = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        return DurableFile.TryWrite(path, ToJson(), replace);
    }

    /// <summary>Returns the type's name and the address.</summary>
    public override string ToString() => $"{nameof(KeyFile)} {EthereumAddress}";

    private bool IsOwner(in PublicKey key) =>
        (_content.Address.Length == 0 || EthereumAddressBytes.IsOf(key, _content.Address))
        && (_content.PublicKey is not { } named || named == key);

    /// <summary>Keccak-256 of the derived key's second half and the ciphertext.</summary>
    private static void ComputeMac(ReadOnlySpan<byte> derived, ReadOnlySpan<byte> ciphertext, Span<byte> mac)
    {
        var hasher = KeccakHasher.Keccak256();
        hasher.Append(derived[Aes128Ctr.KeySize..]);
        hasher.Append(ciphertext);
        hasher.Finish(mac);
    }

    private static byte[] Draw(IEntropySource entropy, int length)
    {
        byte[] bytes = new byte[length];
        entropy.Fill(bytes);
        return bytes;
    }

    /// <summary>Draws a UUID of version 4 (RFC 9562 §5.4).</summary>
    private static Guid DrawId(IEntropySource entropy)
    {
        byte[] bytes = Draw(entropy, 16);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
