using System.Text;
using Coniunctum.Crypto;
using Coniunctum.Wallet;
using NBitcoin;
using Nethereum.KeyStore;
using KeyPath = Coniunctum.Wallet.KeyPath;
using Mnemonic = Coniunctum.Wallet.Mnemonic;

namespace Coniunctum.Benchmarks.Crypto;

/// <summary>What a wallet does: seeds of words, children of keys, and keystore files opened.</summary>
internal sealed class WalletWork : IDisposable
{
    private const string Password = "correct horse battery";

    private readonly Mnemonic _words;
    private readonly NBitcoin.Mnemonic _theirWords;
    private readonly ExtendedKey _key;
    private readonly ExtendedKey _publicKey;
    private readonly ExtKey _theirKey;
    private readonly ExtPubKey _theirPublicKey;
    private readonly KeyFile _file;
    private readonly string _json;
    private readonly byte[] _password = Encoding.UTF8.GetBytes(Password);
    private readonly KeyStoreService _theirStore = new();
    private readonly byte[] _seed = new byte[Mnemonic.SeedSize];

    public WalletWork()
    {
        byte[] entropy = Sha3_256.Hash("words of the benchmarks, never of anyone"u8).ToArray();
        _words = Mnemonic.FromEntropy(entropy);
        _theirWords = new NBitcoin.Mnemonic(Wordlist.English, entropy);
        _key = ExtendedKey.FromSeed(entropy);
        _publicKey = _key.ToPublic();
        _theirKey = ExtKey.CreateFromSeed(entropy);
        _theirPublicKey = _theirKey.Neuter();
        _file = KeyFile.Encrypt(_key.PrivateKey, _password, SystemEntropy.Instance, ScryptCost.Light);
        _json = Encoding.UTF8.GetString(_file.ToJson());
    }

    public void SeedOurs(int count)
    {
        for (int i = 0; i < count; i++) Require(_words.DeriveSeed("", _seed).IsValid);
    }

    public void SeedTheirs(int count)
    {
        for (int i = 0; i < count; i++) _theirWords.DeriveSeed();
    }

    public void ChildOurs(int count)
    {
        for (uint i = 0; i < count; i++) _key.Derive(KeyPath.Hardened + i).Dispose();
    }

    /// <summary>With the child's public key, which ours always has.</summary>
    public void ChildTheirs(int count)
    {
        for (int i = 0; i < count; i++) _theirKey.Derive(i, hardened: true).Neuter();
    }

    public void PublicChildOurs(int count)
    {
        for (uint i = 0; i < count; i++) _publicKey.Derive(i).Dispose();
    }

    public void PublicChildTheirs(int count)
    {
        for (uint i = 0; i < count; i++) _theirPublicKey.Derive(i);
    }

    public void OpenOurs(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Require(_file.Decrypt(_password, out PrivateKey? key).IsValid);
            key!.Dispose();
        }
    }

    public void OpenTheirs(int count)
    {
        for (int i = 0; i < count; i++) Require(_theirStore.DecryptKeyStoreFromJson(Password, _json).Length == PrivateKey.Size);
    }

    public void Dispose()
    {
        _words.Dispose();
        _key.Dispose();
        _publicKey.Dispose();
    }

    private static void Require(bool condition)
    {
        if (!condition) throw new InvalidOperationException("A contender gave a wrong answer.");
    }
}
