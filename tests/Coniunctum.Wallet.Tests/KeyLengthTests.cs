using System.Text;

namespace Coniunctum.Wallet.Tests;

/// <summary>Early wallets encrypted a key as a big integer's bytes: leading zeros are missing, or there is one more, for the sign.</summary>
public sealed class KeyLengthTests
{
    private const string Template =
        """
        {"version":3,"address":"@address","crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"09090909090909090909090909090909"},"ciphertext":"@ciphertext","kdf":"scrypt","kdfparams":{"dklen":32,"n":4096,"r":8,"p":1,"salt":"0707070707070707070707070707070707070707070707070707070707070707"},"mac":"@mac"}}
        """;

    // Of the issue "What fails today, mended by kind", kind 12.
    [TestCase(
        "efbfad0fe4bd484cff3efb8b008c64701bef86df",
        "4b9b6be2f985c726a76aee49ab5019fc1eff8cfb32082de569ae18f65548a6",
        "45ab710c6114dad91685032b9aa65e383472a9a678db68738b6d476abd1823e0",
        "002b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b")]
    [TestCase(
        "3252b7b65e50b54508974db8d634134b0bd6be90",
        "609b6be2f985c726a76aee49ab5019fc1eff8cfb32082de569ae18f65548a6b0ef",
        "b17afd533cac44bba845bdafbc5d82588d5bca2c5b69acf207a24110529454b4",
        "2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b")]
    public void TryDecrypt_AKeyOfAnotherLength_IsTheSameNumber(string address, string ciphertext, string mac, string expected)
    {
        string json = Template
            .Replace("@address", address, StringComparison.Ordinal).Replace("@ciphertext", ciphertext, StringComparison.Ordinal).Replace("@mac", mac, StringComparison.Ordinal);
        Assert.That(KeyFile.TryParse(Encoding.UTF8.GetBytes(json), out KeyFile? file), Is.True);
        Assert.That(file!.Decrypt("grey harbour 12"u8, out PrivateKey? key).IsValid, Is.True);
        Assert.That(KeyFileSamples.Hex(key!), Is.EqualTo(expected));
        key!.Dispose();
    }

    [TestCase("07", KeyFileFault.None, "0000000000000000000000000000000000000000000000000000000000000007")]
    [TestCase("0007", KeyFileFault.None, "0000000000000000000000000000000000000000000000000000000000000007")]
    [TestCase("00", KeyFileFault.NotAKey, "")]
    [TestCase("012b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b", KeyFileFault.NotAKey, "")] // above 2^256
    [TestCase("00fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", KeyFileFault.NotAKey, "")] // the group's order
    public void TryDecrypt_EveryLength_IsReadAsANumber(string secret, KeyFileFault fault, string expected)
    {
        Assert.That(KeyFileReader.Read(KeyFileSamples.Own(), out KeyFileContent? content).IsValid, Is.True);
        content!.PublicKey = null;
        content.Address = [];
        byte[] derived = new byte[32];
        content.Derivation.Derive(KeyFileSamples.Password, content.Salt, derived, null, default);
        content.Ciphertext = new byte[secret.Length / 2];
        Aes128Ctr.Transform(derived.AsSpan(0, 16), content.Iv, Convert.FromHexString(secret), content.Ciphertext);
        content.Mac = Keccak256.Hash([.. derived[16..], .. content.Ciphertext]).ToArray();

        Assert.That(KeyFile.TryParse(content.ToJson(), out KeyFile? file), Is.True);
        Assert.That(file!.Decrypt(KeyFileSamples.Password, out PrivateKey? key, withoutAddress: true).Fault, Is.EqualTo(fault));
        Assert.That(key is null ? "" : KeyFileSamples.Hex(key), Is.EqualTo(expected));
        key?.Dispose();
    }

    [TestCase("")]
    [TestCase("002b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b")]
    public void TryParse_NoKeyOrALongerOne_IsRefused(string ciphertext)
    {
        string json = Template
            .Replace("@address", new string('0', 40), StringComparison.Ordinal).Replace("@ciphertext", ciphertext, StringComparison.Ordinal).Replace("@mac", new string('0', 64), StringComparison.Ordinal);
        KeyFileOutcome outcome = KeyFile.Read(Encoding.UTF8.GetBytes(json), out _);
        Assert.That(outcome.Fault, Is.EqualTo(KeyFileFault.WrongLength));
        Assert.That(outcome.Message, Does.Contain("an even number of them from 2 to 66"));
    }
}
