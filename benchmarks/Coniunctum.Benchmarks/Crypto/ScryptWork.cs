using System.Runtime.InteropServices;
using Coniunctum.Wallet;
using Org.BouncyCastle.Crypto.Generators;

namespace Coniunctum.Benchmarks.Crypto;

/// <summary>scrypt with n = 2¹⁴, r = 8, p = 1: 16 MiB, a sixteenth of what a keystore file costs by default.</summary>
internal sealed partial class ScryptWork
{
    private const int N = 1 << 14;
    private const int R = 8;

    private readonly byte[] _password = "correct horse battery"u8.ToArray();
    private readonly byte[] _salt = "sixteen bytes ok"u8.ToArray();
    private readonly byte[] _key = new byte[32];

    /// <summary>Whether OpenSSL, which the framework itself uses here, can be asked.</summary>
    public bool HasOpenSsl { get; } = NativeLibrary.TryLoad("libcrypto.so.3", out _);

    public void DeriveOurs(int count)
    {
        for (int i = 0; i < count; i++) Scrypt.DeriveKey(_password, _salt, new ScryptCost(N, R, 1), _key);
    }

    public void DeriveBouncyCastle(int count)
    {
        for (int i = 0; i < count; i++) SCrypt.Generate(_password, _salt, N, R, 1, _key.Length);
    }

    public void DeriveOpenSsl(int count)
    {
        const ulong maxMemory = 1 << 30;
        for (int i = 0; i < count; i++)
        {
            if (EvpPbeScrypt(_password, (nuint)_password.Length, _salt, (nuint)_salt.Length, N, R, 1, maxMemory, _key, (nuint)_key.Length) != 1)
                throw new InvalidOperationException("OpenSSL refused.");
        }
    }

    [LibraryImport("libcrypto.so.3", EntryPoint = "EVP_PBE_scrypt")]
    private static partial int EvpPbeScrypt(
        byte[] password, nuint passwordLength, byte[] salt, nuint saltLength, ulong n, ulong r, ulong p, ulong maxMemory, byte[] key, nuint keyLength);
}
