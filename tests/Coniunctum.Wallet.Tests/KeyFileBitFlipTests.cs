namespace Coniunctum.Wallet.Tests;

/// <summary>Every single bit of three keystore files, changed: never another key.</summary>
public sealed class KeyFileBitFlipTests
{
    [TestCase("own")]
    [TestCase("ethers")]
    [TestCase("pbkdf2")]
    public void Decrypt_WithAnyBitChanged_IsRefusedOrTheSameKey(string name)
    {
        byte[] file = name switch { "own" => KeyFileSamples.Own(), "ethers" => KeyFileSamples.Ethers(), _ => KeyFileSamples.Pbkdf2() };
        Assert.That(Open(file), Is.EqualTo(KeyFileFault.None));
        var outcomes = new SortedDictionary<KeyFileFault, int>();
        for (int bit = 0; bit < 8 * file.Length; bit++)
        {
            file[bit / 8] ^= (byte)(1 << (bit % 8));
            KeyFileFault fault = Open(file);
            outcomes[fault] = outcomes.GetValueOrDefault(fault) + 1;
            file[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        TestContext.Out.WriteLine(Invariant($"{8 * file.Length} bits: {string.Join(", ", outcomes.Select(pair => Invariant($"{pair.Key} {pair.Value}")))}"));
        Assert.That(outcomes.Values.Sum(), Is.EqualTo(8 * file.Length));
        Assert.That(outcomes.Keys, Is.SupersetOf(new[] { KeyFileFault.None, KeyFileFault.WrongPassword, KeyFileFault.OtherKey, KeyFileFault.NoAddress }.Where(fault => name != "own" || fault != KeyFileFault.NoAddress)));

        // Harmless are identifiers, names that no one knows, blanks, and the case of digits; they are few.
        Assert.That(outcomes[KeyFileFault.None], Is.LessThan(8 * file.Length / 4));
    }

    private static KeyFileFault Open(byte[] json)
    {
        KeyFileOutcome outcome = KeyFile.Read(json, out KeyFile? file);
        if (!outcome.IsValid) return outcome.Fault;
        outcome = file!.Decrypt(KeyFileSamples.Password, out PrivateKey? key);
        if (!outcome.IsValid)
        {
            Assert.That(key, Is.Null);
            return outcome.Fault;
        }

        Assert.That(KeyFileSamples.Hex(key!), Is.EqualTo(KeyFileSamples.Key));
        key!.Dispose();
        return outcome.Fault;
    }
}
