using System.Text;
using Coniunctum.Crypto;
using Coniunctum.Wallet;
using Coniunctum.Interop.Tests.Support;
using Nethereum.KeyStore;
using Nethereum.KeyStore.Model;

namespace Coniunctum.Interop.Tests.Nethereum;

/// <summary>Keystore files (Web3 Secret Storage version 3) go there and come back.</summary>
[Category("Long")]
public sealed class NethereumKeyStoreTests
{
    private static readonly KeyStoreService s_service = new();

    private static readonly string[] s_passwords = ["password", " ", "with blanks  ", "Gr\u00FC\u00DFe \u65E5\u672C \uD83D\uDD11", new string('x', 300), "\t\"\\'{}"];

    [Test]
    public void FilesWrittenHere_OpenThere()
    {
        var comparison = new Comparison(Packages.Nethereum, 3);
        int rounds = Comparison.Count(40, 2_000);
        for (int i = 0; i < rounds; i++)
        {
            byte[] secret = comparison.Bytes(32);
            string password = s_passwords[i % s_passwords.Length];
            ScryptCost cost = i == 0 ? (Comparison.IsWhole ? ScryptCost.Default : ScryptCost.Light) : new ScryptCost(1 << comparison.Random.Next(1, 11), comparison.Random.Next(1, 9), comparison.Random.Next(1, 4));
            using PrivateKey key = KeysAndDigests.Key(secret);
            KeyFile file = KeyFile.Encrypt(key, Encoding.UTF8.GetBytes(password), SystemEntropy.Instance, cost);
            string json = Encoding.UTF8.GetString(file.ToJson());
            comparison.Same(secret, s_service.DecryptKeyStoreFromJson(password, json), "key", password);
            comparison.Same(Prefixed(file.EthereumAddress!), Prefixed(s_service.GetAddressFromKeyStore(json)), "address", password);
        }

        comparison.End(2 * rounds);
    }

    [Test]
    public void FilesWrittenThere_OpenHere()
    {
        var comparison = new Comparison(Packages.Nethereum, 4);
        int rounds = Comparison.Count(40, 2_000);
        var scrypt = new KeyStoreScryptService();
        var pbkdf2 = new KeyStorePbkdf2Service();
        for (int i = 0; i < rounds; i++)
        {
            byte[] secret = comparison.Bytes(32);
            string password = s_passwords[i % s_passwords.Length];
            using PrivateKey key = KeysAndDigests.Key(secret);
            string address = EthereumAddressOf(key);
            string json = i % 2 == 0
                ? scrypt.EncryptAndGenerateKeyStoreAsJson(password, secret, address, new ScryptParams { Dklen = 32, N = 1 << comparison.Random.Next(1, 11), R = comparison.Random.Next(1, 9), P = comparison.Random.Next(1, 4) })
                : pbkdf2.EncryptAndGenerateKeyStoreAsJson(password, secret, address, new Pbkdf2Params { Dklen = 32, Count = comparison.Random.Next(1, 2_000), Prf = "hmac-sha256" });
            KeyFileOutcome outcome = KeyFile.Read(Encoding.UTF8.GetBytes(json), out KeyFile? file);
            if (outcome.IsValid) outcome = file!.Decrypt(Encoding.UTF8.GetBytes(password), out PrivateKey? opened) is var opening && opened is not null ? Check(comparison, opening, opened, secret) : opening;
            comparison.Same(outcome.Fault, KeyFileFault.None, outcome.Message, json);
        }

        comparison.End(2 * rounds);
    }

    [Test]
    public void OtherPasswords_OpenNothingOnEitherSide()
    {
        var comparison = new Comparison(Packages.Nethereum, 5);
        int rounds = Comparison.Count(30, 1_000);
        for (int i = 0; i < rounds; i++)
        {
            using PrivateKey key = KeysAndDigests.Key(comparison.Bytes(32));
            string password = s_passwords[i % s_passwords.Length];
            string other = comparison.Random.Next(3) switch { 0 => password + " ", 1 => password[..^1], _ => password.ToUpperInvariant() + "x" };
            KeyFile file = KeyFile.Encrypt(key, Encoding.UTF8.GetBytes(password), SystemEntropy.Instance, new ScryptCost(2, 1, 1));
            comparison.Same(file.Decrypt(Encoding.UTF8.GetBytes(other), out _).Fault, KeyFileFault.WrongPassword, "fault", other);
            comparison.Same(Opens(other, Encoding.UTF8.GetString(file.ToJson())), false, "opening", other);
        }

        comparison.End(2 * rounds);
    }

    private static KeyFileOutcome Check(Comparison comparison, KeyFileOutcome outcome, PrivateKey opened, byte[] secret)
    {
        byte[] bytes = new byte[PrivateKey.Size];
        opened.CopyTo(bytes);
        opened.Dispose();
        comparison.Same(bytes, secret, "key", secret);
        return outcome;
    }

    private static string EthereumAddressOf(PrivateKey key) => "0x" + Convert.ToHexStringLower(Keccak256.Hash(key.PublicKey.AsSpan()).AsSpan()[12..]);

    private static string Prefixed(string address) => (address.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? address : "0x" + address).ToUpperInvariant();

    private static bool Opens(string password, string json)
    {
        try
        {
            _ = s_service.DecryptKeyStoreFromJson(password, json);
            return true;
        }
        catch (global::Nethereum.KeyStore.Crypto.DecryptionException)
        {
            return false;
        }
    }
}
