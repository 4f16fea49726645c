using System.Security.Cryptography;

namespace Coniunctum.Crypto.Secp256k1;

/// <summary>
/// The secret numbers k that RFC 6979 §3.2 derives from a private key and a digest with HMAC-SHA-256, one after the other.
/// </summary>
/// <remarks>It keeps secrets in the memory that it was given, which <see cref="Dispose"/> wipes.</remarks>
internal ref struct DeterministicNonces : IDisposable
{
    /// <summary>The memory needed, in bytes.</summary>
    public const int MemorySize = KeySize + ValueSize + 1 + Scalar.Size + Scalar.Size;

    private const int KeySize = 32;
    private const int ValueSize = 32;

    private readonly Span<byte> _memory;
    private readonly Span<byte> _key;
    private readonly Span<byte> _value;
    private readonly Span<byte> _message; // the value, and whatever is hashed behind it
    private bool _started;

    /// <summary>Begins the sequence.</summary>
    /// <param name="privateKey">The private key.</param>
    /// <param name="digest">The digest modulo n ("bits2octets").</param>
    /// <param name="memory"><see cref="MemorySize"/> bytes.</param>
    public DeterministicNonces(in Scalar privateKey, in Scalar digest, Span<byte> memory)
    {
        _memory = memory[..MemorySize];
        _key = _memory[..KeySize];
        _message = _memory[KeySize..];
        _value = _message[..ValueSize];

        // Steps b to g.
        _value.Fill(0x01);
        _key.Clear();
        privateKey.Write(_message[(ValueSize + 1)..]);
        digest.Write(_message[(ValueSize + 1 + Scalar.Size)..]);
        _message[ValueSize] = 0x00;
        HMACSHA256.HashData(_key, _message, _key);
        HMACSHA256.HashData(_key, _value, _value);
        _message[ValueSize] = 0x01;
        HMACSHA256.HashData(_key, _message, _key);
        HMACSHA256.HashData(_key, _value, _value);
    }

    /// <summary>The next number in 1…n − 1 (step h).</summary>
    public void Next(out Scalar nonce)
    {
        do
        {
            if (_started)
            {
                _message[ValueSize] = 0x00;
                HMACSHA256.HashData(_key, _message[..(ValueSize + 1)], _key);
                HMACSHA256.HashData(_key, _value, _value);
            }

            _started = true;
            HMACSHA256.HashData(_key, _value, _value);
        }
        while (!Scalar.TryRead(_value, out nonce) || nonce.IsZero);
    }

    /// <summary>Wipes the memory.</summary>
    public readonly void Dispose() => CryptographicOperations.ZeroMemory(_memory);
}
