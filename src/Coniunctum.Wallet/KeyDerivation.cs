using System.Security.Cryptography;

namespace Coniunctum.Wallet;

/// <summary>How a keystore file makes the key that encrypts from the password.</summary>
internal abstract record KeyDerivation
{
    /// <summary>The length of the derived key in bytes: the first half encrypts, the second one authenticates.</summary>
    public const int KeySize = 32;

    private KeyDerivation()
    {
    }

    /// <summary>Whether a guess of the password costs less than OWASP asks for.</summary>
    public abstract bool IsWeak { get; }

    /// <summary>What it costs, for people.</summary>
    public abstract string Description { get; }

    /// <summary>Derives the key.</summary>
    public abstract void Derive(
        ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, Span<byte> key, IProgress<double>? progress, CancellationToken cancellation);

    /// <summary>scrypt.</summary>
    public sealed record ByScrypt(ScryptCost Cost) : KeyDerivation
    {
        public override bool IsWeak => Cost.IsWeak;

        public override string Description => Invariant($"scrypt n={Cost.N} r={Cost.R} p={Cost.P}");

        public override void Derive(
            ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, Span<byte> key, IProgress<double>? progress, CancellationToken cancellation) =>
            Scrypt.DeriveKey(password, salt, Cost, key, progress, cancellation);
    }

    /// <summary>PBKDF2 with HMAC-SHA-256. Read, never written.</summary>
    public sealed record ByPbkdf2(int Iterations) : KeyDerivation
    {
        /// <summary>The most iterations that are done: some seconds.</summary>
        public const int MaxIterations = 10_000_000;

        // OWASP's minimum for HMAC-SHA-256.
        private const int OwaspIterations = 600_000;

        public override bool IsWeak => Iterations < OwaspIterations;

        public override string Description => Invariant($"PBKDF2 c={Iterations}");

        public override void Derive(
            ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, Span<byte> key, IProgress<double>? progress, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            Rfc2898DeriveBytes.Pbkdf2(password, salt, key, Iterations, HashAlgorithmName.SHA256);
        }
    }
}
