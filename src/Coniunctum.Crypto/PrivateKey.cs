using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Coniunctum.Crypto.Internal;
using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.Crypto;

/// <summary>A private key of secp256k1: a secret number in 1…n−1. Its bytes are wiped by <see cref="Dispose"/>.</summary>
/// <remarks>
/// Safe to use from several threads. Everything done with it takes the same time for every key. Equality is that of the
/// object, so that secrets are not compared by accident.
/// </remarks>
/// <example>
/// <code>
/// using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
/// Address own = Profiles.Development.Signatures.AddressOf(key.PublicKey);
/// </code>
/// </example>
[JsonConverter(typeof(NoJsonConverter<PrivateKey>))]
public sealed class PrivateKey : IDisposable
{
    /// <summary>The length in bytes: 32.</summary>
    public const int Size = 32;

    private readonly byte[] _bytes;
    private readonly PublicKey _publicKey;
    private volatile bool _disposed;

    private PrivateKey(ReadOnlySpan<byte> bytes, in Scalar scalar)
    {
        // Pinned: the collector leaves no copies behind by moving it.
        _bytes = GC.AllocateUninitializedArray<byte>(Size, pinned: true);
        bytes.CopyTo(_bytes);
        GeneratorMultiplication.Multiply(scalar, out AffinePoint point);
        _publicKey = new PublicKey(point);
    }

    /// <summary>The public key that belongs to it.</summary>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public PublicKey PublicKey
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _publicKey;
        }
    }

    /// <summary>Makes a new random key.</summary>
    /// <param name="entropy">Where the key's 32 random bytes come from; all who know them know the key.</param>
    public static PrivateKey Generate(IEntropySource entropy)
    {
        ArgumentNullException.ThrowIfNull(entropy);
        Span<byte> bytes = stackalloc byte[Size];
        try
        {
            PrivateKey? key;
            do entropy.Fill(bytes);
            while (!TryCreate(bytes, out key)); // another draw has a chance of 2⁻¹²⁸
            return key;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Makes a key from its bytes; <see cref="Read"/> says what is wrong with others.</summary>
    /// <param name="bytes">A big-endian number. They are copied; wiping the original is up to the caller.</param>
    /// <param name="key">The key, which the caller disposes; or <c>null</c>.</param>
    /// <returns>Whether the bytes are a key.</returns>
    public static bool TryCreate(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out PrivateKey? key) => Read(bytes, out key).IsValid && key is not null;

    /// <summary>Makes a key from its bytes, and says what is wrong with others.</summary>
    /// <param name="bytes">A big-endian number. They are copied; wiping the original is up to the caller.</param>
    /// <param name="key">The key, or <c>null</c> when the outcome is not <see cref="KeyOutcome.Valid"/>.</param>
    /// <returns><see cref="KeyOutcome.Valid"/>, WrongLength, Zero or OutOfRange.</returns>
    public static KeyOutcome Read(ReadOnlySpan<byte> bytes, out PrivateKey? key)
    {
        key = null;
        if (bytes.Length != Size) return KeyOutcome.WrongLength;
        bool inRange = Scalar.TryRead(bytes, out Scalar scalar);
        try
        {
            if (!inRange) return KeyOutcome.OutOfRange;
            if (scalar.IsZero) return KeyOutcome.Zero;
            key = new PrivateKey(bytes, scalar);
            return KeyOutcome.Valid;
        }
        finally
        {
            Secret.Wipe(ref scalar);
        }
    }

    /// <summary>Copies the secret's 32 big-endian bytes to the start of <paramref name="destination"/>, which the caller wipes.</summary>
    /// <param name="destination">At least 32 bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public void CopyTo(Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _bytes.CopyTo(destination);
        ThrowIfWiped(destination[..Size]);
    }

    /// <summary>
    /// Adds a secret number to the key modulo the curve's order, as derived keys are made (BIP-32, CKDpriv). Takes the same time for
    /// all keys and numbers.
    /// </summary>
    /// <param name="number">32 bytes, big-endian. The caller wipes them.</param>
    /// <param name="sum">The sum, which the caller disposes; or <c>null</c>.</param>
    /// <returns><c>false</c> when the number is not less than the curve's order, or when the sum is zero.</returns>
    /// <exception cref="ArgumentException"><paramref name="number"/> has another length.</exception>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public bool TryAdd(ReadOnlySpan<byte> number, [NotNullWhen(true)] out PrivateKey? sum)
    {
        sum = null;
        if (number.Length != Size) throw new ArgumentException($"Expected {Size} bytes.", nameof(number));
        Scalar factor = default;
        Scalar secret = default;
        Span<byte> bytes = stackalloc byte[Size];
        try
        {
            if (!Scalar.TryRead(number, out factor)) return false;
            CopyTo(out secret);
            Scalar.Add(factor, secret, out secret);
            secret.Write(bytes);
            return TryCreate(bytes, out sum);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            Secret.Wipe(ref factor);
            Secret.Wipe(ref secret);
        }
    }

    /// <summary>
    /// Returns the type's name and nothing of the key, so that a log cannot leak it: what is kept of a key in this way is lost.
    /// <c>KeyFile.OpenOrCreate</c> of Coniunctum.Wallet keeps a key in a file.
    /// </summary>
    public override string ToString() => nameof(PrivateKey);

    /// <summary>Wipes the secret. Later uses throw; disposing again does nothing.</summary>
    public void Dispose()
    {
        // First the flag, then the bytes: who sees the flag unset after copying has copied the whole key.
        _disposed = true;
        Thread.MemoryBarrier();
        CryptographicOperations.ZeroMemory(_bytes);
    }

    /// <summary>Copies the secret as a scalar, which the caller wipes.</summary>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    internal void CopyTo(out Scalar scalar)
    {
        Span<byte> copy = stackalloc byte[Size];
        CopyTo(copy);
        _ = Scalar.TryRead(copy, out scalar);
        CryptographicOperations.ZeroMemory(copy);
    }

    private void ThrowIfWiped(Span<byte> copy)
    {
        Thread.MemoryBarrier();
        if (!_disposed) return;
        CryptographicOperations.ZeroMemory(copy);
        ObjectDisposedException.ThrowIf(_disposed, this);
    }
}
