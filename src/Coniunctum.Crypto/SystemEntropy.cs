using System.Security.Cryptography;

namespace Coniunctum.Crypto;

/// <summary>The operating system's cryptographically secure random bytes. Safe to use from several threads.</summary>
public sealed class SystemEntropy : IEntropySource
{
    private SystemEntropy()
    {
    }

    /// <summary>The only instance.</summary>
    public static SystemEntropy Instance { get; } = new();

    /// <inheritdoc/>
#pragma warning disable RS0030 // The one place where the library meets the system's randomness.
    public void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
#pragma warning restore RS0030
}
