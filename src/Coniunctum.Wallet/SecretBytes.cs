using System.Security.Cryptography;

namespace Coniunctum.Wallet;

/// <summary>Secret bytes that the collector does not move, and so leaves no copies of, until they are wiped.</summary>
/// <param name="length">How many bytes.</param>
internal sealed class SecretBytes(int length) : IDisposable
{
    private readonly byte[] _bytes = GC.AllocateArray<byte>(length, pinned: true);
    private volatile bool _disposed;

    /// <summary>The bytes, zero at first.</summary>
    /// <exception cref="ObjectDisposedException">They were wiped.</exception>
    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _bytes;
        }
    }

    /// <summary>Wipes the bytes. Later uses throw; disposing again does nothing.</summary>
    public void Dispose()
    {
        _disposed = true;
        Thread.MemoryBarrier();
        CryptographicOperations.ZeroMemory(_bytes);
    }
}
